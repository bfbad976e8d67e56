import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { removeAtExit } from "./cleanup.mjs";
import { runTool } from "./interrupts.mjs";
import { generatedFiles, messagesIndex } from "./messages-index.mjs";

const BUF_BUDGET_MS = 120_000;
const GENERATED = "lib/contracts/src/gen";
const INDEX = "lib/contracts/src/messages.ts";
/**
 * The contract of the last release, as an image that `buf build` wrote. A committed file, not a git tag: it also exists
 * in shallow clones and in archives without history. Written by `npm run generate -- --release`.
 */
export const RELEASED_CONTRACT = "proto/released.binpb";

async function buf(args, { root, env }) {
  const { code, output } = await runTool("buf", args, { cwd: join(root, "proto"), env, timeoutMs: BUF_BUDGET_MS });
  return { ok: code === 0, output };
}

async function generateInto(base, tools) {
  const result = await buf(["generate", "--output", join(base, "proto"), "."], tools);
  if (!result.ok) return result;
  writeFileSync(join(base, INDEX), messagesIndex(join(base, GENERATED)));
  return { ok: true, output: "" };
}

/** Writes the generated code and its index into the checkout. */
export async function generate({ root, env }) {
  rmSync(join(root, GENERATED), { recursive: true, force: true });
  return generateInto(root, { root, env });
}

/** Declares the present contract the released one: from now on changes are checked against it. */
export async function markReleased({ root, env }) {
  return buf(["build", ".", "--output", join(root, RELEASED_CONTRACT)], { root, env });
}

function textsBelow(base) {
  const names = existsSync(join(base, GENERATED))
    ? generatedFiles(join(base, GENERATED)).map((file) => relative(base, file))
    : [];
  if (existsSync(join(base, INDEX))) names.push(INDEX);
  return new Map(names.map((name) => [name, readFileSync(join(base, name), "utf8")]));
}

/** Whether the committed generated code is what the contract gives; the output names the files that differ. */
export async function checkFresh({ root, env }) {
  const base = mkdtempSync(join(tmpdir(), "hedgelock-generated-"));
  const forget = removeAtExit(base);
  try {
    mkdirSync(join(base, "lib/contracts/src"), { recursive: true });
    const result = await generateInto(base, { root, env });
    if (!result.ok) return result;
    const fresh = textsBelow(base);
    const committed = textsBelow(root);
    const stale = [...new Set([...fresh.keys(), ...committed.keys()])].filter(
      (name) => fresh.get(name) !== committed.get(name),
    );
    if (stale.length === 0) return { ok: true, output: "" };
    return {
      ok: false,
      output: `${stale.join("\n")}\nnot what proto/ gives: run "npm run generate" and commit the result`,
    };
  } finally {
    rmSync(base, { recursive: true, force: true });
    forget();
  }
}

/** Lints the contract. */
export async function lintContract(tools) {
  return buf(["lint"], tools);
}

/** Whether the contract still understands what the released one wrote. Nothing to do before the first release. */
export async function checkCompatible({ root, env }) {
  if (!existsSync(join(root, RELEASED_CONTRACT))) return { ok: true, output: "", skipped: "no released contract yet" };
  return buf(["breaking", "--against", join(root, RELEASED_CONTRACT)], { root, env });
}
