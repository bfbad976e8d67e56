import { type Trigger, parseSubject } from "@hedgelock/contracts";

import { SPAN } from "./registry/spans.ts";
import { rootSpanId } from "./span-id.ts";
import type { SpanAttributes, SpanRecord } from "./span-record.ts";

/** A message of the collector: what its two spans are built from. */
export interface MessageTrace {
  readonly traceId: string;
  readonly subject: string;
  readonly messageId: string;
  readonly exchangeSeq: number;
  readonly exchangeTimeMs: number;
  /** Span id in the message's header. */
  readonly spanId: string;
  /** Microseconds since the epoch. */
  readonly receiveTimeUs: number;
  /** 0 when not known: then it counts as published when it was received. */
  readonly publishTimeUs: number;
  /** When the bus acknowledged it; 0 when not known. */
  readonly storedTimeUs: number;
  readonly reason: string;
  /** Another process than the collector builds them. */
  readonly rebuilt: boolean;
}

/** What a decision's trigger tells of its message. Its trace id is that of the decision. */
export function messageTraceOf(traceId: string, trigger: Trigger, reason: string): MessageTrace {
  return { ...trigger, traceId, storedTimeUs: 0, reason, rebuilt: true };
}

/** Where a message belongs: attributes that tell subject, family, partition and account. */
export function destinationAttributes(subject: string): SpanAttributes {
  const parsed = parseSubject(subject);
  const own: SpanAttributes = { "messaging.destination.name": subject };
  switch (parsed?.family) {
    case "md":
      return { ...own, "messaging.destination.template": "md.{venue}.{category}.{symbol}" };
    case "acct":
      return {
        ...own,
        "messaging.destination.template": "acct.{partition}.{account}.{kind}",
        "messaging.destination.partition.id": String(parsed.partition),
        "hedgelock.account": parsed.account,
      };
    case "exec":
    case "risk":
    case "hedge":
      return {
        ...own,
        "messaging.destination.template": `${parsed.family}.{partition}.{account}`,
        "messaging.destination.partition.id": String(parsed.partition),
        "hedgelock.account": parsed.account,
      };
    case undefined:
      return own;
    default:
      return parsed satisfies never;
  }
}

/** The collector's part of a trace: the event received, and its message published. Nothing without a span id in the header. */
export function messageSpans(message: MessageTrace): readonly SpanRecord[] {
  const { traceId, subject, spanId, receiveTimeUs } = message;
  if (spanId === "") return [];
  const parsed = parseSubject(subject);
  const isTick = parsed?.family === "md";
  const publishTimeUs = message.publishTimeUs === 0 ? receiveTimeUs : message.publishTimeUs;
  const attributes: SpanAttributes = {
    ...destinationAttributes(subject),
    ...(isTick ? { "hedgelock.venue": parsed.venue, "hedgelock.symbol": parsed.symbol } : {}),
    "messaging.message.id": message.messageId,
    ...(message.rebuilt ? { "hedgelock.trace.rebuilt": true } : {}),
  };
  const root = rootSpanId(traceId);
  return [
    {
      name: isTick ? SPAN.RECEIVE_TICK : SPAN.RECEIVE_SNAPSHOT,
      traceId,
      spanId: root,
      startUs: receiveTimeUs,
      endUs: publishTimeUs,
      attributes: {
        ...attributes,
        "messaging.system.name": isTick ? parsed.venue : "exchange",
        "messaging.operation.name": "receive",
        "messaging.operation.type": "receive",
        "hedgelock.exchange.seq": message.exchangeSeq,
        "hedgelock.exchange.time_ms": message.exchangeTimeMs,
        "hedgelock.trace.reason": message.reason,
      },
    },
    {
      name: isTick ? SPAN.PUBLISH_TICK : SPAN.PUBLISH_SNAPSHOT,
      traceId,
      spanId,
      parentSpanId: root,
      startUs: publishTimeUs,
      endUs: Math.max(publishTimeUs, message.storedTimeUs),
      attributes: {
        ...attributes,
        "messaging.system.name": "nats",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
      },
    },
  ];
}
