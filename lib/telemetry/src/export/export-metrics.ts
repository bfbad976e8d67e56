import type { Counter, Gauge, Metrics } from "@hedgelock/runtime";

/** Why a span was dropped. */
export type DropReason = "queue_full" | "refused" | "stopped" | "unregistered";

const DROP_REASONS: readonly DropReason[] = ["queue_full", "refused", "stopped", "unregistered"];

/** What the export counts. */
export interface ExportMetrics {
  readonly exported: Counter;
  readonly dropped: (reason: DropReason) => Counter;
  readonly failures: Counter;
  readonly queued: Gauge;
}

/** Makes the metrics; every reason exists, at 0, from the start, so that an alert can be written on it. */
export function exportMetrics(metrics: Metrics): ExportMetrics {
  const dropped = (reason: DropReason): Counter =>
    metrics.counter("hedgelock_trace_spans_dropped_total", "Spans that were not exported; must stay 0", { reason });
  for (const reason of DROP_REASONS) dropped(reason);
  return {
    exported: metrics.counter("hedgelock_trace_spans_exported_total", "Spans taken by the trace back end"),
    dropped,
    failures: metrics.counter("hedgelock_trace_export_failures_total", "Batches that could not be delivered, each try"),
    queued: metrics.gauge("hedgelock_trace_queue_spans", "Spans that wait to be exported"),
  };
}
