import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { type FixtureTree, fixtureTree } from "./fixture-tree.ts";

const Report = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) });

const PURE = "lib/finance/src/";
const DOMAIN = "services/risk/src/domain/";
const RIM = "services/risk/src/";

const GLOBALS = "eslint(no-restricted-globals)";
const PROPERTIES = "eslint(no-restricted-properties)";
const IMPORTS = "eslint(no-restricted-imports)";
const TIME = "hedgelock(no-ambient-time)";

/** One statement each, forbidden in pure rooms. */
const IMPURE: readonly (readonly [name: string, source: string, rule: string])[] = [
  ["date-now", "export const at = Date.now();", GLOBALS],
  ["date-new", "export const at = new Date(5);", GLOBALS],
  ["timeout", "setTimeout(() => undefined, 1);", GLOBALS],
  ["interval", "setInterval(() => undefined, 1);", GLOBALS],
  ["immediate", "setImmediate(() => undefined);", GLOBALS],
  ["microtask", "queueMicrotask(() => undefined);", GLOBALS],
  ["performance", "export const at = performance.now();", GLOBALS],
  ["process", "export const pid = process.pid;", GLOBALS],
  ["console", `console.log("x");`, GLOBALS],
  ["fetch", `export const page = fetch("http://x");`, GLOBALS],
  ["crypto", "export const id = crypto.randomUUID();", GLOBALS],
  ["global-this", `export const all = globalThis;`, GLOBALS],
  ["random", "export const dice = Math.random();", PROPERTIES],
  ["random-taken", "const { random } = Math;\nexport const dice = random();", PROPERTIES],
  ["node-import", `import { readFileSync } from "node:fs";\nexport const read = readFileSync;`, IMPORTS],
  ["node-import-later", `export const load = () => import("node:os");`, IMPORTS],
  ["bare-import", `import { join } from "path";\nexport const j = join;`, IMPORTS],
  ["re-export", `export { join } from "node:path";`, IMPORTS],
];

/** Forbidden everywhere but in lib/runtime. */
const AMBIENT: readonly (readonly [name: string, source: string, rule: string])[] = [
  ["date-now", "export const at = Date.now();", TIME],
  ["date-new", "export const at = new Date();", TIME],
  ["date-call", "export const at = Date();", TIME],
  ["date-taken", "const { now } = Date;\nexport const at = now();", TIME],
  ["date-passed", "export const clock = [Date];", TIME],
  ["date-global", "export const at = globalThis.Date.now();", TIME],
  ["random", "export const dice = Math.random();", PROPERTIES],
  ["performance", "export const at = performance.now();", GLOBALS],
  ["hrtime", "export const at = process.hrtime();", PROPERTIES],
  ["timeout", "setTimeout(() => undefined, 1);", GLOBALS],
  ["interval", "setInterval(() => undefined, 1);", GLOBALS],
  ["immediate", "setImmediate(() => undefined);", GLOBALS],
  ["hidden-timer", "export const signal = AbortSignal.timeout(5);", PROPERTIES],
  ["timer-import", `import { setTimeout as sleep } from "node:timers/promises";\nexport const s = sleep;`, IMPORTS],
  ["random-import", `import { randomUUID } from "node:crypto";\nexport const id = randomUUID();`, IMPORTS],
  ["nats-import", `import { connect } from "@nats-io/transport-node";\nexport const c = connect;`, IMPORTS],
];

/** Type-aware and other rules that must be errors. */
const STRICT: readonly (readonly [name: string, source: string, rule: string])[] = [
  ["any", "export function f(x: any): unknown {\n  return x;\n}", "typescript(no-explicit-any)"],
  ["floating", "async function f(): Promise<void> {}\nf();", "typescript(no-floating-promises)"],
  ["misused", "export const f = (g: () => void): void => g();\nf(async () => {});", "typescript(no-misused-promises)"],
  [
    "exhaustive",
    `export function f(x: "a" | "b"): number {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}`,
    "typescript(switch-exhaustiveness-check)",
  ],
  ["non-null", "export const f = (x?: string): number => x!.length;", "typescript(no-non-null-assertion)"],
  [
    "unsafe",
    "export const f = (text: string): number => JSON.parse(text).size;",
    "typescript(no-unsafe-member-access)",
  ],
  ["assertion", "export const f = (x: unknown): string => x as string;", "typescript(no-unsafe-type-assertion)"],
  ["throw", `export function f(): never {\n  throw "text";\n}`, "typescript(only-throw-error)"],
  ["equal", "export const f = (x: number): boolean => x == 1;", "eslint(eqeqeq)"],
  ["catch", "export function f(): void {\n  try {\n    f();\n  } catch {}\n}", "eslint(no-empty)"],
  ["default", "export default 1;", "import(no-default-export)"],
  ["type-import", `import { Z } from "./z.ts";\nexport type Y = Z;`, "typescript(consistent-type-imports)"],
];

/** Allowed where they stand. */
const FINE: Readonly<Record<string, string>> = {
  "lib/runtime/src/clock.ts": `import { randomBytes } from "node:crypto";\nexport const now = (): number => Date.now() + randomBytes(1).length;\nexport const wait = (run: () => void): unknown => setTimeout(run, 1);\n`,
  "lib/bus/src/adapter.ts": `import { connect } from "@nats-io/transport-node";\nexport const open = connect;\n`,
  [`${RIM}times.ts`]: `export const iso = (ms: number): string => new Date(ms).toISOString();\nexport const ms = (iso8601: string): number => Date.parse(iso8601);\n`,
  [`${RIM}id.ts`]: `import { createHash } from "node:crypto";\nexport const hash = createHash;\n`,
  [`${DOMAIN}ltv.ts`]: `import { BigNumber } from "bignumber.js";\nexport const ltv = (debt: number): number => new BigNumber(debt).plus(Math.max(0, 1)).toNumber();\n`,
  [`${DOMAIN}ltv.test.ts`]: `import { readFileSync } from "node:fs";\nexport const at = [Date.now(), readFileSync];\n`,
  "test/e2e/a.test.ts": "export const at = Date.now();\n",
  "bench/src/main.ts": "export const at = performance.now();\nexport const later = setTimeout(() => undefined, 1);\n",
};

const placed = (folder: string, cases: typeof IMPURE): Record<string, string> =>
  Object.fromEntries(cases.map(([name, source]) => [`${folder}${name}.ts`, `${source}\n`]));

describe("lint rules", () => {
  let tree: FixtureTree;
  let status: number;
  const found = new Map<string, string[]>();

  beforeAll(async () => {
    const files = {
      "package.json": `{"type": "module"}`,
      ...placed(PURE, IMPURE),
      ...placed(DOMAIN, IMPURE),
      ...placed(RIM, AMBIENT),
      ...placed("lib/venue/src/", STRICT),
      "lib/venue/src/z.ts": "export interface Z {\n  readonly z: 1;\n}\n",
      ...FINE,
    };
    tree = await fixtureTree(files, [".oxlintrc.json", "scripts/lint/ambient-time.mjs", "tsconfig.json"]);
    const result = await tree.run("oxlint", "--type-aware", "-f", "json");
    ({ status } = result);
    for (const { code, filename } of Report.parse(JSON.parse(result.stdout)).diagnostics) {
      found.set(filename, [...(found.get(filename) ?? []), code]);
    }
  });
  afterAll(() => tree.remove());

  it("make the check fail", () => {
    expect(status).not.toBe(0);
  });

  it.each([PURE, DOMAIN].flatMap((folder) => IMPURE.map(([name, , rule]) => [`${folder}${name}.ts`, rule])))(
    "keep pure rooms pure: %s",
    (path, rule) => {
      expect(found.get(path ?? "")).toContain(rule);
    },
  );

  it.each(AMBIENT.map(([name, , rule]) => [`${RIM}${name}.ts`, rule]))(
    "leave time and chance to lib/runtime: %s",
    (path, rule) => {
      expect(found.get(path ?? "")).toContain(rule);
    },
  );

  it.each(STRICT.map(([name, , rule]) => [`lib/venue/src/${name}.ts`, rule]))("are strict: %s", (path, rule) => {
    expect(found.get(path ?? "")).toContain(rule);
  });

  it.each(Object.keys(FINE))("let pass what is in order: %s", (path) => {
    expect(found.get(path)).toBeUndefined();
  });
});
