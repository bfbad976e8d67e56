import process from "node:process";

import { systemClock, systemRandom, systemTimers } from "@hedgelock/runtime";

import type { CliDeps, StopRequests, Terminal } from "./command.ts";

/** One press of Ctrl-C may arrive twice: from the terminal and through a launcher that passes it on. */
const SAME_REQUEST_MS = 700;

const FALLBACK_COLUMNS = 80;
const FALLBACK_ROWS = 24;

function systemTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const { stdout } = process;
  // A reader that goes away (`hedgelock start | head -1`) must not leave a stack running behind it.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.kill(process.pid, "SIGTERM");
  });
  return {
    isTerminal: stdout.isTTY,
    colour: stdout.isTTY && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb",
    size: () => ({ columns: stdout.columns || FALLBACK_COLUMNS, rows: stdout.rows || FALLBACK_ROWS }),
    write(text) {
      stdout.write(text);
    },
    onResize(run) {
      stdout.on("resize", run);
      return () => {
        stdout.off("resize", run);
      };
    },
    onExit(run) {
      process.on("exit", run);
      return () => {
        process.off("exit", run);
      };
    },
  };
}

/** Turns signals, and the end of a launcher that holds an IPC channel to us, into requests to stop. */
function systemRequests(): StopRequests {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstMs = 0;
  const request = (cause: string): void => {
    if (!stop.signal.aborted) {
      firstMs = systemClock.nowMs();
      stop.abort(new Error(cause));
    } else if (systemClock.nowMs() - firstMs > SAME_REQUEST_MS) {
      hurry.abort(new Error(cause));
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => request(signal));
  process.on("disconnect", () => request("the launcher is gone"));
  process.channel?.unref();
  return { stop: stop.signal, hurry: hurry.signal };
}

/** npm runs scripts in the package's folder and says in INIT_CWD where the person stood. */
function workingFolder(environment: NodeJS.ProcessEnv): string {
  const started = environment["INIT_CWD"];
  return environment["npm_lifecycle_event"] === "start" && started !== undefined ? started : process.cwd();
}

/** The real terminal, clock, signals and environment. Call once a process. */
export function systemDeps(): CliDeps {
  return {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom(),
    environment: process.env,
    workingFolder: workingFolder(process.env),
    out: systemTerminal(process.env),
    complain(line) {
      process.stderr.write(`${line}\n`);
    },
    requests: systemRequests(),
  };
}
