import { createRequire } from "node:module";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { type FixtureTree, fixtureTree } from "./fixture-tree.ts";

const Report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

const room = (name: string, dependencies: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify({ name: `@hedgelock/${name}`, type: "module", exports: { ".": "./src/index.ts" }, dependencies });

const imports = (...from: readonly string[]): string => from.map((path) => `import "${path}";\n`).join("");

/** A repository in order. */
const SOUND = {
  "package.json": JSON.stringify({
    name: "fixture",
    workspaces: ["lib/*", "services/*"],
    devDependencies: { vitest: "5.1.1" },
  }),
  "lib/contracts/package.json": room("contracts"),
  "lib/contracts/src/index.ts": "export const subject = 1;\n",
  "lib/finance/package.json": room("finance", { "bignumber.js": "11.1.5" }),
  "lib/finance/src/index.ts": imports("bignumber.js", "@hedgelock/contracts"),
  "lib/runtime/package.json": room("runtime", { zod: "4.6.7" }),
  "lib/runtime/src/index.ts": imports("node:timers", "zod", "@hedgelock/contracts"),
  "lib/bus/package.json": room("bus", { "@nats-io/nats-core": "3.4.0" }),
  "lib/bus/src/index.ts": imports("@nats-io/nats-core", "@hedgelock/runtime", "@hedgelock/contracts"),
  "lib/venue/package.json": room("venue"),
  "lib/venue/src/index.ts": imports("@hedgelock/runtime", "@hedgelock/finance"),
  "services/risk/package.json": room("risk", { "bignumber.js": "11.1.5" }),
  "services/risk/src/main.ts": imports("@hedgelock/bus", "@hedgelock/venue", "./domain/ltv.ts"),
  "services/risk/src/domain/ltv.ts": imports("@hedgelock/finance", "@hedgelock/contracts", "bignumber.js", "./line.ts"),
  "services/risk/src/domain/line.ts": "export const line = 1;\n",
  "services/risk/src/domain/ltv.test.ts": imports("vitest", "node:fs", "./ltv.ts"),
  "services/hedger/package.json": room("hedger"),
  "services/hedger/src/main.ts": imports("@hedgelock/bus"),
  "scripts/launch.mjs": imports("node:fs", "./lib/a.mjs"),
  "scripts/lib/a.mjs": "export const a = 1;\n",
  "test/support/server.ts": "export const server = 1;\n",
  "test/e2e/all.test.ts": imports("../support/server.ts", "@hedgelock/bus"),
};

/** Files that each break one rule, by the rule. */
const VIOLATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "services-do-not-import-each-other": { "services/hedger/src/bad1.ts": imports("../../risk/src/index.ts") },
  "lib-does-not-import-services": { "lib/bus/src/bad2.ts": imports("../../../services/risk/src/index.ts") },
  "adapters-import-only-runtime-and-below": {
    "lib/bus/src/bad3.ts": imports("@hedgelock/venue"),
    "lib/venue/src/bad3.ts": `import type { X } from "@hedgelock/bus";\nexport type Y = X;\n`,
  },
  "runtime-imports-only-below": { "lib/runtime/src/bad4.ts": imports("@hedgelock/bus") },
  "contracts-import-nothing-of-ours": { "lib/contracts/src/bad5.ts": imports("@hedgelock/finance") },
  "pure-rooms-import-only-pure-things": {
    "lib/finance/src/bad6.ts": imports("node:fs"),
    "lib/finance/src/deep/bad6.ts": imports("zod"),
    "services/risk/src/domain/bad6a.ts": imports("@hedgelock/runtime"),
    "services/risk/src/domain/bad6b.ts": imports("../main.ts"),
    "services/risk/src/part/domain/bad6c.ts": `export const load = () => import("node:os");\n`,
    "services/risk/src/domain/bad6d.ts": `export * from "@hedgelock/venue";\n`,
    "services/risk/src/domain/bad6e.ts": `export async function f(): Promise<void> {\n  await using file = await (await import("node:fs/promises")).open("x");\n}\n`,
  },
  "only-the-bus-talks-to-nats": {
    "services/risk/src/bad7.ts": imports("@nats-io/nats-core"),
    "lib/venue/src/bad7.ts": imports("@nats-io/jetstream"),
  },
  "packages-have-one-door": { "services/risk/src/bad8.ts": imports("../../../lib/bus/src/inner.ts") },
  "test-support-only-from-tests": {
    "lib/bus/src/bad9.ts": imports("../../../test/support/server.ts"),
    "services/risk/src/bad9.ts": imports("./domain/ltv.test.ts"),
  },
  "no-cycles": { "services/risk/src/bad10.ts": imports("./round.ts") },
  "no-unresolvable": { "services/risk/src/bad11.ts": imports("./not-there.ts") },
  "only-declared-packages": { "services/risk/src/bad12.ts": imports("pino") },
  "no-development-packages-in-production-code": { "lib/telemetry/src/bad13.ts": imports("vitest") },
  "launcher-uses-only-built-in-modules": {
    "scripts/lib/bad14.mjs": imports("zod"),
    "scripts/lib/bad15.mjs": imports("../../lib/contracts/src/index.ts"),
  },
};

/** What the violating files need to be there. */
const EXTRA = {
  "lib/bus/src/inner.ts": "export const inner = 1;\n",
  "services/risk/src/round.ts": imports("./bad10.ts"),
  "services/risk/src/index.ts": "export const risk = 1;\n",
  "lib/telemetry/package.json": JSON.stringify({ name: "@hedgelock/telemetry", devDependencies: { vitest: "5.1.1" } }),
};

async function violations(tree: FixtureTree): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { stdout } = await tree.run("depcruise", "--output-type", "json", "lib", "services", "scripts", "test");
  const found = new Map<string, Set<string>>();
  for (const { rule, from } of Report.parse(JSON.parse(stdout)).summary.violations) {
    found.set(rule.name, (found.get(rule.name) ?? new Set()).add(from));
  }
  return found;
}

describe("architecture rules", () => {
  let sound: FixtureTree;
  let broken: FixtureTree;
  let found: ReadonlyMap<string, ReadonlySet<string>>;

  beforeAll(async () => {
    const violating = Object.values(VIOLATIONS).flatMap((files) => Object.entries(files));
    const everything = { ...SOUND, ...EXTRA, ...Object.fromEntries(violating) };
    sound = await fixtureTree(SOUND, [".dependency-cruiser.cjs"]);
    broken = await fixtureTree(everything, [".dependency-cruiser.cjs"]);
    found = await violations(broken);
  });
  afterAll(async () => {
    await sound.remove();
    await broken.remove();
  });

  it("let a repository in order pass", async () => {
    const { status, stdout } = await sound.run("depcruise", "lib", "services", "scripts", "test");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining("no dependency violations found"),
    });
    const read = /\((\d+) modules, (\d+) dependencies cruised\)/.exec(stdout);
    expect(Number(read?.[2])).toBeGreaterThanOrEqual(25);
  });

  it("make the check fail", async () => {
    expect((await broken.run("depcruise", "lib", "services")).status).not.toBe(0);
  });

  it.each(Object.keys(VIOLATIONS))("%s", (rule) => {
    const files = Object.keys(VIOLATIONS[rule] ?? {});
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect([...(found.get(rule) ?? [])]).toContain(file);
  });

  it("blame no file that is in order", () => {
    const blamed = new Set([...found.values()].flatMap((files) => [...files]));
    expect(Object.keys(SOUND).filter((path) => blamed.has(path))).toEqual([]);
  });

  it("are all shown failing here", () => {
    const config: unknown = createRequire(import.meta.url)("../../.dependency-cruiser.cjs");
    const { forbidden } = z.object({ forbidden: z.array(z.object({ name: z.string() })) }).parse(config);
    expect(Object.keys(VIOLATIONS).toSorted()).toEqual(forbidden.map(({ name }) => name).toSorted());
  });
});
