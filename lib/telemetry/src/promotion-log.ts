import { TRACE_PROMOTED_SUBJECT, TracePromoted } from "@hedgelock/contracts";

import type { PromotionBus } from "./promotion-bus.ts";
import type { SpanRecord, SpanRecorder } from "./span-record.ts";

/** Messages remembered; a question comes within seconds of the message. */
const REMEMBERED = 4096;

export interface PromotionLogDeps {
  readonly bus: Pick<PromotionBus, "announce">;
  readonly recorder: SpanRecorder;
  /** Names this process in its answers. */
  readonly writer: string;
}

/**
 * The spans that this process built of messages it published. Says of each message when all of its spans are with the back
 * end, not before: should this process end in between, nobody must rely on them.
 */
export class PromotionLog {
  readonly #deps: PromotionLogDeps;
  /** By the span id in the message's header: whether the spans are exported. */
  readonly #exported = new Map<string, boolean>();

  constructor(deps: PromotionLogDeps) {
    this.#deps = deps;
  }

  /** Whether the spans of this message were recorded here. */
  has(spanId: string): boolean {
    return this.#exported.has(spanId);
  }

  /** Records the spans of a message, once. @param spanId the one in its header */
  record(traceId: string, spanId: string, spans: readonly SpanRecord[]): void {
    if (this.#exported.has(spanId) || spans.length === 0) return;
    this.#exported.set(spanId, false);
    if (this.#exported.size > REMEMBERED) {
      const [oldest = ""] = this.#exported.keys();
      this.#exported.delete(oldest);
    }
    let waiting = spans.length;
    const onExported = (): void => {
      waiting -= 1;
      if (waiting > 0) return;
      this.#exported.set(spanId, true);
      this.#confirm(traceId, spanId);
    };
    for (const span of spans) this.#deps.recorder.record(span, onExported);
  }

  /** Answers a question: at once when the spans are exported; else the answer comes when they are. */
  answer(traceId: string, spanId: string): void {
    if (this.#exported.get(spanId) === true) this.#confirm(traceId, spanId);
  }

  #confirm(traceId: string, spanId: string): void {
    const { bus, writer } = this.#deps;
    bus.announce(TRACE_PROMOTED_SUBJECT, TracePromoted.encode({ traceId, spanId, writer }).finish());
  }
}
