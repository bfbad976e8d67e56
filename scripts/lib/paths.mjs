import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** State of this checkout that is not worth committing; in .gitignore. */
export function stateFolder(root) {
  return join(root, ".hedgelock");
}

/**
 * Where what was downloaded is kept for all checkouts of this user; in the checkout itself when there is no home
 * directory to write to.
 * @param {Record<string, string | undefined>} env HEDGELOCK_CACHE names the folder itself, XDG_CACHE_HOME its parent
 */
export function cacheFolder(env, root) {
  if (env.HEDGELOCK_CACHE) return env.HEDGELOCK_CACHE;
  const folder = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "hedgelock");
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    // No usable home directory, as in some containers: the reason does not matter.
    return join(stateFolder(root), "cache");
  }
}
