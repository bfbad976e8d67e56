import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import type { Figure } from "./table.ts";

const CLI = fileURLToPath(new URL("../../services/cli/src/main.ts", import.meta.url));

const column = z.object({
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  p999: z.number().nullable(),
  n: z.number(),
});
const report = z.object({
  ticks: z.object({ published: z.number(), evaluated: z.number() }),
  totals: z.record(z.string(), z.number()),
  latencyMs: z.object({ tickToDecision: column, decisionToOrder: column, tickToFill: column }),
});

function toFigure(name: string, goal: string, values: z.infer<typeof column>): Figure {
  const present = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null);
  return { name, goal, unit: "ms", values: Object.fromEntries(present) };
}

/** Latencies of the whole stack, every part a process of its own, while a recorded crash runs at the given rate. */
export async function benchPipeline(ticksPerSecond: number, accounts: number): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "hedgelock-bench-"));
  const file = join(folder, "report.json");
  try {
    const args = [
      "start",
      "--exit",
      "--accounts",
      String(accounts),
      "--ticks-per-second",
      String(ticksPerSecond),
      "--report",
      file,
    ];
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "ignore", "inherit"] });
    const [status]: unknown[] = await once(child, "exit");
    if (status !== 0) throw new Error(`the pipeline run ended with status ${String(status)}`);
    const { latencyMs } = report.parse(JSON.parse(await readFile(file, "utf8")));
    const where = `${ticksPerSecond} price steps/s, ${accounts} accounts`;
    return [
      toFigure(`tick received -> decision published (${where})`, "p50 <= 1, p99 <= 5", latencyMs.tickToDecision),
      toFigure(`decision published -> order bytes sent (${where})`, "", latencyMs.decisionToOrder),
      toFigure(`tick received -> fill known (${where})`, "", latencyMs.tickToFill),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
