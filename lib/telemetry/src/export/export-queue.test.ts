import { manualTime, silentLogger } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import type { SpanRecord } from "../span-record.ts";
import { countingMetrics } from "../testing/counting-metrics.ts";
import { aSpan } from "../testing/spans.ts";
import { ExportQueue } from "./export-queue.ts";
import type { ExportOutcome } from "./span-sink.ts";

const DROPPED = "hedgelock_trace_spans_dropped_total";
const RETRY: ExportOutcome = { kind: "failed", reason: "connection refused", retry: true };

function setup(limits = { batch: 64, queue: 8192, delayMs: 500 }) {
  const time = manualTime(1_785_600_000_000);
  const metrics = countingMetrics();
  const lines: string[] = [];
  const batches: SpanRecord[][] = [];
  const world = { outcome: { kind: "stored" } as ExportOutcome | "never" };
  const queue = new ExportQueue({
    sink: {
      export(spans) {
        batches.push([...spans]);
        const { outcome } = world;
        return outcome === "never" ? Promise.withResolvers<ExportOutcome>().promise : Promise.resolve(outcome);
      },
      close: () => Promise.resolve(),
    },
    clock: time,
    timers: time,
    log: { ...silentLogger, warn: (event) => lines.push(event), info: (event) => lines.push(event) },
    metrics,
    limits,
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      time.advance(50);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    }
  };
  const push = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) queue.push(aSpan(index + 1));
  };
  return { time, metrics, lines, batches, world, queue, pass, push };
}

describe("the export queue", () => {
  it("exports after its delay, in batches, in order", async () => {
    const { batches, pass, push, metrics } = setup();
    push(0, 10);
    await pass(400);
    expect(batches).toEqual([]);
    await pass(200);
    expect(batches.map((batch) => batch.length)).toEqual([10]);
    push(10, 160);
    await pass(50);
    expect(batches.map((batch) => batch.length)).toEqual([10, 64, 64, 22]);
    expect(batches.flat()).toEqual(Array.from({ length: 160 }, (_, index) => aSpan(index + 1)));
    expect(metrics.value("hedgelock_trace_spans_exported_total")).toBe(160);
  });

  it("drops and counts what does not fit while the back end hangs, and never more than that", async () => {
    const { batches, world, queue, pass, push, metrics } = setup();
    world.outcome = "never";
    push(0, 20_000);
    await pass(60_000);
    push(20_000, 20_010);
    expect(queue.size).toBe(8192);
    expect(metrics.value(DROPPED, "queue_full")).toBe(20_010 - 8192);
    expect(batches).toHaveLength(1);
  });

  it("keeps spans while the back end is away, tries less and less often, and says so at most once a minute", async () => {
    const { batches, world, queue, pass, push, metrics, lines } = setup();
    world.outcome = RETRY;
    push(0, 100);
    await pass(59_000);
    expect(batches.length).toBeLessThan(8);
    expect(lines).toEqual(["trace.export_failed"]);
    expect(queue.size).toBe(100);
    world.outcome = { kind: "stored" };
    await pass(31_000);
    expect(queue.size).toBe(0);
    expect(metrics.value("hedgelock_trace_spans_exported_total")).toBe(100);
    expect(metrics.value(DROPPED, "queue_full")).toBe(0);
    expect(batches.slice(-2).flat()).toEqual(Array.from({ length: 100 }, (_, index) => aSpan(index + 1)));
    expect(lines).toEqual(["trace.export_failed", "trace.export_recovered"]);
  });

  it("drops and counts what the back end refuses for good, and goes on", async () => {
    const { world, queue, pass, push, metrics } = setup();
    world.outcome = { kind: "failed", reason: "400", retry: false };
    push(0, 5);
    await pass(600);
    expect(queue.size).toBe(0);
    expect(metrics.value(DROPPED, "refused")).toBe(5);
    world.outcome = { kind: "stored" };
    push(5, 8);
    await pass(600);
    expect(metrics.value("hedgelock_trace_spans_exported_total")).toBe(3);
  });

  it("tells of each span that it is exported, once it is, and never of one that was dropped", async () => {
    const { world, queue, pass } = setup({ batch: 2, queue: 4, delayMs: 500 });
    const told: number[] = [];
    world.outcome = RETRY;
    for (let index = 1; index <= 6; index += 1) queue.push(aSpan(index), () => told.push(index));
    await pass(600);
    expect(told).toEqual([]);
    world.outcome = { kind: "stored" };
    await pass(3000);
    expect(told).toEqual([1, 2, 3, 4]);
  });

  it("exports what is left when it stops", async () => {
    const { queue, push, metrics, batches } = setup();
    push(0, 130);
    await queue.stop(1000);
    expect(batches.flat()).toHaveLength(130);
    push(130, 131);
    expect(metrics.value(DROPPED, "stopped")).toBe(1);
  });

  it("stops within its budget, loudly, when the back end hangs", async () => {
    const { queue, push, pass, metrics, world, lines } = setup();
    world.outcome = "never";
    push(0, 70);
    let stopped = false;
    const stop = queue.stop(1000).then(() => {
      stopped = true;
    });
    await pass(900);
    expect(stopped).toBe(false);
    await pass(200);
    await stop;
    expect(metrics.value(DROPPED, "stopped")).toBe(70);
    expect(lines).toEqual(["trace.spans_lost"]);
  });
});
