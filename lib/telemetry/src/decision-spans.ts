import { type Trigger, riskSubject } from "@hedgelock/contracts";

import { destinationAttributes } from "./message-spans.ts";
import { SPAN } from "./registry/spans.ts";
import { derivedSpanId } from "./span-id.ts";
import type { SpanAttributes, SpanLink, SpanRecord } from "./span-record.ts";

/** A decision: what the risk engine's spans are built from, by the engine itself or by whoever finds them missing. */
export interface DecisionTrace {
  readonly traceId: string;
  /** Span id in the decision's header: its publish. */
  readonly spanId: string;
  readonly account: string;
  readonly partitions: number;
  readonly version: number;
  /** The message whose trace it continues; undefined when it began one of its own. */
  readonly cause: Trigger | undefined;
  /** Microseconds since the epoch: evaluated from, written out, acknowledged. The last two are 0 when not known. */
  readonly decidedTimeUs: number;
  readonly preparedTimeUs: number;
  readonly storedTimeUs: number;
  /** "" when not known. */
  readonly messageId: string;
  readonly reason: string;
  /** More attributes of the `decide` span. */
  readonly facts: SpanAttributes;
  readonly links: readonly SpanLink[];
  readonly rebuilt: boolean;
}

/** How a message of the collector is processed: used for decisions and for ticks that led to none. */
export function processSpan(input: {
  readonly traceId: string;
  readonly spanId: string;
  readonly message: Trigger;
  readonly endUs: number;
  readonly attributes: SpanAttributes;
}): SpanRecord {
  const { traceId, spanId, message, endUs, attributes } = input;
  const isTick = message.subject.startsWith("md.");
  return {
    name: isTick ? SPAN.PROCESS_TICK : SPAN.PROCESS_SNAPSHOT,
    traceId,
    spanId,
    parentSpanId: message.spanId,
    startUs: message.evaluateTimeUs,
    endUs,
    attributes: {
      ...destinationAttributes(message.subject),
      "messaging.system.name": "nats",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.message.id": message.messageId,
      ...attributes,
    },
  };
}

/** The risk engine's part of a trace: message processed, decided, decision published. */
export function decisionSpans(decision: DecisionTrace): readonly SpanRecord[] {
  const { traceId, spanId, account, cause, decidedTimeUs, version } = decision;
  const hasCause = cause !== undefined && cause.spanId !== "";
  const processId = derivedSpanId(spanId, "process");
  const decideId = derivedSpanId(spanId, "decide");
  const preparedUs = Math.max(decidedTimeUs, decision.preparedTimeUs);
  const rebuilt: SpanAttributes = decision.rebuilt ? { "hedgelock.trace.rebuilt": true } : {};
  const reason: SpanAttributes = { "hedgelock.trace.reason": decision.reason };
  const own = { "hedgelock.account": account, ...rebuilt };
  return [
    ...(hasCause
      ? [
          processSpan({
            traceId,
            spanId: processId,
            message: cause,
            endUs: preparedUs,
            attributes: { ...own, ...reason },
          }),
        ]
      : []),
    {
      name: SPAN.DECIDE,
      traceId,
      spanId: decideId,
      ...(hasCause ? { parentSpanId: processId } : {}),
      startUs: decidedTimeUs,
      endUs: preparedUs,
      attributes: { ...own, ...reason, ...decision.facts, "hedgelock.decision.version": version },
      ...(decision.links.length === 0 ? {} : { links: decision.links }),
    },
    {
      name: SPAN.PUBLISH_DECISION,
      traceId,
      spanId,
      parentSpanId: decideId,
      startUs: preparedUs,
      endUs: Math.max(preparedUs, decision.storedTimeUs),
      attributes: {
        ...destinationAttributes(riskSubject(account, decision.partitions)),
        "messaging.system.name": "nats",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        ...(decision.messageId === "" ? {} : { "messaging.message.id": decision.messageId }),
        ...rebuilt,
        "hedgelock.decision.version": version,
      },
    },
  ];
}
