import { spawn } from "node:child_process";
import process from "node:process";

/** How a program ended. */
export interface Finished {
  /** 127 when it could not be started. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly timeoutMs?: number;
  readonly input?: string;
  /** Folder it runs in. */
  readonly cwd?: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** Runs a program to its end, within a deadline. Never rejects. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, input, cwd } = options;
  const child = spawn(file, args, { cwd, env: process.env, stdio: ["pipe", "pipe", "pipe"], timeout: timeoutMs });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A program that does not read its input closes it: that is its right.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  const { promise, resolve } = Promise.withResolvers<Finished>();
  child.once("error", (error) => resolve({ status: 127, stdout, stderr: error.message }));
  child.once("close", (status, signal) => {
    const ending = signal === null ? "" : `\nended by ${signal} (deadline ${timeoutMs} ms)`;
    resolve({ status: status ?? 1, stdout, stderr: `${stderr}${ending}` });
  });
  return promise;
}

/** As {@link run}; @throws Error with the program's words when it does not end with 0. @returns standard output */
export async function must(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await run(file, args, options);
  if (status === 0) return stdout;
  throw new Error(`${file} ${args.join(" ")} ended with ${status}:\n${stderr.trim()}\n${stdout.trim()}`);
}
