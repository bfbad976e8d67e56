import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { access, readFile, readdir } from "node:fs/promises";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { until } from "../../support/until.ts";

const MAIN = fileURLToPath(new URL("../../../services/cli/src/main.ts", import.meta.url));
/** What `npx hedgelock` runs: finds a suitable Node and starts the program under it. */
export const SHIM = fileURLToPath(new URL("../../../services/cli/bin/hedgelock.mjs", import.meta.url));
/** Covers a loaded machine; a run that hangs is ended by it. */
const EXIT_DEADLINE_MS = 150_000;

/** What `exited` gives for a process that a signal ended. */
export const KILLED = 128;

/** A `hedgelock` process of a test. */
export interface HedgeLock {
  readonly pid: number;
  /** Lines of standard output so far. */
  readonly lines: readonly string[];
  /** Everything on standard error so far. */
  errorText(): string;
  /** Waits for a line of standard output. @throws Error when it does not come in time */
  line(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for the end. @returns the exit status; {@link KILLED} when a signal ended it */
  exited(): Promise<number>;
}

const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

/** Starts `hedgelock` with its output in pipes, as in a script. */
export function hedgelock(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  program: string = MAIN,
): HedgeLock {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  started.add(child);
  const lines: string[] = [];
  let errors = "";
  let status: number | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  child.stderr.on("data", (chunk: unknown) => {
    errors += String(chunk);
  });
  child.once("close", (code) => {
    started.delete(child);
    status = code ?? KILLED;
  });
  return {
    pid: child.pid ?? 0,
    lines,
    errorText: () => errors,
    async line(pattern) {
      await until(
        `a line like ${String(pattern)}; so far:\n${lines.join("\n")}\n${errors}`,
        () => status !== undefined || lines.some((line) => pattern.test(line)),
        EXIT_DEADLINE_MS,
      );
      const found = lines.find((line) => pattern.test(line));
      if (found === undefined)
        throw new Error(`hedgelock ended without ${String(pattern)}:\n${lines.join("\n")}\n${errors}`);
      return found;
    },
    kill(signal) {
      child.kill(signal);
    },
    async exited() {
      await until("the end of hedgelock", () => status !== undefined, EXIT_DEADLINE_MS);
      return status ?? -1;
    },
  };
}

/** The run folder that a run names in its first line. */
export async function runFolder(run: HedgeLock): Promise<string> {
  const line = await run.line(/logs of every part: /);
  const folder = /logs of every part: (.+)\/\*\.log/.exec(line)?.[1];
  if (folder === undefined) throw new Error(`no folder in ${line}`);
  return folder;
}

/** A process found by its command line. */
export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes whose command line names `text`; ended ones that nobody has reaped have none. Linux. */
export async function processesNaming(text: string): Promise<readonly FoundProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while it is being looked at.
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return command.includes(text) ? [{ pid: Number(pid), command: command.replaceAll("\0", " ") }] : [];
    }),
  );
  return found.flat();
}

/** Sends a signal to the one process whose command line names `text`. */
export async function signalNaming(text: string, signal: NodeJS.Signals): Promise<void> {
  const [found, ...others] = await processesNaming(text);
  if (found === undefined || others.length > 0)
    throw new Error(`${others.length + (found === undefined ? 0 : 1)} processes name ${text}`);
  process.kill(found.pid, signal);
}

/** True when the file or folder is there. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
