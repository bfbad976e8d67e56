import type { Counter, Gauge, Histogram, Metrics } from "@hedgelock/runtime";

import type { Reason } from "./domain/material.ts";

/** Seconds, from 250 us to 10 s. */
const LATENCY_BUCKETS_S = [0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 10];

/** Every metric of the service. */
export interface RiskMetrics {
  readonly ticks: Counter;
  readonly snapshots: Counter;
  readonly outdated: Counter;
  readonly decisions: Readonly<Record<Reason, Counter>>;
  readonly conflicts: Counter;
  readonly unknownAppends: Counter;
  readonly reloadFailures: Counter;
  readonly witnessHolds: Counter;
  readonly accounts: Gauge;
  readonly tickToDecisionSeconds: Histogram;
}

/** Registers the metrics. */
export function riskMetrics(metrics: Metrics): RiskMetrics {
  const decision = (reason: Reason): Counter =>
    metrics.counter("hedgelock_risk_decisions_total", "Decisions appended, by their first reason", { reason });
  return {
    ticks: metrics.counter("hedgelock_risk_ticks_total", "Ticks read"),
    snapshots: metrics.counter("hedgelock_risk_snapshots_total", "Account snapshots read"),
    outdated: metrics.counter(
      "hedgelock_risk_outdated_messages_total",
      "Messages older than what was known of their surface",
    ),
    decisions: {
      first: decision("first"),
      state_change: decision("state_change"),
      quality_change: decision("quality_change"),
      target_change: decision("target_change"),
      policy_change: decision("policy_change"),
      refresh: decision("refresh"),
    },
    conflicts: metrics.counter(
      "hedgelock_risk_append_conflicts_total",
      "Appends refused because another writer was faster",
    ),
    unknownAppends: metrics.counter("hedgelock_risk_append_unknown_total", "Appends without a clear answer"),
    reloadFailures: metrics.counter(
      "hedgelock_risk_reload_failures_total",
      "Failed reads of the last decision of an account",
    ),
    witnessHolds: metrics.counter(
      "hedgelock_risk_witness_holds_total",
      "Prices or jumps that had to wait for a second witness",
    ),
    accounts: metrics.gauge("hedgelock_risk_accounts", "Accounts evaluated"),
    tickToDecisionSeconds: metrics.histogram(
      "hedgelock_risk_tick_to_decision_seconds",
      "From the collector's receipt of the tick to the acknowledged decision it caused",
      LATENCY_BUCKETS_S,
      {},
      { exemplars: true },
    ),
  };
}
