import type { Counter, Gauge, Histogram, Metrics } from "@hedgelock/runtime";
import type { FeedCount } from "@hedgelock/venue";

const LATENCY_SECONDS = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5,
] as const;

const FEED_COUNTS: Readonly<Record<FeedCount, string>> = {
  frame: "Text frames received",
  suppressed: "Frames that changed nothing a consumer uses",
  regression: "Frames older than what was known",
  delta_before_snapshot: "Deltas refused because their snapshot had not come",
  crossed_book: "Frames whose best bid was not below the best ask",
  gap: "Deltas with updates missing before them",
  bad_frame: "Frames or rows that could not be understood",
  resubscribe: "Topics asked for anew",
  reconnect: "Connections lost or not made",
};

/** What the collector counts and times. */
export interface CollectorMetrics {
  readonly ticksPublished: Counter;
  readonly ticksConflated: Counter;
  readonly factsPublished: Counter;
  readonly snapshotsConflated: Counter;
  readonly publishFailures: (stream: "MD" | "ACCT" | "EXEC") => Counter;
  /** From the arrival of the frame to the hand-over of the tick. */
  readonly receiveToPublish: Histogram;
  /** From the hand-over to the acknowledgement. */
  readonly publishToAck: Histogram;
  readonly feedCount: (feed: string) => (what: FeedCount) => void;
  readonly feedLive: (feed: string) => Gauge;
  readonly tickAge: (category: string, symbol: string) => Gauge;
}

export function collectorMetrics(metrics: Metrics): CollectorMetrics {
  const name = (what: string): string => `hedgelock_collector_${what}`;
  return {
    ticksPublished: metrics.counter(name("ticks_published_total"), "Ticks acknowledged by the bus"),
    ticksConflated: metrics.counter(
      name("ticks_conflated_total"),
      "Ticks replaced by a newer one while the bus was behind",
    ),
    factsPublished: metrics.counter(
      name("facts_published_total"),
      "Account snapshots, orders and executions acknowledged",
    ),
    snapshotsConflated: metrics.counter(
      name("snapshots_conflated_total"),
      "Waiting account snapshots replaced by a newer one of the same surface",
    ),
    publishFailures: (stream) =>
      metrics.counter(name("publish_failures_total"), "Publishes without acknowledgement", { stream }),
    receiveToPublish: metrics.histogram(
      name("receive_to_publish_seconds"),
      "Frame received to tick handed to the bus",
      LATENCY_SECONDS,
    ),
    publishToAck: metrics.histogram(
      name("publish_ack_seconds"),
      "Tick handed to the bus to acknowledgement",
      LATENCY_SECONDS,
    ),
    feedCount: (feed) => {
      const counters: Partial<Record<FeedCount, Counter>> = {};
      return (what) => {
        const counter = (counters[what] ??= metrics.counter(name(`feed_${what}_total`), FEED_COUNTS[what], { feed }));
        counter.inc();
      };
    },
    feedLive: (feed) => metrics.gauge(name("feed_live"), "1 while the feed is live", { feed }),
    tickAge: (category, symbol) =>
      metrics.gauge(name("tick_age_seconds"), "Time since the last tick or heartbeat", { category, symbol }),
  };
}
