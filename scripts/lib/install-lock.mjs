import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";

import { removeAtExit } from "./cleanup.mjs";
import { LaunchError } from "./errors.mjs";

const POLL_MS = 200;
const GIVE_UP_MS = 15 * 60_000;

/** When a process started, in a form that only serves for comparing: tells a reused process id from the old one. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    // No /proc here (macOS), or no such process: the process id alone has to do.
    return undefined;
  }
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    // Not ours or damaged: nobody can be waiting for whoever wrote it.
    return { pid: 0 };
  }
}

/** Whether the process that holds the lock is gone. One on another machine is taken as alive. */
function isStale(holder) {
  if (holder.host !== undefined && holder.host !== hostname()) return false;
  if (!Number.isInteger(holder.pid) || holder.pid <= 0) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return error.code === "ESRCH";
  }
  return holder.start !== undefined && startOf(holder.pid) !== holder.start;
}

/** Takes the lock if it is free. The content is complete from the first moment on: it is written elsewhere and linked. */
function tryTake(path) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, host: hostname(), start: startOf(process.pid) }));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a dead process's lock. Of several who try, one succeeds; a lock taken in between is put back. */
function clear(path, holder) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (JSON.stringify(readHolder(aside)) !== JSON.stringify(holder)) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
  rmSync(aside, { force: true });
}

/**
 * Waits until no other launcher installs into this checkout, and keeps others out.
 * @param {string} path the lock file
 * @param {{onWait?: (pid: number) => void, giveUpMs?: number}} [options]
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeLock(path, { onWait = () => {}, giveUpMs = GIVE_UP_MS } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  for (let waitedMs = 0; !tryTake(path);) {
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (isStale(holder)) {
      clear(path, holder);
      continue;
    }
    if (waitedMs >= giveUpMs) {
      throw new LaunchError(
        "INSTALL_BUSY",
        `Another launcher (process ${holder.pid}) has been installing for too long: end it, or remove ${path}, and start again.`,
      );
    }
    if (!told) onWait(holder.pid);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    waitedMs += POLL_MS;
  }
  const forget = removeAtExit(path);
  return () => {
    rmSync(path, { force: true });
    forget();
  };
}
