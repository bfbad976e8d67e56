import type { Intent } from "@hedgelock/contracts";

import type { DecisionEntry, LedgerEntry } from "../audit/input.ts";
import { percentiles } from "./percentiles.ts";
import type { Percentiles } from "./percentiles.ts";

const US_PER_MS = 1000;
const MARKET_SUBJECT = "md.";
/** A refresh repeats an earlier result on a timer: its age says nothing about how fast we decide. */
const REFRESH = "refresh";

/** Latencies of the hedge path, milliseconds, all on the one machine's clock. */
export interface Latencies {
  readonly tickToDecision: Percentiles;
  readonly decisionToOrder: Percentiles;
  readonly tickToFill: Percentiles;
}

/** Tick received by the collector -> decision made, milliseconds; undefined for a decision that no tick caused. */
export function tickToDecisionMs({ decision }: DecisionEntry): number | undefined {
  const { trigger } = decision;
  if (trigger === undefined || trigger.receiveTimeUs === 0 || !trigger.subject.startsWith(MARKET_SUBJECT))
    return undefined;
  if (decision.reasons.length > 0 && decision.reasons.every((reason) => reason === REFRESH)) return undefined;
  return Math.max(0, (decision.decidedTimeUs - trigger.receiveTimeUs) / US_PER_MS);
}

type Times = Pick<Intent, "traceId" | "decidedTimeUs" | "sentTimeUs" | "tickReceiveTimeUs" | "firstFillTimeUs">;

/** The known times of every intent that was its decision's first order (a reprice follows the market, not the decision). */
function firstOrders(ledger: readonly LedgerEntry[]): readonly Times[] {
  const times = new Map<string, Times>();
  for (const { record } of ledger) {
    for (const intent of record.state?.intents ?? []) {
      if (intent.escalation > 0) continue;
      const key = `${record.account}/${intent.linkId}`;
      const known = times.get(key);
      times.set(key, {
        traceId: intent.traceId,
        decidedTimeUs: intent.decidedTimeUs,
        tickReceiveTimeUs: intent.tickReceiveTimeUs,
        sentTimeUs: known?.sentTimeUs || intent.sentTimeUs,
        firstFillTimeUs: known?.firstFillTimeUs || intent.firstFillTimeUs,
      });
    }
  }
  return [...times.values()];
}

/** Time between two points of the orders that have passed both, milliseconds. */
function spans(orders: readonly Times[], from: (times: Times) => number, to: (times: Times) => number): number[] {
  return orders
    .filter((times) => from(times) > 0 && to(times) > 0)
    .map((times) => Math.max(0, (to(times) - from(times)) / US_PER_MS));
}

/** Latencies by the records alone. */
export function latencies(decisions: readonly DecisionEntry[], ledger: readonly LedgerEntry[]): Latencies {
  const orders = firstOrders(ledger);
  const ticks = new Set(
    decisions.filter((entry) => tickToDecisionMs(entry) !== undefined).map((entry) => entry.traceId),
  );
  const byTick = orders.filter((times) => ticks.has(times.traceId));
  return {
    tickToDecision: percentiles(decisions.flatMap((entry) => tickToDecisionMs(entry) ?? [])),
    decisionToOrder: percentiles(
      spans(
        orders,
        (times) => times.decidedTimeUs,
        (times) => times.sentTimeUs,
      ),
    ),
    tickToFill: percentiles(
      spans(
        byTick,
        (times) => times.tickReceiveTimeUs,
        (times) => times.firstFillTimeUs,
      ),
    ),
  };
}
