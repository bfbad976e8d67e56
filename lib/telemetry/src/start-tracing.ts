import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { Clock, Logger, Metrics, Timers } from "@hedgelock/runtime";

import { createFileSink } from "./export/file-sink.ts";
import { ExportQueue } from "./export/export-queue.ts";
import { exportMetrics } from "./export/export-metrics.ts";
import type { SpanSink } from "./export/span-sink.ts";
import { noSpans, type SpanRecorder } from "./span-record.ts";
import { spanRecorder } from "./span-recorder.ts";
import type { TracingConfig } from "./tracing-config.ts";

export interface TracingDeps {
  readonly service: string;
  /** Names this process. */
  readonly writer: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Span recording of one process. */
export interface Tracing {
  readonly recorder: SpanRecorder;
  /** Exports what is left within the budget. */
  stop(budgetMs: number): Promise<void>;
}

/** Tracing that records nothing. */
export const noTracing: Tracing = { recorder: noSpans, stop: () => Promise.resolve() };

async function sinkOf(config: TracingConfig, deps: TracingDeps): Promise<SpanSink | undefined> {
  const { service, writer, clock } = deps;
  const { exporter, otlpUrl, directory } = config;
  if (exporter === "otlp" && otlpUrl !== undefined) {
    const { createOtlpSink } = await import("./export/otlp-sink.ts");
    return createOtlpSink({ otlpUrl, instance: writer });
  }
  if (exporter === "file" && directory !== undefined) {
    try {
      return await createFileSink({ directory, service, writer, startedMs: clock.nowMs() });
    } catch (error) {
      throw new HedgeLockError(
        "TRACE_DIRECTORY",
        `tracing.directory ${directory} cannot be used: ${errorText(error)}`,
        {
          cause: error,
          exitStatus: 2,
        },
      );
    }
  }
  return undefined;
}

/**
 * Starts span recording as configured. Nothing is loaded for an exporter that is not used, and the back end need not be there.
 * @throws HedgeLockError TRACE_DIRECTORY
 */
export async function startTracing(config: TracingConfig, deps: TracingDeps): Promise<Tracing> {
  const sink = await sinkOf(config, deps);
  if (sink === undefined) return noTracing;
  const queue = new ExportQueue({ ...deps, sink });
  return {
    recorder: spanRecorder({
      push: (span, onExported) => queue.push(span, onExported),
      unregistered: exportMetrics(deps.metrics).dropped("unregistered"),
      log: deps.log,
    }),
    stop: (budgetMs) => queue.stop(budgetMs),
  };
}
