import { checkCompatible, checkFresh, lintContract } from "./generate.mjs";
import { runTool } from "./interrupts.mjs";
import { say } from "./say.mjs";

const TOOL_BUDGET_MS = 10 * 60_000;
const ROOMS = ["lib", "services", "test", "bench", "scripts"];

const tool = (file, ...args) =>
  async function run({ root, env }) {
    const { code, output, timedOut } = await runTool(file, args, { cwd: root, env, timeoutMs: TOOL_BUDGET_MS });
    return { ok: code === 0, output: timedOut ? `${output}\n${file} took too long` : output };
  };

/** Everything that is checked without running the system, by name. */
export const CHECKS = Object.freeze([
  { name: "format", run: tool("oxfmt", "--check") },
  { name: "lint", run: tool("oxlint", "--type-aware") },
  { name: "types", run: tool("tsc", "-p", ".") },
  { name: "architecture", run: tool("depcruise", "--no-progress", ...ROOMS) },
  { name: "dead code", run: tool("knip", "--no-progress", "--no-config-hints") },
  { name: "contract lint", run: lintContract },
  { name: "contract compatible", run: checkCompatible },
  { name: "generated code fresh", run: checkFresh },
]);

/**
 * Runs the checks, reports each in one line, and shows what a failing tool printed. All of them run, whatever fails.
 * @param {{root: string, env: Record<string, string | undefined>}} tools
 * @param {readonly string[]} only names; all when empty
 * @returns {Promise<number>} exit status
 */
export async function runChecks(tools, only, checks = CHECKS) {
  const failed = [];
  for (const check of checks.filter(({ name }) => only.length === 0 || only.includes(name))) {
    const startedMs = performance.now();
    const { ok, output, skipped } = await check.run(tools);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    say(`${ok ? "ok    " : "FAILED"}  ${check.name}${skipped === undefined ? "" : `: ${skipped}`} (${seconds} s)`);
    if (ok) continue;
    failed.push(check.name);
    process.stdout.write(`${output.trimEnd()}\n`);
  }
  say(failed.length === 0 ? "all checks passed" : `${failed.length} of the checks failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}
