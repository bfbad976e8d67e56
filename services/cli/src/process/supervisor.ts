import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { HedgeLockError } from "@hedgelock/runtime";
import type { Timers } from "@hedgelock/runtime";

import { EXIT } from "../cli/exit-status.ts";
import { startChild } from "./child.ts";
import type { Child, ChildExit, ChildSpec } from "./child.ts";
import { formatKeeperWord } from "./keeper.ts";
import type { KeeperWord } from "./keeper.ts";
import { explainingLine, logReader, logTail } from "./log-file.ts";

const POLL_MS = 25;

/** Starts programs, watches them, and ends them in the reverse order of their start. */
export interface Supervisor {
  /** Aborts when a program ends that was not asked to; the reason is a HedgeLockError for people. */
  readonly failed: AbortSignal;
  readonly children: readonly Child[];
  start(spec: ChildSpec): Promise<Child>;
  /**
   * Waits for the first line of the program's log for which `read` gives something.
   * @throws HedgeLockError SERVICE_NOT_READY after the deadline, SERVICE_ENDED when it ends first
   */
  waitForLine<Found>(
    child: Child,
    read: (line: string) => Found | undefined,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<Found>;
  /** Ends one program after the other, last started first. */
  stopAll(budgetMs: number, hurry: AbortSignal): Promise<void>;
}

async function endedError(child: Child, exit: ChildExit): Promise<HedgeLockError> {
  const { name, logFile } = child.spec;
  const how = exit.signal === null ? `exit status ${exit.status ?? "unknown"}` : exit.signal;
  const why = explainingLine(await logTail(logFile)) ?? "it said nothing";
  return new HedgeLockError("SERVICE_ENDED", `${name} ended by itself (${how}): ${why}\n  its log: ${logFile}`, {
    exitStatus: EXIT.SERVICE_FAILED,
  });
}

interface Keeper {
  readonly tell: (word: KeeperWord) => void;
  readonly end: () => Promise<void>;
}

function startKeeper(folder: string): Keeper {
  const keeper = spawn(process.execPath, [fileURLToPath(new URL("keeper-main.ts", import.meta.url))], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const exited = new Promise<void>((resolve) => {
    keeper.once("exit", () => resolve());
    keeper.once("error", () => resolve());
  });
  // Without the keeper nothing is lost but the cleaning up after a kill -9.
  keeper.stdin.on("error", () => {});
  const tell = (word: KeeperWord): void => {
    keeper.stdin.write(formatKeeperWord(word));
  };
  tell({ word: "folder", path: folder });
  return {
    tell,
    async end() {
      tell({ word: "end" });
      keeper.stdin.end();
      await exited;
    },
  };
}

async function lineOf<Found>(
  child: Child,
  read: (line: string) => Found | undefined,
  deadlineMs: number,
  signal: AbortSignal,
  timers: Timers,
): Promise<Found> {
  const newLines = logReader(child.spec.logFile);
  for (let waitedMs = 0; waitedMs <= deadlineMs; waitedMs += POLL_MS) {
    const { exit } = child;
    for (const line of await newLines()) {
      const found = read(line);
      if (found !== undefined) return found;
    }
    if (exit !== undefined) throw await endedError(child, exit);
    await timers.sleep(POLL_MS, signal);
  }
  const said = explainingLine(await logTail(child.spec.logFile)) ?? "nothing";
  throw new HedgeLockError(
    "SERVICE_NOT_READY",
    `${child.spec.name} was not ready within ${deadlineMs / 1000} s; its last word: ${said}\n  its log: ${child.spec.logFile}`,
    { exitStatus: EXIT.SERVICE_FAILED },
  );
}

/** @param folder the run folder, removed by the keeper when this process dies without {@link Supervisor.stopAll} */
export function createSupervisor(deps: { readonly timers: Timers; readonly folder: string }): Supervisor {
  const { timers } = deps;
  const failure = new AbortController();
  const keeper = startKeeper(deps.folder);
  const children: Child[] = [];
  let stopping = false;
  return {
    failed: failure.signal,
    children,
    async start(spec) {
      const child = await startChild(spec, timers);
      children.push(child);
      keeper.tell({ word: "watch", pid: child.pid, stopsItself: spec.stopsItself });
      void child.exited.then(async (exit) => {
        keeper.tell({ word: "forget", pid: child.pid });
        if (!stopping) failure.abort(await endedError(child, exit));
      });
      return child;
    },
    waitForLine: (child, read, deadlineMs, signal) => lineOf(child, read, deadlineMs, signal, timers),
    async stopAll(budgetMs, hurry) {
      stopping = true;
      for (const child of children.toReversed()) await child.stop(budgetMs, hurry);
      await keeper.end();
    },
  };
}
