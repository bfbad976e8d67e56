import type { Cancel, Clock, Random, Timers } from "@hedgelock/runtime";

/** Where a command writes for people. */
export interface Terminal {
  /** False when standard output is a file or a pipe. */
  readonly isTerminal: boolean;
  /** False without a terminal, with NO_COLOR (https://no-color.org), or on TERM=dumb. */
  readonly colour: boolean;
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  onResize(run: () => void): Cancel;
  /** Runs when the process ends, however that comes about (not on SIGKILL). */
  onExit(run: () => void): Cancel;
}

/** Requests to end the program. */
export interface StopRequests {
  /** Aborts at the first request; its reason says what asked. */
  readonly stop: AbortSignal;
  /** Aborts at the second: whoever asks twice does not want to wait. */
  readonly hurry: AbortSignal;
}

/** What every command is given. */
export interface CliDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder against which file names in options are resolved. */
  readonly workingFolder: string;
  readonly out: Terminal;
  /** One line for people on standard error. */
  readonly complain: (line: string) => void;
  readonly requests: StopRequests;
}

/** One word after `hedgelock`. */
export interface Command {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** The whole text of `--help`. */
  readonly help: string;
  /** @returns the exit status @throws HedgeLockError with its exit status */
  readonly run: (args: readonly string[], deps: CliDeps) => Promise<number>;
}
