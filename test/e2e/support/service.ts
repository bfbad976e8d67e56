import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { until } from "../../support/until.ts";

/** A service as a process of a test. */
export interface ServiceProcess {
  /** Its whole log. */
  log(): string;
  /** Waits until the log holds something. */
  says(pattern: RegExp): Promise<void>;
  /** Waits for its end. @returns its exit status */
  exited(): Promise<number>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<number>;
}

const DEADLINE_MS = 60_000;
const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) child.kill("SIGKILL");
});

/** Starts a service with its configuration in a file of `folder`. */
export async function startService(
  name: "paper" | "collector" | "risk" | "hedger",
  config: unknown,
  folder: string,
): Promise<ServiceProcess> {
  const file = join(await mkdtemp(join(folder, `${name}-`)), "config.json");
  await writeFile(file, JSON.stringify(config));
  const main = fileURLToPath(new URL(`../../../services/${name}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [main, "--config", file], { stdio: ["ignore", "pipe", "pipe"] });
  started.add(child);
  let log = "";
  let status: number | undefined;
  const keep = (chunk: unknown): void => {
    log += String(chunk);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.once("close", (code) => {
    started.delete(child);
    status = code ?? 128;
  });
  const exited = async (): Promise<number> => {
    await until(`the end of ${name}; its log:\n${log}`, () => status !== undefined, DEADLINE_MS);
    return status ?? -1;
  };
  return {
    log: () => log,
    async says(pattern) {
      await until(`${name} says ${String(pattern)}`, () => pattern.test(log) || status !== undefined, DEADLINE_MS);
      if (!pattern.test(log)) throw new Error(`${name} ended without ${String(pattern)}:\n${log}`);
    },
    exited,
    async stop() {
      child.kill("SIGTERM");
      return exited();
    },
  };
}
