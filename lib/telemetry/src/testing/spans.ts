import { SPAN } from "../registry/spans.ts";
import type { SpanRecord } from "../span-record.ts";

export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

/** A span of a tick, number `index` of many. */
export function aSpan(index = 1, changes: Partial<SpanRecord> = {}): SpanRecord {
  return {
    name: SPAN.RECEIVE_TICK,
    traceId: TRACE_ID,
    spanId: index.toString(16).padStart(16, "0"),
    startUs: 1_785_600_000_000_001,
    endUs: 1_785_600_000_000_124,
    attributes: { "hedgelock.symbol": "BTCUSDT" },
    ...changes,
  };
}
