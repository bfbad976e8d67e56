import { rm } from "node:fs/promises";
import { kill } from "node:process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { Timers } from "@hedgelock/runtime";

/** Services notice by themselves that their parent is gone and stop in order; this long they may take. */
const OWN_STOP_MS = 6000;
const TERM_MS = 2000;
const POLL_MS = 50;

/** Words of the parent, one line each: what to look after, and that all ended well. */
export type KeeperWord =
  | { readonly word: "watch"; readonly pid: number; readonly stopsItself: boolean }
  | { readonly word: "forget"; readonly pid: number }
  | { readonly word: "folder"; readonly path: string }
  | { readonly word: "end" };

/** One line of the parent's. */
export function formatKeeperWord(word: KeeperWord): string {
  return `${JSON.stringify(word)}\n`;
}

/** Reads a line that {@link formatKeeperWord} wrote; undefined for one cut off by the parent's death. */
export function parseKeeperWord(line: string): KeeperWord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || !("word" in value)) return undefined;
    if (value.word === "end") return { word: "end" };
    if (value.word === "folder" && "path" in value && typeof value.path === "string") {
      return { word: "folder", path: value.path };
    }
    if (!("pid" in value) || typeof value.pid !== "number" || value.pid <= 1) return undefined;
    if (value.word === "forget") return { word: "forget", pid: value.pid };
    if (value.word === "watch" && "stopsItself" in value && typeof value.stopsItself === "boolean") {
      return { word: "watch", pid: value.pid, stopsItself: value.stopsItself };
    }
    return undefined;
  } catch {
    return undefined;
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    kill(pid, signal);
    return true;
  } catch {
    // ESRCH: it has ended, which is what is wanted.
    return false;
  }
}

async function waitForEnd(pids: readonly number[], budgetMs: number, timers: Timers): Promise<void> {
  for (let waitedMs = 0; waitedMs < budgetMs; waitedMs += POLL_MS) {
    if (!pids.some((pid) => signalIfAlive(pid, 0))) return;
    await timers.sleep(POLL_MS);
  }
}

async function endAll(watched: ReadonlyMap<number, boolean>, timers: Timers): Promise<void> {
  const services = [...watched].filter(([, stopsItself]) => stopsItself).map(([pid]) => pid);
  const others = [...watched].filter(([, stopsItself]) => !stopsItself).map(([pid]) => pid);
  await waitForEnd(services, OWN_STOP_MS, timers);
  for (const pid of services) signalIfAlive(pid, "SIGKILL");
  for (const pid of others) signalIfAlive(pid, "SIGTERM");
  await waitForEnd(others, TERM_MS, timers);
  for (const pid of others) signalIfAlive(pid, "SIGKILL");
}

/**
 * Looks after child processes and the run folder while the parent lives, and ends and removes them when the parent is
 * gone without saying "end": the kernel closes the pipe however the parent died.
 */
export async function runKeeper(deps: { readonly input: Readable; readonly timers: Timers }): Promise<void> {
  const watched = new Map<number, boolean>();
  let folder: string | undefined;
  for await (const line of createInterface({ input: deps.input })) {
    const word = parseKeeperWord(line);
    if (word?.word === "watch") watched.set(word.pid, word.stopsItself);
    else if (word?.word === "forget") watched.delete(word.pid);
    else if (word?.word === "folder") folder = word.path;
    else if (word?.word === "end") return;
  }
  await endAll(watched, deps.timers);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
