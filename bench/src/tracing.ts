import { monitorEventLoopDelay } from "node:perf_hooks";

import { silentLogger, prometheusMetrics, systemClock, systemRandom, systemTimers } from "@hedgelock/runtime";
import { SPAN, TraceRing, startTracing, tracingConfig } from "@hedgelock/telemetry";
import type { SpanRecorder } from "@hedgelock/telemetry";

import { startTakingBackEnd } from "./span-sink.ts";
import { percentiles } from "./table.ts";
import type { Figure } from "./table.ts";
import { tickToDecision } from "./tick-to-decision.ts";

const RING_SLOTS = 65_536;
const RING_BATCH = 10_000;
const RING_BATCHES = 300;
const WARM_UP_BATCHES = 50;
const NS_PER_MS = 1e6;

const TICKS_PER_SECOND = 5_000;
const SECONDS = 5;
/** On and off in turns, so that what else the machine does meets both. */
const ROUNDS = 4;

const SPANS_PER_SECOND = 1_000;
const LOOP_SECONDS = 5;
const BURST_MS = 10;

/** Time of one call, nanoseconds, in batches: a single call is shorter than the clock can tell. */
function batchNs(call: () => void): readonly number[] {
  const samples: number[] = [];
  for (let batch = 0; batch < RING_BATCHES; batch += 1) {
    const startMs = performance.now();
    for (let index = 0; index < RING_BATCH; index += 1) call();
    samples.push(((performance.now() - startMs) * NS_PER_MS) / RING_BATCH);
  }
  return samples.slice(WARM_UP_BATCHES);
}

function benchRing(): readonly Figure[] {
  const ring = new TraceRing(RING_SLOTS, systemRandom());
  let us = 1_785_600_000_000_000;
  let length = 0;
  const ids = batchNs(() => {
    us += 1;
    ring.add(0, us, us + 5);
  });
  const withHeader = batchNs(() => {
    us += 1;
    length += ring.traceparent(ring.add(0, us, us + 5)).length;
  });
  if (length === 0) throw new Error("no headers were made");
  return [
    { name: "trace ring: ids and times of a tick", goal: "15-50", unit: "ns", values: percentiles(ids) },
    { name: "trace ring: the same and the traceparent header", goal: "", unit: "ns", values: percentiles(withHeader) },
  ];
}

async function benchOnAndOff(otlpUrl: string): Promise<readonly Figure[]> {
  const off: number[] = [];
  const on: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = { ticksPerSecond: TICKS_PER_SECOND, seconds: SECONDS };
    off.push(...(await tickToDecision({ ...run, tracing: { exporter: "none" } })));
    on.push(...(await tickToDecision({ ...run, tracing: { exporter: "otlp", otlpUrl } })));
    console.error(`bench: tracing off and on, round ${round + 1} of ${ROUNDS}`);
  }
  const name = `tick received -> decision read back, ${TICKS_PER_SECOND} ticks/s, tracing`;
  const [without, withSpans] = [percentiles(off), percentiles(on)];
  const more = (column: string): number =>
    (100 * ((withSpans[column] ?? 0) - (without[column] ?? 0))) / (without[column] ?? 1);
  return [
    { name: `${name} off`, goal: "", unit: "ms", values: without },
    { name: `${name} on (OTLP)`, goal: "", unit: "ms", values: withSpans },
    { name: "difference that tracing makes", goal: "<= 5", unit: "%", values: { p50: more("p50"), p99: more("p99") } },
  ];
}

/** Spans as a hedger makes them, in bursts. */
function record(recorder: SpanRecorder, count: number): void {
  const nowUs = systemClock.nowUs();
  for (let index = 0; index < count; index += 1) {
    recorder.record({
      name: SPAN.FILL,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: "00f067aa0ba902b7",
      parentSpanId: "00f067aa0ba902b8",
      startUs: nowUs - 5000,
      endUs: nowUs,
      attributes: {
        "hedgelock.account": "acct-001",
        "hedgelock.symbol": "BTCUSDT",
        "hedgelock.order.link_id": "hl-1romz4n1vj4gn2-1",
        "hedgelock.execution.id": "6cdfafaa-fcb2-4c04-a8b1-6399cb4ac445",
        "hedgelock.execution.price": "60000.1",
      },
    });
  }
}

/** Delay of the event loop in milliseconds while `work` is done every few milliseconds. */
async function loopDelay(work: () => void): Promise<Record<string, number>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const cancel = systemTimers.every(BURST_MS, work);
  delay.enable();
  await systemTimers.sleep(LOOP_SECONDS * 1000);
  delay.disable();
  cancel();
  const ms = (ns: number): number => ns / NS_PER_MS;
  return {
    p50: ms(delay.percentile(50)),
    p99: ms(delay.percentile(99)),
    p999: ms(delay.percentile(99.9)),
    n: delay.count,
  };
}

async function benchLoop(otlpUrl: string): Promise<readonly Figure[]> {
  const metrics = prometheusMetrics("bench");
  const deps = {
    service: "hedger",
    writer: "bench",
    clock: systemClock,
    timers: systemTimers,
    log: silentLogger,
    metrics,
  };
  const tracing = await startTracing(tracingConfig.parse({ exporter: "otlp", otlpUrl }), deps);
  const idle = await loopDelay(() => undefined);
  const exporting = await loopDelay(() => record(tracing.recorder, (SPANS_PER_SECOND * BURST_MS) / 1000));
  await tracing.stop(1000);
  return [
    { name: "event loop delay, timers of 1 ms, idle", goal: "", unit: "ms", values: idle },
    {
      name: `event loop delay while exporting ${SPANS_PER_SECOND} spans/s by OTLP`,
      goal: "",
      unit: "ms",
      values: exporting,
    },
  ];
}

/** What tracing costs: a tick that leads to nothing, the way from tick to decision, and the event loop while spans go out. */
export async function benchTracing(): Promise<readonly Figure[]> {
  await using backEnd = await startTakingBackEnd();
  return [...benchRing(), ...(await benchOnAndOff(backEnd.url)), ...(await benchLoop(backEnd.url))];
}
