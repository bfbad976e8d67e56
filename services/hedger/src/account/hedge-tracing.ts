import { type Intent, type LedgerState, riskSubject } from "@hedgelock/contracts";
import type { Clock } from "@hedgelock/runtime";
import {
  decisionSpans,
  type DecisionTrace,
  derivedSpanId,
  destinationAttributes,
  messageTraceOf,
  type PromotionAsker,
  SPAN,
  type SpanAttributes,
  type SpanRecord,
  type SpanRecorder,
} from "@hedgelock/telemetry";

import type { Change } from "../domain/change.ts";
import { findIntent, isDone } from "../domain/ledger-state.ts";
import { intentSpans, type ServerAttributes } from "./intent-spans.ts";
import type { ReceivedDecision } from "./received-decision.ts";

/** Where spans go, and who is asked for the parts of a trace that others build. */
export interface HedgeTracingDeps {
  readonly recorder: SpanRecorder;
  readonly asker: Pick<PromotionAsker, "ensure" | "ensureDecision">;
  /** The venue's address, as attributes of the order's span. */
  readonly server: ServerAttributes;
}

interface AccountTracingDeps {
  readonly account: string;
  readonly partitions: number;
  readonly clock: Clock;
  readonly tracing: HedgeTracingDeps;
}

/** Intents that ended this recently are traced again at a start, should the predecessor have been killed before it could. */
const LOST_SPANS_US = 600_000_000;
/** Done intents that a record keeps until their spans are exported; beyond, the oldest are given up. */
const MAX_UNTRACED = 8;
/** Span ids, and link ids, remembered. */
const REMEMBERED = 1024;

function remember(set: Set<string>, name: string): void {
  set.add(name);
  if (set.size <= REMEMBERED) return;
  const [oldest] = set;
  if (oldest !== undefined) set.delete(oldest);
}

/** Builds the spans of an account's hedges when they have ended, from the ledger alone. */
export class HedgeTracing {
  readonly #deps: AccountTracingDeps;
  readonly #ended = new Map<string, Intent>();
  readonly #recorded = new Set<string>();
  readonly #exported = new Set<string>();

  constructor(deps: AccountTracingDeps) {
    this.#deps = deps;
  }

  /**
   * What the next record keeps of intents that are done: those whose spans are not known to be exported, so that a
   * successor can build them. @param before the state that is followed by `after`
   */
  withUntraced(before: LedgerState, after: LedgerState): LedgerState {
    if (!this.#deps.tracing.recorder.enabled) return before.untraced.length === 0 ? after : { ...after, untraced: [] };
    const left = before.intents.filter((intent) => isDone(intent) && findIntent(after, intent.linkId) === undefined);
    const untraced = [...before.untraced, ...left].filter(({ linkId }) => !this.#exported.has(linkId));
    return untraced.length === 0 && after.untraced.length === 0
      ? after
      : { ...after, untraced: untraced.slice(-MAX_UNTRACED) };
  }

  /** A record was stored: what it ends is remembered. */
  recorded(change: Change): void {
    if (!this.#deps.tracing.recorder.enabled) return;
    const intent = findIntent(change.state, change.linkId);
    if (intent !== undefined && isDone(intent)) this.#ended.set(intent.linkId, intent);
  }

  /** The ledger was read at the start: what ended before may not have been traced. The same ids make the same spans. */
  loaded(state: LedgerState, recordedTimeUs: number): void {
    const { clock, tracing } = this.#deps;
    if (!tracing.recorder.enabled || clock.nowUs() - recordedTimeUs > LOST_SPANS_US) return;
    for (const intent of [...state.untraced, ...state.intents]) {
      if (isDone(intent)) this.#ended.set(intent.linkId, intent);
    }
  }

  /** Records what has ended, unless the answer to its order is still to come: it tells the time of the acknowledgement. */
  flush(isSending: (linkId: string) => boolean): void {
    const { account, partitions, tracing } = this.#deps;
    for (const [linkId, intent] of this.#ended) {
      if (isSending(linkId)) continue;
      this.#ended.delete(linkId);
      this.#ensureDecision(intent);
      this.#record(intentSpans(intent, { account, partitions, server: tracing.server }), () =>
        remember(this.#exported, linkId),
      );
    }
  }

  /** A decision was refused, and that is in the ledger. */
  refused(
    received: ReceivedDecision,
    refusal: { readonly symbol: string; readonly rule: string; readonly detail: string },
  ): void {
    const { account, partitions, clock, tracing } = this.#deps;
    if (!tracing.recorder.enabled) return;
    const { decision, trace, hasHeader, receivedUs } = received;
    const { traceId, spanId } = trace;
    const { version, decidedTimeUs } = decision;
    const endUs = clock.nowUs();
    const names = [account, String(version), refusal.symbol, refusal.rule];
    const processId = derivedSpanId(...names, "process");
    if (hasHeader) {
      const cause = decision.trigger ?? decision.continued;
      const own = this.#decisionTrace({ traceId, spanId, version, decidedTimeUs, cause, reason: "refusal" });
      this.#upToDecision(own, trace.sampled);
    }
    this.#record([
      {
        name: SPAN.PROCESS_DECISION,
        traceId,
        spanId: processId,
        ...(hasHeader ? { parentSpanId: spanId } : {}),
        startUs: receivedUs,
        endUs,
        attributes: { ...processAttributes(account, partitions), "hedgelock.decision.version": version },
      },
      {
        name: SPAN.REFUSE,
        traceId,
        spanId: derivedSpanId(...names, "refuse"),
        parentSpanId: processId,
        startUs: endUs,
        endUs,
        attributes: {
          "hedgelock.account": account,
          "hedgelock.symbol": refusal.symbol,
          "hedgelock.decision.version": version,
          "hedgelock.refusal.rule": refusal.rule,
          "hedgelock.refusal.detail": refusal.detail,
        },
      },
    ]);
  }

  #ensureDecision({ trace, traceId, decisionVersion: version, decidedTimeUs }: Intent): void {
    if (trace === undefined || trace.decisionSpanId === "") return;
    const { decisionSpanId: spanId, cause } = trace;
    const own = this.#decisionTrace({ traceId, spanId, version, decidedTimeUs, cause, reason: "hedge" });
    this.#upToDecision(own, trace.decisionTraced);
  }

  /** The risk engine is asked for its part, which it builds of decisions that it kept; of a mere refresh, this process does. */
  #upToDecision(decision: DecisionTrace, isTraced: boolean): void {
    const { asker } = this.#deps.tracing;
    if (isTraced) {
      asker.ensureDecision(decision);
      return;
    }
    const { traceId, cause, reason } = decision;
    if (cause !== undefined) asker.ensure(messageTraceOf(traceId, cause, reason));
    this.#record(decisionSpans(decision));
  }

  #decisionTrace(
    known: Pick<DecisionTrace, "traceId" | "spanId" | "version" | "decidedTimeUs" | "cause" | "reason">,
  ): DecisionTrace {
    const { account, partitions } = this.#deps;
    const unknown = { preparedTimeUs: 0, storedTimeUs: 0, messageId: "", facts: {}, links: [], rebuilt: true };
    return { ...known, ...unknown, account, partitions };
  }

  #record(spans: readonly SpanRecord[], onAllExported?: () => void): void {
    const fresh = spans.filter(({ spanId }) => !this.#recorded.has(spanId));
    let waiting = fresh.length;
    const onExported = (): void => {
      waiting -= 1;
      if (waiting === 0) onAllExported?.();
    };
    for (const span of fresh) {
      remember(this.#recorded, span.spanId);
      this.#deps.tracing.recorder.record(span, onExported);
    }
  }
}

function processAttributes(account: string, partitions: number): SpanAttributes {
  return {
    ...destinationAttributes(riskSubject(account, partitions)),
    "messaging.system.name": "nats",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
  };
}
