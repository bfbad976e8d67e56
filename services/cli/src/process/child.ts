import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";

import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { Timers } from "@hedgelock/runtime";

import { EXIT } from "../cli/exit-status.ts";

/** A program to start. */
export interface ChildSpec {
  /** For people: "risk", "nats-server". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Takes standard output and standard error. */
  readonly logFile: string;
  /** It stops by itself when standard input closes, as our services do. */
  readonly stopsItself: boolean;
}

/** How a program ended. */
export interface ChildExit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A started program. */
export interface Child {
  readonly spec: ChildSpec;
  readonly pid: number;
  /** Set once it has ended. */
  readonly exit: ChildExit | undefined;
  readonly exited: Promise<ChildExit>;
  /** SIGTERM, then SIGKILL after the budget or when `hurry` aborts. Resolves when it has ended. */
  stop(budgetMs: number, hurry: AbortSignal): Promise<void>;
}

const LOG_MODE = 0o600;

function spawnDetached(spec: ChildSpec): ChildProcess {
  const log = openSync(spec.logFile, "a", LOG_MODE);
  try {
    // A group of its own: Ctrl-C on the terminal reaches the parent alone, which then stops everything in order.
    return spawn(spec.command, spec.args, {
      stdio: ["pipe", log, log],
      env: { ...spec.environment, HEDGELOCK_PARENT_PIPE: "stdin" },
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

/**
 * Starts a program with its output in a file and a pipe from us as its standard input, which the kernel closes when we end.
 * @throws HedgeLockError CHILD_NOT_STARTED
 */
export async function startChild(spec: ChildSpec, timers: Timers): Promise<Child> {
  const failed = (error: unknown): HedgeLockError =>
    new HedgeLockError("CHILD_NOT_STARTED", `cannot start ${spec.name} (${spec.command}): ${errorText(error)}`, {
      cause: error,
      exitStatus: EXIT.SERVICE_FAILED,
    });
  let running: ChildProcess;
  try {
    running = spawnDetached(spec);
  } catch (error) {
    throw failed(error);
  }
  let exit: ChildExit | undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    running.once("exit", (status, signal) => {
      exit = { status, signal };
      resolve(exit);
    });
  });
  // Writing to a program that has gone is no news: its exit is.
  running.stdin?.on("error", () => {});
  const { pid } = running;
  if (pid === undefined) {
    throw failed(
      await new Promise<unknown>((resolve) => {
        running.once("error", resolve);
      }),
    );
  }
  return {
    spec,
    pid,
    exited,
    get exit() {
      return exit;
    },
    async stop(budgetMs, hurry) {
      if (exit !== undefined) return;
      running.kill("SIGTERM");
      const kill = (): void => {
        running.kill("SIGKILL");
      };
      if (hurry.aborted) kill();
      const cancel = timers.after(budgetMs, kill);
      hurry.addEventListener("abort", kill);
      await exited;
      cancel();
      hurry.removeEventListener("abort", kill);
    },
  };
}
