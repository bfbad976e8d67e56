import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { z } from "zod";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const READY_WITHIN_MS = 20_000;

const logLine = z.looseObject({ event: z.string(), msg: z.string().optional() });

/** A service as a process of its own, for the time of a measurement. */
export interface ServiceProcess extends AsyncDisposable {
  readonly child: ChildProcess;
}

/** Starts `services/<name>` with the configuration and resolves once it is ready. @throws Error with its last words */
export async function startService(name: string, config: unknown): Promise<ServiceProcess> {
  const folder = await mkdtemp(join(tmpdir(), "hedgelock-bench-"));
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [join(ROOT, "services", name, "src/main.ts"), "--config", file], {
    env: { ...process.env, HEDGELOCK_PARENT_PIPE: "stdin" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let lastWords = "it said nothing";
  await new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(
      () => reject(new Error(`${name} was not ready in time: ${lastWords}`)),
      READY_WITHIN_MS,
    );
    child.once("exit", (status) => reject(new Error(`${name} ended with status ${status}: ${lastWords}`)));
    createInterface({ input: child.stdout }).on("line", (text) => {
      lastWords = text;
      if (logLine.safeParse(JSON.parse(text)).data?.event !== "service.ready") return;
      clearTimeout(deadline);
      resolve();
    });
  });
  return {
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
