import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { runChecks } from "./checks.mjs";
import { checkCompatible, checkFresh, generate, lintContract, markReleased } from "./generate.mjs";
import { ROOT } from "./paths.mjs";

const MARKET = "proto/hedgelock/v1/market.proto";

describe("runChecks", () => {
  const said = [];
  const printed = [];
  beforeEach(() => {
    said.length = 0;
    printed.length = 0;
    vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(text) > 0);
    vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(text) > 0);
  });
  afterEach(() => vi.restoreAllMocks());

  const check = (name, ok, output = "") => ({ name, run: vi.fn(async () => ({ ok, output })) });

  it("runs all, whatever fails, and shows only what a failing one printed", async () => {
    const checks = [check("a", true, "chatter"), check("b", false, "b is wrong at line 3\n"), check("c", true)];
    expect(await runChecks({}, [], checks)).toBe(1);
    expect(checks.every(({ run }) => run.mock.calls.length === 1)).toBe(true);
    expect(printed).toEqual(["b is wrong at line 3\n"]);
    expect(said.at(-1)).toBe("hedgelock: 1 of the checks failed: b\n");
  });

  it("gives 0 when all pass, and runs only what was asked for", async () => {
    const checks = [check("a", true), check("b", false)];
    expect(await runChecks({}, ["a"], checks)).toBe(0);
    expect(checks[1].run).not.toHaveBeenCalled();
    expect(printed).toEqual([]);
  });
});

describe("the contract's checks", () => {
  let root;
  let tools;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hedgelock-contract-"));
    cpSync(join(ROOT, "proto"), join(root, "proto"), { recursive: true });
    cpSync(join(ROOT, "lib/contracts/src/gen"), join(root, "lib/contracts/src/gen"), { recursive: true });
    cpSync(join(ROOT, "lib/contracts/src/messages.ts"), join(root, "lib/contracts/src/messages.ts"));
    rmSync(join(root, "proto/released.binpb"), { force: true });
    mkdirSync(join(root, "cache"));
    const path = [dirname(process.execPath), join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);
    tools = { root, env: { ...process.env, PATH: path, BUF_CACHE_DIR: join(root, "cache") } };
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const change = (from, to) => {
    const text = readFileSync(join(root, MARKET), "utf8");
    expect(text).toMatch(from);
    writeFileSync(join(root, MARKET), text.replace(from, to));
  };

  it("finds generated code that was changed by hand, is missing, or belongs to nothing", async () => {
    expect(await checkFresh(tools)).toEqual({ ok: true, output: "" });
    appendFileSync(join(root, "lib/contracts/src/gen/hedgelock/v1/market.ts"), "// by hand\n");
    rmSync(join(root, "lib/contracts/src/gen/hedgelock/v1/risk.ts"));
    writeFileSync(join(root, "lib/contracts/src/gen/hedgelock/v1/old.ts"), "export const Old = 1;\n");
    const { ok, output } = await checkFresh(tools);
    expect(ok).toBe(false);
    expect(output.split("\n").slice(0, -1).toSorted()).toEqual([
      "lib/contracts/src/gen/hedgelock/v1/market.ts",
      "lib/contracts/src/gen/hedgelock/v1/old.ts",
      "lib/contracts/src/gen/hedgelock/v1/risk.ts",
    ]);
  });

  it("finds a contract that was changed without generating, and generating mends it", async () => {
    change(/message Tick \{/, "message Extra {\n  string a = 1;\n}\n\nmessage Tick {");
    const { ok, output } = await checkFresh(tools);
    expect(ok).toBe(false);
    expect(output).toMatch(/messages\.ts\n.*npm run generate/s);
    expect((await generate(tools)).ok).toBe(true);
    expect(readFileSync(join(root, "lib/contracts/src/messages.ts"), "utf8")).toContain("  Extra,\n");
    expect((await checkFresh(tools)).ok).toBe(true);
  });

  it("finds a contract against the rules of style", async () => {
    expect(await lintContract(tools)).toMatchObject({ ok: true });
    change(/message Tick \{/, "message lower_case {}\n\nmessage Tick {");
    expect(await lintContract(tools)).toMatchObject({ ok: false, output: expect.stringContaining("lower_case") });
  });

  it("finds a change that breaks what was released, and lets additions pass", async () => {
    expect(await checkCompatible(tools)).toMatchObject({ ok: true, skipped: "no released contract yet" });
    expect(await markReleased(tools)).toMatchObject({ ok: true });
    expect(await checkCompatible(tools)).toMatchObject({ ok: true });
    change(/message Tick \{/, "message Extra {\n  string a = 1;\n}\n\nmessage Tick {");
    expect(await checkCompatible(tools)).toMatchObject({ ok: true });
    change(/string symbol = \d+;/, "string symbol = 99;");
    expect(await checkCompatible(tools)).toMatchObject({ ok: false, output: expect.stringContaining("symbol") });
  });
});
