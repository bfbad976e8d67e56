import { TRACE_PROMOTE_FILTER, TracePromotion } from "@hedgelock/contracts";
import type { Clock, Metrics } from "@hedgelock/runtime";

import { messageSpans } from "./message-spans.ts";
import type { PromotionBus } from "./promotion-bus.ts";
import { PromotionLog } from "./promotion-log.ts";
import type { SpanRecorder } from "./span-record.ts";
import type { RingEntry, TraceRing } from "./trace-ring.ts";

export interface PromotionAnswererDeps {
  readonly bus: PromotionBus;
  readonly recorder: SpanRecorder;
  readonly rings: readonly TraceRing[];
  /** Whether this process publishes on the subject. */
  readonly owns: (subject: string) => boolean;
  readonly clock: Clock;
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
 * @returns the function that ends it
 */
export function answerPromotions(deps: PromotionAnswererDeps): () => void {
  const { bus, recorder, rings, clock, metrics } = deps;
  const missed = metrics.counter(
    "hedgelock_trace_promote_miss_total",
    "Promotions that came when the ring had already turned over; must stay 0",
  );
  if (!recorder.enabled) return () => undefined;
  const log = new PromotionLog(deps);
  return bus.listen(TRACE_PROMOTE_FILTER, (_subject, payload) => {
    const request = TracePromotion.decode(payload);
    const { traceId, spanId } = request;
    if (log.has(spanId)) {
      log.answer(traceId, spanId);
      return;
    }
    if (!deps.owns(request.subject)) return;
    const entry = find(rings, traceId);
    if (entry === undefined) {
      const nowUs = clock.nowUs();
      if (rings.some((ring) => nowUs - request.receiveTimeUs >= ring.horizonUs(nowUs))) missed.inc();
      return;
    }
    const times = { receiveTimeUs: entry.receiveUs, publishTimeUs: entry.publishUs, storedTimeUs: entry.storedUs };
    log.record(traceId, entry.spanId, messageSpans({ ...request, ...times, spanId: entry.spanId, rebuilt: false }));
  });
}
