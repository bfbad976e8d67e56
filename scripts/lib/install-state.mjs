import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { LaunchError } from "./errors.mjs";

/** Written into node_modules after npm has succeeded: an install that was cut off has none. */
export const STAMP = ".hedgelock-install.json";

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Missing or cut off in the middle: either way it says nothing.
    return undefined;
  }
}

/** The lock file's content and its sha256. */
export function readLockFile(root) {
  try {
    const bytes = readFileSync(join(root, "package-lock.json"));
    return { sha256: createHash("sha256").update(bytes).digest("hex"), packages: JSON.parse(bytes).packages ?? {} };
  } catch (error) {
    throw new LaunchError(
      "LOCK_FILE_MISSING",
      `package-lock.json is missing or damaged (${error.message.split("\n")[0]}): restore it with "git checkout package-lock.json" and start again.`,
      { cause: error },
    );
  }
}

/** Whether a package of the lock file belongs on this machine. `!` excludes, as npm reads it. */
function belongsHere(entry, { platform, arch }) {
  const fits = (list, value) =>
    list === undefined ||
    (!list.includes(`!${value}`) && (list.every((name) => name.startsWith("!")) || list.includes(value)));
  return fits(entry.os, platform) && fits(entry.cpu, arch);
}

/**
 * Why node_modules does not hold what the lock file says, or undefined when it does.
 *
 * npm writes node_modules/.package-lock.json last, so its presence proves that npm finished, and its content is
 * compared with the lock file. So an install by hand (`npm install`) is accepted as well. Then every package must have
 * its folder: one that was removed or never arrived is noticed.
 */
export function differenceFrom(lock, root, machine) {
  const installed = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (installed === undefined) return "an earlier install did not finish";
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) continue;
    const present = installed[path];
    if (present === undefined) {
      if (entry.optional || !belongsHere(entry, machine)) continue;
      return `${path} is missing`;
    }
    if (entry.link ? present.resolved !== entry.resolved : present.version !== entry.version)
      return `${path} is another version`;
    if (!existsSync(join(root, path, "package.json"))) return `${path} is incomplete`;
  }
  const stray = Object.keys(installed).find((path) => lock.packages[path] === undefined);
  return stray === undefined ? undefined : `${stray} is not in the lock file`;
}

/**
 * Decides whether packages have to be installed.
 * @param {string} root
 * @param {{platform: string, arch: string}} machine
 * @returns {{install: false, stamp: boolean, sha256: string} | {install: true, why: string, sha256: string}} `stamp`
 *   says that the stamp is there already
 */
export function installDecision(root, machine) {
  const lock = readLockFile(root);
  const { sha256 } = lock;
  if (!existsSync(join(root, "node_modules"))) return { install: true, why: "first start", sha256 };
  const difference = differenceFrom(lock, root, machine);
  if (difference !== undefined) return { install: true, why: difference, sha256 };
  return { install: false, stamp: readJson(join(root, "node_modules", STAMP))?.sha256 === sha256, sha256 };
}
