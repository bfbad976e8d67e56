import { TRACE_PROMOTE_FILTER, TracePromotion } from "@hedgelock/contracts";
import type { Clock, Metrics, Timers } from "@hedgelock/runtime";

import { messageSpans } from "./message-spans.ts";
import type { PromotionBus } from "./promotion-bus.ts";
import { PromotionLog } from "./promotion-log.ts";
import type { SpanRecorder } from "./span-record.ts";
import type { RingEntry, TraceRing } from "./trace-ring.ts";

/** A decision may be quicker than the acknowledgement of the tick it follows: spans are built a moment later, to have its time. */
const ACKNOWLEDGED_MS = 200;

export interface PromotionAnswererDeps {
  readonly bus: PromotionBus;
  readonly recorder: SpanRecorder;
  readonly rings: readonly TraceRing[];
  /** Whether this process publishes on the subject. */
  readonly owns: (subject: string) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: Metrics;
  readonly writer: string;
}

function find(rings: readonly TraceRing[], traceId: string): RingEntry | undefined {
  for (const ring of rings) {
    const entry = ring.find(traceId);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/**
 * Builds the collector's spans of a promoted message from the ring, and says so when they are exported. Says nothing of a
 * message that it does not find: another collector may have published it, and without an answer the asker builds the spans.
 * @returns the function that ends it, and builds what waits
 */
export function answerPromotions(deps: PromotionAnswererDeps): () => void {
  const { bus, recorder, rings, clock, timers, metrics } = deps;
  const missed = metrics.counter(
    "hedgelock_trace_promote_miss_total",
    "Promotions that came when the ring had already turned over; must stay 0",
  );
  if (!recorder.enabled) return () => undefined;
  const log = new PromotionLog(deps);
  /** Builds that wait, by span id. */
  const waiting = new Map<string, () => void>();
  const build = (request: TracePromotion, found: RingEntry): void => {
    waiting.delete(request.spanId);
    const entry = find(rings, request.traceId) ?? found;
    const times = { receiveTimeUs: entry.receiveUs, publishTimeUs: entry.publishUs, storedTimeUs: entry.storedUs };
    log.record(request.traceId, request.spanId, messageSpans({ ...request, ...times, rebuilt: false }));
  };
  const endListening = bus.listen(TRACE_PROMOTE_FILTER, (_subject, payload) => {
    const request = TracePromotion.decode(payload);
    const { traceId, spanId } = request;
    if (log.has(spanId)) {
      log.answer(traceId, spanId);
      return;
    }
    if (!deps.owns(request.subject) || waiting.has(spanId)) return;
    const entry = find(rings, traceId);
    if (entry?.spanId !== spanId) {
      const nowUs = clock.nowUs();
      if (rings.some((ring) => nowUs - request.receiveTimeUs >= ring.horizonUs(nowUs))) missed.inc();
      return;
    }
    const cancel = timers.after(ACKNOWLEDGED_MS, () => build(request, entry));
    waiting.set(spanId, () => {
      cancel();
      build(request, entry);
    });
  });
  return () => {
    endListening();
    for (const buildNow of waiting.values()) buildNow();
  };
}
