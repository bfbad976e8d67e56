import { hedgeSubject, type Intent, riskSubject } from "@hedgelock/contracts";
import { derivedSpanId, destinationAttributes, SPAN, type SpanAttributes, type SpanRecord } from "@hedgelock/telemetry";

import { lifeStateOf } from "../domain/order-life.ts";

/** Address of the venue. */
export type ServerAttributes = Pick<SpanAttributes, "rpc.system.name" | "server.address" | "server.port">;

/** What the spans need besides the intent. */
export interface IntentSpansContext {
  readonly account: string;
  readonly partitions: number;
  readonly server: ServerAttributes;
}

/** Id of the span that is an intent's whole life: stands in the ledger and in the logs of everything about the intent. */
export function hedgeSpanId(linkId: string): string {
  return stepId(linkId, "hedge");
}

/** The link id is the intent's name for good, so every process gives a step of it the same id. */
function stepId(linkId: string, ...step: readonly string[]): string {
  return derivedSpanId(linkId, ...step);
}

/** The first of some times that is known; they are 0 when not. */
function firstKnown(...timesUs: readonly number[]): number {
  return timesUs.find((time) => time > 0) ?? 0;
}

function identityOf(intent: Intent, account: string): SpanAttributes {
  return { "hedgelock.account": account, "hedgelock.symbol": intent.symbol, "hedgelock.order.link_id": intent.linkId };
}

/** A word of the venue that means the order did not do what it was for. */
function errorOf(intent: Intent): string | undefined {
  return intent.finalStatus === "" || intent.finalStatus === "Filled" ? undefined : intent.finalStatus;
}

function processAndAppend(intent: Intent, { account, partitions }: IntentSpansContext): readonly SpanRecord[] {
  const { linkId, traceId, openedTimeUs, decisionVersion, trace } = intent;
  const common = { "messaging.system.name": "nats", "hedgelock.order.link_id": linkId };
  return [
    {
      name: SPAN.PROCESS_DECISION,
      traceId,
      spanId: stepId(linkId, "process"),
      ...(trace === undefined || trace.decisionSpanId === "" ? {} : { parentSpanId: trace.decisionSpanId }),
      startUs: intent.decisionReceiveTimeUs,
      endUs: openedTimeUs,
      attributes: {
        ...destinationAttributes(riskSubject(account, partitions)),
        ...common,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "hedgelock.decision.version": decisionVersion,
      },
    },
    {
      name: SPAN.APPEND_INTENT,
      traceId,
      spanId: stepId(linkId, "append"),
      parentSpanId: hedgeSpanId(linkId),
      startUs: openedTimeUs,
      endUs: firstKnown(trace?.storedTimeUs ?? 0, intent.sentTimeUs, openedTimeUs),
      attributes: {
        ...destinationAttributes(hedgeSubject(account, partitions)),
        ...common,
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
      },
    },
  ];
}

function hedgeSpan(intent: Intent, context: IntentSpansContext): SpanRecord {
  const { linkId, traceId, trace, decisionVersion } = intent;
  const error = errorOf(intent);
  const ends = [trace?.checkedTimeUs ?? 0, intent.closedTimeUs, intent.lastFillTimeUs, intent.acknowledgedTimeUs];
  return {
    name: SPAN.HEDGE,
    traceId,
    spanId: hedgeSpanId(linkId),
    parentSpanId: stepId(linkId, "process"),
    startUs: intent.openedTimeUs,
    endUs: Math.max(...ends),
    attributes: {
      ...identityOf(intent, context.account),
      "hedgelock.decision.version": decisionVersion,
      "hedgelock.hedge.target_qty": intent.targetQty,
      "hedgelock.order.side": intent.side,
      "hedgelock.order.qty": intent.qty,
      "hedgelock.order.limit_price": intent.limitPrice,
      "hedgelock.order.reduce_only": intent.reduceOnly,
      "hedgelock.order.state": lifeStateOf(intent.state),
      "hedgelock.order.filled_qty": intent.cumExecQty,
      "hedgelock.order.escalation": intent.escalation,
      ...(error === undefined ? {} : { "error.type": error }),
    },
    ...(error === undefined
      ? {}
      : { error: `the order ended as ${error}, ${intent.cumExecQty} of ${intent.qty} filled` }),
  };
}

function orderSpans(intent: Intent, context: IntentSpansContext): readonly SpanRecord[] {
  const { linkId, traceId, trace, sentTimeUs, acknowledgedTimeUs, openedTimeUs } = intent;
  const attributes = identityOf(intent, context.account);
  const error = errorOf(intent);
  const isRefused = lifeStateOf(intent.state) === "REJECTED";
  const sendId = stepId(linkId, "send");
  const startUs = firstKnown(trace?.storedTimeUs ?? 0, sentTimeUs, openedTimeUs);
  const send: SpanRecord = {
    name: SPAN.SEND_ORDER,
    traceId,
    spanId: sendId,
    parentSpanId: hedgeSpanId(linkId),
    startUs,
    endUs: firstKnown(acknowledgedTimeUs, intent.firstFillTimeUs, intent.closedTimeUs, startUs),
    attributes: {
      ...attributes,
      ...context.server,
      "rpc.method": "order/create",
      "hedgelock.order.id": intent.orderId,
      "hedgelock.order.attempts": intent.attempt,
      ...(isRefused && error !== undefined ? { "error.type": error } : {}),
    },
    ...(isRefused && error !== undefined ? { error: `the order ended as ${error}` } : {}),
  };
  if (acknowledgedTimeUs === 0) return [send];
  const ack: SpanRecord = {
    name: SPAN.ORDER_ACK,
    traceId,
    spanId: stepId(linkId, "ack"),
    parentSpanId: sendId,
    startUs: firstKnown(sentTimeUs, startUs),
    endUs: acknowledgedTimeUs,
    attributes,
  };
  return [send, ack];
}

function fillSpans(intent: Intent, context: IntentSpansContext): readonly SpanRecord[] {
  const { linkId, traceId, trace } = intent;
  const outUs = firstKnown(intent.sentTimeUs, trace?.storedTimeUs ?? 0, intent.openedTimeUs);
  return (trace?.fills ?? []).map((fill) => ({
    name: SPAN.FILL,
    traceId,
    spanId: stepId(linkId, "fill", fill.execId),
    parentSpanId: stepId(linkId, "send"),
    startUs: outUs,
    endUs: fill.knownTimeUs,
    attributes: {
      ...identityOf(intent, context.account),
      "hedgelock.execution.id": fill.execId,
      "hedgelock.execution.qty": fill.qty,
      "hedgelock.execution.price": fill.price,
      "hedgelock.execution.fee": fill.fee,
      "hedgelock.execution.time_ms": fill.execTimeMs,
    },
  }));
}

function postconditionSpans(intent: Intent, context: IntentSpansContext): readonly SpanRecord[] {
  const { linkId, traceId, trace } = intent;
  const result = trace?.postcondition;
  if (trace === undefined || result === undefined) return [];
  return [
    {
      name: SPAN.POSTCONDITION,
      traceId,
      spanId: stepId(linkId, "postcondition"),
      parentSpanId: hedgeSpanId(linkId),
      startUs: firstKnown(intent.closedTimeUs, intent.lastFillTimeUs, trace.checkedTimeUs),
      endUs: trace.checkedTimeUs,
      attributes: {
        ...identityOf(intent, context.account),
        "hedgelock.postcondition.satisfied": result.satisfied,
        "hedgelock.postcondition.position_qty": result.positionQty,
        "hedgelock.postcondition.residual_qty": result.residualQty,
        "hedgelock.postcondition.reason": result.reason,
      },
    },
  ];
}

/** The hedger's part of a trace: a pure function of the intent as the ledger has it, ids included. */
export function intentSpans(intent: Intent, context: IntentSpansContext): readonly SpanRecord[] {
  return [
    ...processAndAppend(intent, context),
    hedgeSpan(intent, context),
    ...orderSpans(intent, context),
    ...fillSpans(intent, context),
    ...postconditionSpans(intent, context),
  ];
}
