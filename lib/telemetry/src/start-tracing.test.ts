import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { silentLogger, systemClock, systemTimers } from "@hedgelock/runtime";
import { expect, it } from "vitest";

import { startTracing } from "./start-tracing.ts";
import { countingMetrics } from "./testing/counting-metrics.ts";
import { aSpan } from "./testing/spans.ts";
import { readTraceFiles } from "./trace-files.ts";
import { tracingConfig } from "./tracing-config.ts";

const deps = { service: "risk", writer: "risk-1", clock: systemClock, timers: systemTimers, log: silentLogger };

it("with no exporter nothing is recorded", async () => {
  const tracing = await startTracing(tracingConfig.parse({}), { ...deps, metrics: countingMetrics() });
  expect(tracing.recorder.enabled).toBe(false);
  tracing.recorder.record(aSpan());
  await tracing.stop(0);
});

it("with files, what was recorded is there after the stop", async () => {
  const directory = await mkdtemp(join(tmpdir(), "hedgelock-traces-"));
  try {
    const config = tracingConfig.parse({ exporter: "file", directory });
    const tracing = await startTracing(config, { ...deps, metrics: countingMetrics() });
    tracing.recorder.record(aSpan());
    await tracing.stop(5000);
    expect(await readTraceFiles(directory, "")).toHaveLength(1);
    await writeFile(join(directory, "file"), "");
    const wrong = tracingConfig.parse({ exporter: "file", directory: join(directory, "file") });
    await expect(startTracing(wrong, { ...deps, metrics: countingMetrics() })).rejects.toMatchObject({
      code: "TRACE_DIRECTORY",
      exitStatus: 2,
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});

it("with a back end that takes connections and never answers, recording goes on, bounded and counted, and the stop is in time", async () => {
  const hole = createServer(() => undefined);
  await new Promise<void>((resolve) => hole.listen(0, "127.0.0.1", resolve));
  const { port } = hole.address() as AddressInfo;
  const metrics = countingMetrics();
  const config = tracingConfig.parse({ exporter: "otlp", otlpUrl: `http://127.0.0.1:${port}` });
  const tracing = await startTracing(config, { ...deps, metrics });
  for (let index = 0; index < 10_000; index += 1) tracing.recorder.record(aSpan(index + 1));
  expect(metrics.value("hedgelock_trace_spans_dropped_total", "queue_full")).toBe(10_000 - 8192);
  await tracing.stop(300);
  expect(metrics.value("hedgelock_trace_spans_dropped_total", "stopped")).toBe(8192);
  hole.close();
});
