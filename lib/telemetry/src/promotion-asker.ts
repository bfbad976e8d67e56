import {
  TRACE_PROMOTED_SUBJECT,
  TracePromoted,
  TracePromotion,
  riskSubject,
  tracePromoteSubject,
} from "@hedgelock/contracts";
import type { Cancel, Counter, Logger, Metrics, Timers } from "@hedgelock/runtime";
import { errorText } from "@hedgelock/runtime";

import { type DecisionTrace, decisionSpans } from "./decision-spans.ts";
import { type MessageTrace, messageSpans, messageTraceOf } from "./message-spans.ts";
import type { PromotionBus } from "./promotion-bus.ts";
import type { SpanRecord, SpanRecorder } from "./span-record.ts";

/** Who is asked answers when its spans are exported, in about half a second; after this long they are built here instead. */
const PATIENCE_MS = 3000;
/** Messages remembered as settled: several decisions, and both risk and hedger, may follow one message. */
const REMEMBERED = 4096;
/** At the end of the process, answers under way get this long. */
const LAST_PATIENCE_MS = 200;

export interface PromotionAskerDeps {
  readonly bus: PromotionBus;
  readonly recorder: SpanRecorder;
  readonly timers: Timers;
  readonly metrics: Metrics;
  readonly log: Logger;
}

interface Waiting {
  readonly build: () => readonly SpanRecord[];
  readonly cancel: Cancel;
}

/**
 * Sees to it that the part of a trace that others have to build exists: asks them, as they know more, and builds it from what
 * their message told when no answer comes. So a trace depends neither on a message that may be lost, nor on a ring that
 * turns, nor on a process that may end before its spans are out.
 */
export class PromotionAsker {
  readonly #deps: PromotionAskerDeps;
  /** By the span id in the message's header. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #settled = new Set<string>();
  readonly #endListening: () => void;
  readonly #confirmed: Counter;
  readonly #rebuilt: Counter;

  constructor(deps: PromotionAskerDeps) {
    this.#deps = deps;
    const outcome = (name: string): Counter =>
      deps.metrics.counter("hedgelock_trace_promotions_total", "Parts of traces that were asked of their service", {
        outcome: name,
      });
    this.#confirmed = outcome("confirmed");
    this.#rebuilt = outcome("rebuilt");
    this.#endListening = deps.recorder.enabled
      ? deps.bus.listen(TRACE_PROMOTED_SUBJECT, (_subject, payload) => this.#onPromoted(payload))
      : () => undefined;
  }

  /** The collector's part: a tick or a snapshot. Asks once for each message. */
  ensure(message: MessageTrace): void {
    this.#ensure(message, () => messageSpans({ ...message, rebuilt: true }));
  }

  /** The risk engine's part, and before it the collector's. Asks once for each decision. */
  ensureDecision(decision: DecisionTrace): void {
    const { traceId, spanId, account, partitions, messageId, cause, reason } = decision;
    const request = { traceId, spanId, messageId, reason, subject: riskSubject(account, partitions) };
    const times = { exchangeSeq: 0, exchangeTimeMs: 0, receiveTimeUs: decision.decidedTimeUs };
    this.#ensure({ ...request, ...times }, () => {
      if (cause !== undefined) this.ensure(messageTraceOf(traceId, cause, reason));
      return decisionSpans({ ...decision, rebuilt: true });
    });
  }

  /** Waits briefly for answers under way, then builds what is missing. */
  async stop(budgetMs: number): Promise<void> {
    if (this.#waiting.size > 0) await this.#deps.timers.sleep(Math.min(budgetMs, LAST_PATIENCE_MS));
    // Building a decision's spans may add the message it followed: the loop comes to that, too.
    for (const spanId of this.#waiting.keys()) this.#rebuild(spanId);
    this.#endListening();
  }

  #ensure(request: TracePromotion, build: () => readonly SpanRecord[]): void {
    const { spanId } = request;
    if (!this.#deps.recorder.enabled || spanId === "") return;
    if (this.#settled.has(spanId) || this.#waiting.has(spanId)) return;
    const cancel = this.#deps.timers.after(PATIENCE_MS, () => this.#rebuild(spanId));
    this.#waiting.set(spanId, { build, cancel });
    try {
      this.#deps.bus.announce(tracePromoteSubject(request.subject), TracePromotion.encode(request).finish());
    } catch (error) {
      // The bus is closed or refuses: the spans are built here when the patience ends.
      this.#deps.log.debug("trace.promote_failed", { trace_id: request.traceId, error: errorText(error) });
    }
  }

  #onPromoted(payload: Uint8Array): void {
    const { spanId } = TracePromoted.decode(payload);
    this.#waiting.get(spanId)?.cancel();
    if (this.#waiting.delete(spanId)) this.#confirmed.inc();
    this.#remember(spanId);
  }

  #rebuild(spanId: string): void {
    const waiting = this.#waiting.get(spanId);
    waiting?.cancel();
    this.#waiting.delete(spanId);
    if (waiting === undefined) return;
    this.#rebuilt.inc();
    this.#remember(spanId);
    for (const span of waiting.build()) this.#deps.recorder.record(span);
  }

  #remember(spanId: string): void {
    this.#settled.add(spanId);
    if (this.#settled.size <= REMEMBERED) return;
    const [oldest] = this.#settled;
    if (oldest !== undefined) this.#settled.delete(oldest);
  }
}
