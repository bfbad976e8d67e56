import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { LaunchError, meaningOf, storageError } from "./errors.mjs";
import { STAMP, installDecision } from "./install-state.mjs";
import { takeLock } from "./install-lock.mjs";
import { runTool } from "./interrupts.mjs";
import { stateFolder } from "./paths.mjs";
import { say } from "./say.mjs";

const NPM_BUDGET_MS = 20 * 60_000;

/**
 * The command that runs npm: the one that started us, or the one on PATH.
 * @param {Record<string, string | undefined>} env
 */
export function npmCommand(env, node = process.execPath) {
  const script = env.npm_execpath;
  return script !== undefined && /npm-cli\.[cm]?js$/.test(script)
    ? { file: node, args: [script] }
    : { file: "npm", args: [] };
}

/** `npm ci` without anything that could ask, report or run scripts; a dead network is noticed within seconds. */
export const NPM_ARGUMENTS = Object.freeze([
  "ci",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--include=dev",
  "--include=optional",
  "--loglevel=error",
  "--no-progress",
  "--fetch-retries=2",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
]);

/** What npm's failure means, as a sentence. */
export function npmFailure({ code, signal, output, timedOut }) {
  const detail = output
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("A complete log of this run"))
    .slice(-12)
    .join("\n");
  switch (meaningOf(output)) {
    case "DISK_FULL":
      return new LaunchError(
        "DISK_FULL",
        "The disk is full: installing the packages needs about 500 MB. Free some space and start again.",
        { detail },
      );
    case "NO_NETWORK":
      return new LaunchError(
        "NO_NETWORK",
        "No network: the packages could not be fetched from the npm registry. Check the connection (or npm's proxy and registry settings) and start again.",
        { detail },
      );
    case "CERTIFICATE":
      return new LaunchError(
        "NO_NETWORK",
        "The npm registry's certificate is not trusted: with a private certificate authority, set NODE_EXTRA_CA_CERTS to its file and start again.",
        { detail },
      );
    case "PERMISSION_DENIED":
      return new LaunchError(
        "PERMISSION_DENIED",
        "Not allowed to write the packages: make the checkout and npm's cache yours (no root is needed) and start again.",
        { detail },
      );
    default:
      return new LaunchError(
        "INSTALL_FAILED",
        `Installing the packages failed: npm ${timedOut ? "took too long" : `ended with ${signal ?? `status ${code}`}`}.`,
        { detail },
      );
  }
}

async function install(root, decision, env) {
  say(`installing packages from the lock file (${decision.why}; takes a minute)`);
  const stamp = join(root, "node_modules", STAMP);
  rmSync(stamp, { force: true });
  let result;
  try {
    const { file, args } = npmCommand(env);
    const options = { cwd: root, env: { ...env, NODE_ENV: "" }, timeoutMs: NPM_BUDGET_MS };
    result = await runTool(file, [...args, ...NPM_ARGUMENTS], options);
  } catch (error) {
    if (error.code === "ENOENT") {
      throw new LaunchError(
        "NPM_MISSING",
        "npm is not installed or not on PATH: it comes with Node from https://nodejs.org.",
        { cause: error },
      );
    }
    throw error;
  }
  if (result.code !== 0) throw npmFailure(result);
  writeFileSync(stamp, JSON.stringify({ sha256: decision.sha256 }));
}

/**
 * Makes node_modules hold what the lock file says. Silent and fast when it does already; two launchers at once take
 * turns; whatever an interrupted install left behind is replaced.
 * @param {{root: string, env: Record<string, string | undefined>, machine: {platform: string, arch: string}}} deps
 * @param {{force?: string}} [options] installs in any case, for this reason
 * @returns {Promise<boolean>} whether something was installed
 */
export async function ensureInstalled({ root, env, machine }, { force } = {}) {
  const before = installDecision(root, machine);
  if (!before.install && before.stamp && force === undefined) return false;
  try {
    const release = await takeLock(join(stateFolder(root), "install.lock"), {
      onWait: (pid) => say(`waiting for another launcher (process ${pid}) to finish installing`),
    });
    try {
      const decision = installDecision(root, machine);
      if (!decision.install && force === undefined) {
        writeFileSync(join(root, "node_modules", STAMP), JSON.stringify({ sha256: decision.sha256 }));
        return false;
      }
      await install(root, { ...decision, why: decision.why ?? force }, env);
      return true;
    } finally {
      release();
    }
  } catch (error) {
    if (error instanceof LaunchError) throw error;
    throw storageError(error, "installing packages") ?? error;
  }
}
