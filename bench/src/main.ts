import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";

import { benchBus } from "./bus.ts";
import type { BusFigures } from "./bus.ts";
import { benchEvaluate } from "./evaluate.ts";
import { benchFrames } from "./frames.ts";
import { benchPaper } from "./paper.ts";
import { benchPipeline } from "./pipeline.ts";
import { figureTable } from "./table.ts";
import type { Figure } from "./table.ts";
import { benchThroughput } from "./throughput.ts";
import { benchTracing } from "./tracing.ts";

const DEFAULT_FILE = ".hedgelock/bench.json";
const GIB = 1024 ** 3;

const HELP = `usage: npm run bench -- [--only NAME] [--json FILE]

Measures the figures of docs/performance.md on real processes and prints them beside their goals.
  --only NAME   frames, evaluate, bus, throughput, paper, pipeline or tracing
  --json FILE   where the figures go as JSON (${DEFAULT_FILE})`;

function busFigures(figures: BusFigures): readonly Figure[] {
  return [
    {
      name: "publish into MD with message id, pipelined",
      goal: "",
      unit: "msg/s",
      values: { rate: figures.publishesPerSecond },
    },
    { name: "consume from MD", goal: "", unit: "msg/s", values: { rate: figures.consumesPerSecond } },
    {
      name: "checked append into HEDGE, one after the other",
      goal: "",
      unit: "msg/s",
      values: { rate: figures.appendsPerSecond },
    },
    { name: "round trip to the server", goal: "", unit: "ms", values: { p50: figures.pingP50Ms } },
  ];
}

/** Every measurement by name, in the order they run. */
const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  frames: async () => [benchFrames()],
  evaluate: async () => [await benchEvaluate()],
  bus: async () => busFigures(await benchBus()),
  throughput: async () => [await benchThroughput()],
  paper: benchPaper,
  pipeline: async () => benchPipeline(1_000, 20),
  tracing: benchTracing,
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      json: { type: "string", default: DEFAULT_FILE },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { only } = values;
  if (only !== undefined && !Object.hasOwn(BENCHES, only)) {
    console.error(`bench: there is no '${only}'\n\n${HELP}`);
    return 2;
  }
  const machine = {
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`,
    memoryGiB: Math.round(totalmem() / GIB),
    at: new Date().toISOString(),
  };
  const figures: Figure[] = [];
  for (const [name, run] of Object.entries(BENCHES)) {
    if (only !== undefined && only !== name) continue;
    console.error(`bench: ${name}`);
    figures.push(...(await run()));
  }
  console.log(`${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}\n\n${figureTable(figures)}`);
  await mkdir(dirname(values.json), { recursive: true });
  await writeFile(values.json, `${JSON.stringify({ schemaVersion: 1, machine, figures }, undefined, 2)}\n`);
  console.error(`bench: written to ${values.json}`);
  return 0;
}

process.exitCode = await main();
