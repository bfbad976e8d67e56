import type { HedgeEvent, Intent, LedgerState } from "@hedgelock/contracts";
import type { LogFields, Logger } from "@hedgelock/runtime";

import type { Change } from "../domain/change.ts";
import { findIntent } from "../domain/ledger-state.ts";
import type { HedgerMetrics } from "../hedger-metrics.ts";
import type { RecordTrace } from "./account-ledger.ts";

type Body = NonNullable<HedgeEvent["body"]>;

/** The fields every line about an intent has. */
export function intentFields(intent: Intent): LogFields {
  return {
    symbol: intent.symbol,
    link_id: intent.linkId,
    side: intent.side,
    qty: intent.qty,
    price: intent.limitPrice,
    trace_id: intent.traceId,
    span_id: intent.spanId,
  };
}

/** Says in the log and counts what a stored record means. `log` carries the account. */
export function reportChange(log: Logger, metrics: HedgerMetrics, change: Change, trace: RecordTrace): void {
  const ids = { link_id: change.linkId, trace_id: trace.traceId, span_id: trace.spanId };
  for (const alarm of change.alarms) {
    metrics.invariant(alarm.invariant).inc();
    log.error("hedge.invariant_broken", { invariant: alarm.invariant, ...ids }, alarm.detail);
  }
  const intent = findIntent(change.state, change.linkId);
  const fields = intent === undefined ? ids : intentFields(intent);
  report(log, metrics, change.event, fields, change.state);
}

function report(log: Logger, metrics: HedgerMetrics, event: Body, fields: LogFields, state: LedgerState): void {
  switch (event.$case) {
    case "intentOpened":
      reportOpened(log, metrics, event.value.linkId, state, fields);
      return;
    case "attempt":
      log.warn(
        "hedge.attempt",
        { ...fields, attempt: event.value.attempt },
        "the same order again, under the same link id",
      );
      return;
    case "acknowledged":
      log.info("hedge.acknowledged", { ...fields, order_id: event.value.orderId });
      return;
    case "rejected":
      log.error("hedge.rejected", { ...fields, code: event.value.code }, event.value.message);
      return;
    case "outcomeUnknown":
      log.warn(
        "hedge.unknown",
        { ...fields, reason: event.value.reason },
        "the order counts as in flight until there is evidence",
      );
      return;
    case "execution":
      if (event.value.linkId === "" || findIntent(state, event.value.linkId) === undefined) {
        metrics.foreignFills.inc();
        log.warn(
          "hedge.foreign_fill",
          { ...fields, ...event.value },
          "not of an order of ours: it still moves the position",
        );
        return;
      }
      metrics.fills.inc();
      log.info("hedge.filled", {
        ...fields,
        qty: event.value.qty,
        price: event.value.price,
        exec_id: event.value.execId,
      });
      return;
    case "closed":
      log.info("hedge.closed", { ...fields, status: event.value.orderStatus, reason: event.value.reason });
      return;
    case "neverArrived":
      log.warn("hedge.never_arrived", { ...fields, evidence: event.value.evidence });
      return;
    case "postcondition":
      metrics.postconditions(event.value.satisfied).inc();
      if (event.value.satisfied) log.info("hedge.verified", { ...fields, position: event.value.positionQty });
      else log.warn("hedge.residual", { ...fields, residual: event.value.residualQty, reason: event.value.reason });
      return;
    case "positionAdopted":
      metrics.positionsAdopted.inc();
      log.warn("hedge.position_adopted", { ...fields, ...event.value });
      return;
    case "refused":
      log.warn("hedge.refused", { ...fields, symbol: event.value.symbol, rule: event.value.rule }, event.value.detail);
      return;
    default:
      event satisfies never;
  }
}

function reportOpened(
  log: Logger,
  metrics: HedgerMetrics,
  linkId: string,
  state: LedgerState,
  fields: LogFields,
): void {
  metrics.intentsOpened.inc();
  const intent = findIntent(state, linkId);
  const facts = {
    ...fields,
    target: intent?.targetQty,
    reduce_only: intent?.reduceOnly,
    decision_version: intent?.decisionVersion,
  };
  if (intent === undefined || intent.escalation === 0) {
    log.info("hedge.intent", facts);
    return;
  }
  log.warn(
    "hedge.intent",
    { ...facts, escalation: intent.escalation },
    "earlier orders fell short: a wider price than the budget",
  );
}
