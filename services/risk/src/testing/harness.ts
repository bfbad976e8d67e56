import { manualTime, seededRandom, silentLogger } from "@hedgelock/runtime";
import type { LogFields, Logger, ManualTime, Metrics } from "@hedgelock/runtime";

import { assetsOf } from "../config.ts";
import type { RiskConfig } from "../config.ts";
import { RiskEngine } from "../risk-engine.ts";
import { riskMetrics } from "../risk-metrics.ts";
import type { RiskTracing } from "../risk-tracing.ts";
import { FakeRiskStream } from "./fake-risk-stream.ts";
import { PARTITIONS, START_MS } from "./messages.ts";
import { rulesOf, testConfig } from "./policy.ts";

/** Counts in memory, by name and labels. */
export function countingMetrics(): Metrics & { readonly values: Map<string, number> } {
  const values = new Map<string, number>();
  const key = (name: string, labels?: Readonly<Record<string, string>>): string =>
    [name, ...Object.values(labels ?? {})].join(" ");
  const add = (name: string, by: number): void => void values.set(name, (values.get(name) ?? 0) + by);
  return {
    values,
    counter: (name, _help, labels) => ({ inc: (by = 1) => add(key(name, labels), by) }),
    gauge: (name, _help, labels) => ({ set: (value) => void values.set(key(name, labels), value) }),
    histogram: (name, _help, _buckets, labels) => ({ observe: () => add(key(name, labels), 1) }),
  };
}

export interface LogLine {
  readonly event: string;
  readonly fields: LogFields;
}

export function recordingLogger(lines: LogLine[]): Logger {
  const record = (event: string, fields: LogFields = {}): void => void lines.push({ event, fields });
  return { ...silentLogger, info: record, warn: record, error: record };
}

export interface Harness {
  readonly engine: RiskEngine;
  readonly stream: FakeRiskStream;
  readonly time: ManualTime;
  readonly lines: LogLine[];
  readonly metrics: ReturnType<typeof countingMetrics>;
  /** Lets every append and reload that can finish do so. */
  settle(): Promise<void>;
}

/** An engine on a fake stream, at START_MS of a clock that stands still. */
export function harness(
  options: {
    readonly config?: RiskConfig;
    readonly stream?: FakeRiskStream;
    readonly writer?: string;
    readonly time?: ManualTime;
    readonly tracing?: RiskTracing;
  } = {},
): Harness {
  const config = options.config ?? testConfig();
  const stream = options.stream ?? new FakeRiskStream();
  const time = options.time ?? manualTime(START_MS);
  const lines: LogLine[] = [];
  const metrics = countingMetrics();
  const engine = new RiskEngine({
    bus: stream,
    clock: time,
    timers: time,
    random: seededRandom(7),
    log: recordingLogger(lines),
    metrics: riskMetrics(metrics),
    writer: options.writer ?? "risk-a",
    venueName: config.venueName,
    partitions: PARTITIONS,
    assets: assetsOf(config),
    stableCoins: config.stableCoins,
    rules: rulesOf(config),
    refreshMs: config.refreshMs,
    ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
  });
  return {
    engine,
    stream,
    time,
    lines,
    metrics,
    async settle() {
      // Every step of the writer is a promise of this process: a bounded number of turns drains them all.
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    },
  };
}
