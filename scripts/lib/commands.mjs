import { CHECKS, runChecks } from "./checks.mjs";
import { LaunchError } from "./errors.mjs";
import { generate, markReleased } from "./generate.mjs";
import { runTool } from "./interrupts.mjs";
import { runChild } from "./run-child.mjs";

/** Hands over to a script: it owns the terminal and the signals from here on. */
const handOver = (script, { before = [], onLauncherDeath = "stop-group" } = {}) =>
  async function run({ root, env, node }, args) {
    return runChild({ node, args: [script, ...before, ...args], cwd: root, env, onLauncherDeath });
  };

function unknownArguments(args, known) {
  const unknown = args.filter((arg) => !known.includes(arg));
  if (unknown.length === 0) return;
  throw new LaunchError(
    "USAGE",
    `Unknown argument ${unknown.join(" ")}: one of ${known.join(", ") || "none"} is understood.`,
  );
}

async function check(tools, args) {
  unknownArguments(
    args,
    CHECKS.map(({ name }) => name),
  );
  return runChecks(tools, args);
}

/** A tool's output on standard output, its failure as exit status 1. */
function report({ ok, output }) {
  process.stdout.write(output);
  return ok ? 0 : 1;
}

/** What the charts take from the services: schemas, permissions, price names, READMEs. */
async function generateCharts({ root, env, node }) {
  const { code, output } = await runTool(node, ["test/charts/tools/main.ts"], { cwd: root, env, timeoutMs: 120_000 });
  return report({ ok: code === 0, output });
}

async function runGenerate(tools, args) {
  unknownArguments(args, ["--release"]);
  const contract = report(await generate(tools));
  const status = contract === 0 ? await generateCharts(tools) : contract;
  return status !== 0 || !args.includes("--release") ? status : report(await markReleased(tools));
}

async function format({ root, env }, args) {
  const { code, output } = await runTool("oxfmt", args, { cwd: root, env, timeoutMs: 120_000 });
  return report({ ok: code === 0, output });
}

/**
 * What the launcher can do. `handsOver` commands take the signals over; `nats` ones get NATS_SERVER.
 * `start` orders its own processes' end, so only its first process is told to stop.
 */
export const COMMANDS = Object.freeze({
  start: {
    nats: true,
    handsOver: true,
    run: handOver("services/cli/src/main.ts", { before: ["start"], onLauncherDeath: "stop" }),
  },
  test: { nats: true, handsOver: true, run: handOver("node_modules/vitest/vitest.mjs", { before: ["run"] }) },
  "test:cluster": {
    nats: false,
    handsOver: true,
    run: handOver("node_modules/vitest/vitest.mjs", { before: ["run", "--config", "test/cluster/vitest.config.ts"] }),
  },
  bench: { nats: true, handsOver: true, run: handOver("bench/src/main.ts") },
  check: { nats: false, handsOver: false, run: check },
  generate: { nats: false, handsOver: false, run: runGenerate },
  format: { nats: false, handsOver: false, run: format },
});
