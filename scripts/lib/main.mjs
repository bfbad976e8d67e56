import { delimiter, dirname, join } from "node:path";

import { removeAll } from "./cleanup.mjs";
import { COMMANDS } from "./commands.mjs";
import { LaunchError } from "./errors.mjs";
import { ensureInstalled } from "./install.mjs";
import { interruption, stopOnSignals } from "./interrupts.mjs";
import { ensureBehindProxy, isBehindProxy } from "./nats-server/behind-proxy.mjs";
import { ensureNatsServer } from "./nats-server/ensure.mjs";
import { chooseNode, nodeProblem } from "./node24.mjs";
import { ROOT, cacheFolder } from "./paths.mjs";
import { say, sayError } from "./say.mjs";

/** Packages and Node 24, installed once more when Node's own package turns out to be missing or broken. */
async function prepareNode({ root, env, machine }) {
  const node = chooseNode({ root, machine, version: process.versions.node, execPath: process.execPath });
  const installed = await ensureInstalled({ root, env, machine });
  let problem = await nodeProblem(node);
  if (problem !== undefined && !installed) {
    await ensureInstalled({ root, env, machine }, { force: problem });
    problem = await nodeProblem(node);
  }
  if (problem !== undefined) {
    throw new LaunchError(
      "PLATFORM_UNSUPPORTED",
      `Node 24 is needed, the running one is ${process.versions.node}, and ${problem}: install Node 24 or newer from https://nodejs.org and start again.`,
    );
  }
  if (node.fromPackage && installed)
    say(`using Node 24 from its package, as this machine's Node is ${process.versions.node}`);
  return node.path;
}

/** The environment of commands and tools: the right Node and the project's tools come first. */
function toolEnvironment(root, env, node) {
  const path = [dirname(node), join(root, "node_modules", ".bin"), env.PATH ?? ""].join(delimiter);
  const { HEDGELOCK_CACHE: _, npm_execpath: __, ...rest } = env;
  return { ...rest, PATH: path };
}

async function prepareAndRun(name, args, { root, env, machine }) {
  const command = COMMANDS[name];
  const release = stopOnSignals();
  const node = await prepareNode({ root, env, machine });
  const tools = { root, node, env: toolEnvironment(root, env, node) };
  if (command.nats) {
    const cache = cacheFolder(env, root);
    // Looked for on the PATH of the user, not behind ours.
    tools.env.NATS_SERVER = isBehindProxy(env)
      ? await ensureBehindProxy({ env, cache, node })
      : await ensureNatsServer({ env, machine, cache });
  }
  if (command.handsOver) release();
  return command.run(tools, args);
}

/**
 * The launcher. Sets the exit status of the process.
 * @param {readonly string[]} argv command and its arguments
 */
export async function main(argv) {
  const [name, ...args] = argv;
  try {
    if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
      const known = Object.keys(COMMANDS).join(", ");
      throw new LaunchError(
        "USAGE",
        `${name === undefined ? "No command" : `Unknown command ${name}`}: one of ${known} is understood.`,
      );
    }
    const machine = { platform: process.platform, arch: process.arch };
    process.exitCode = await prepareAndRun(name, args, { root: ROOT, env: process.env, machine });
  } catch (error) {
    // While stopping on a signal, failures of the tools that were stopped mean nothing.
    if (interruption() !== undefined) return;
    process.exitCode = sayError(error);
  } finally {
    if (interruption() === undefined) removeAll();
  }
}
