import type { Counter, Gauge, Histogram, Metrics } from "@hedgelock/runtime";

import { type Invariant, INVARIANTS } from "./domain/change.ts";

/** What the hedger counts. The invariant counters must stay 0. */
export interface HedgerMetrics {
  readonly appendSeconds: Histogram;
  readonly appendTrouble: (kind: "conflict" | "unknown") => Counter;
  readonly decisionToSentSeconds: Histogram;
  readonly tickToSentSeconds: Histogram;
  readonly sentToAnswerSeconds: Histogram;
  readonly unresolvedIntents: Gauge;
  readonly unknownIntents: Gauge;
  readonly awaitingPostcondition: Gauge;
  readonly intentsOpened: Counter;
  readonly sendOutcomes: (kind: string) => Counter;
  readonly fills: Counter;
  readonly postconditions: (satisfied: boolean) => Counter;
  readonly refusals: (rule: string) => Counter;
  readonly positionsAdopted: Counter;
  readonly foreignFills: Counter;
  readonly foreignOrders: Counter;
  readonly lookups: (kind: string) => Counter;
  readonly invariant: (name: Invariant) => Counter;
}

/** Seconds, from half a millisecond up: one node answers an append in about one. */
const LATENCY_BUCKETS = [0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the metrics; the invariant counters exist, at 0, from the start. */
export function hedgerMetrics(metrics: Metrics): HedgerMetrics {
  const invariant = (name: Invariant): Counter =>
    metrics.counter("hedgelock_hedger_invariant_violations_total", "Broken invariants; must stay 0", {
      invariant: name,
    });
  for (const name of INVARIANTS) invariant(name);
  return {
    invariant,
    appendSeconds: metrics.histogram(
      "hedgelock_hedger_ledger_append_seconds",
      "Time of a checked append to the ledger",
      LATENCY_BUCKETS,
    ),
    appendTrouble: (kind) =>
      metrics.counter(
        "hedgelock_hedger_ledger_append_trouble_total",
        "Appends that lost a race or whose answer was lost",
        {
          kind,
        },
      ),
    decisionToSentSeconds: metrics.histogram(
      "hedgelock_hedger_decision_to_sent_seconds",
      "From receiving a decision to the order's bytes being with the socket",
      LATENCY_BUCKETS,
      {},
      { exemplars: true },
    ),
    tickToSentSeconds: metrics.histogram(
      "hedgelock_hedger_tick_to_sent_seconds",
      "From the tick that caused the decision to the order's bytes being with the socket",
      LATENCY_BUCKETS,
      {},
      { exemplars: true },
    ),
    sentToAnswerSeconds: metrics.histogram(
      "hedgelock_hedger_sent_to_answer_seconds",
      "From the order's bytes being with the socket to the venue's answer",
      LATENCY_BUCKETS,
      {},
      { exemplars: true },
    ),
    unresolvedIntents: metrics.gauge("hedgelock_hedger_unresolved_intents", "Intents whose outcome is not fully known"),
    unknownIntents: metrics.gauge(
      "hedgelock_hedger_unknown_intents",
      "Intents that are UNKNOWN: in flight, waiting for evidence",
    ),
    awaitingPostcondition: metrics.gauge(
      "hedgelock_hedger_intents_awaiting_postcondition",
      "Settled intents that wait for position data newer than their last fill",
    ),
    intentsOpened: metrics.counter("hedgelock_hedger_intents_total", "Intents written to the ledger"),
    sendOutcomes: (kind) =>
      metrics.counter("hedgelock_hedger_send_outcomes_total", "Outcomes of sending an order", { outcome: kind }),
    fills: metrics.counter("hedgelock_hedger_fills_total", "Executions of our orders applied"),
    postconditions: (satisfied) =>
      metrics.counter("hedgelock_hedger_postconditions_total", "Postcondition checks", {
        result: satisfied ? "verified" : "residual",
      }),
    refusals: (rule) =>
      metrics.counter("hedgelock_hedger_refusals_total", "Decisions refused, by rule; repeated ones included", {
        rule,
      }),
    positionsAdopted: metrics.counter(
      "hedgelock_hedger_positions_adopted_total",
      "Times the venue's position differed from ours by something we did not do",
    ),
    foreignFills: metrics.counter("hedgelock_hedger_foreign_fills_total", "Executions that are not of our orders"),
    foreignOrders: metrics.counter("hedgelock_hedger_foreign_orders_total", "Order updates that are not of our orders"),
    lookups: (kind) =>
      metrics.counter("hedgelock_hedger_lookups_total", "Queries of the venue for an order", { answer: kind }),
  };
}
