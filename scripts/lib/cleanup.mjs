import { rmSync } from "node:fs";

/** Temporary files, folders and locks of this process. Removed when it ends, however it ends short of SIGKILL. */
const pending = new Set();

/**
 * Removes `path` when the process ends, unless told earlier that it is gone or has become permanent.
 * @returns {() => void} forgets it
 */
export function removeAtExit(path) {
  pending.add(path);
  return () => pending.delete(path);
}

/** Removes everything registered. Never throws: it runs while the process is on its way out. */
export function removeAll() {
  for (const path of pending) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      process.stderr.write(`hedgelock: could not remove ${path}: ${error.message}\n`);
    }
  }
  pending.clear();
}
