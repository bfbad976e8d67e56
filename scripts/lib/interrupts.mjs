import { spawn } from "node:child_process";
import { constants } from "node:os";

import { removeAll } from "./cleanup.mjs";

/** A tool that was asked to stop gets this long before it is ended. */
const STOP_BUDGET_MS = 10_000;
const KEPT_OUTPUT = 200_000;

const running = new Set();
let interruptedBy;

/** The signal that asked the launcher to stop while it was preparing, or undefined. */
export function interruption() {
  return interruptedBy;
}

/**
 * While the launcher prepares, a signal stops the tools it runs, removes temporary files and locks, and ends it with
 * 128 + n. A signal that comes again changes nothing: cleaning up is bounded already.
 * @returns {() => void} ends this: from then on somebody else handles signals
 */
export function stopOnSignals() {
  const stop = async (signal) => {
    if (interruptedBy !== undefined) return;
    interruptedBy = signal;
    const ended = [...running].map(({ child, closed }) => {
      child.kill("SIGTERM");
      return closed;
    });
    const tooLong = setTimeout(() => {
      for (const { child } of running) child.kill("SIGKILL");
    }, STOP_BUDGET_MS);
    await Promise.all(ended);
    clearTimeout(tooLong);
    removeAll();
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

/**
 * Runs a tool to its end and collects what it prints.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: Record<string, string | undefined>, timeoutMs: number, showErrors?: boolean}} options
 *   `showErrors` lets standard error through instead of collecting it
 * @returns {Promise<{code: number | null, signal: string | null, output: string, timedOut: boolean}>} rejects when the
 *   tool cannot be started
 */
export async function runTool(file, args, { cwd, env, timeoutMs, showErrors = false }) {
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", showErrors ? "inherit" : "pipe"] });
  let output = "";
  const keep = (chunk) => {
    output = (output + chunk).slice(-KEPT_OUTPUT);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  const result = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, output, timedOut }));
  });
  const entry = { child, closed: result.catch(() => undefined) };
  running.add(entry);
  try {
    return await result;
  } finally {
    clearTimeout(deadline);
    running.delete(entry);
  }
}
