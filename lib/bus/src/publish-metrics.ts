import type { Counter, Histogram, Metrics } from "@hedgelock/runtime";

import type { SendResult } from "./publish-entry.ts";

/** Metrics of everything sent to streams. */
export interface PublishMetrics {
  readonly ackSeconds: Histogram;
  readonly retries: Counter;
  count(result: SendResult): void;
}

const ACK_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

export function publishMetrics(metrics: Metrics): PublishMetrics {
  const outcome = (name: string): Counter =>
    metrics.counter("hedgelock_bus_sends_total", "Messages sent to streams, by outcome", { outcome: name });
  const counters = {
    stored: outcome("stored"),
    duplicate: outcome("duplicate"),
    refused: outcome("refused"),
    lost: outcome("lost"),
    failed: outcome("failed"),
  };
  return {
    ackSeconds: metrics.histogram(
      "hedgelock_bus_ack_seconds",
      "Time from handing a message to the bus to its acknowledgement",
      ACK_BUCKETS_SECONDS,
    ),
    retries: metrics.counter("hedgelock_bus_publish_retries_total", "Messages sent again under the same message id"),
    count(result) {
      counters[result.kind === "stored" && result.duplicate ? "duplicate" : result.kind].inc();
    },
  };
}
