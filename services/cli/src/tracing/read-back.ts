import type { Timers } from "@hedgelock/runtime";
import type { StoredSpan } from "@hedgelock/telemetry";

import { auditSpans } from "./span-audit.ts";
import type { SpanAudit, TracedFill } from "./span-audit.ts";
import type { TraceSource } from "./trace-source.ts";

const POLL_MS = 250;

/**
 * Reads every fill's trace back and audits it. Spans are exported a moment after the fact, so what is incomplete is read
 * again until the time is up.
 */
export async function readBack(
  source: Pick<TraceSource, "traces">,
  fills: readonly TracedFill[],
  timers: Timers,
  patienceMs: number,
): Promise<SpanAudit> {
  const spans = new Map<string, readonly StoredSpan[]>();
  let wanted = [...new Set(fills.map((fill) => fill.traceId).filter((id) => id !== ""))];
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    for (const [id, own] of await source.traces(wanted)) spans.set(id, own);
    const audit = auditSpans(fills, spans);
    wanted = [...new Set(audit.holes.map((hole) => hole.traceId).filter((id) => id !== ""))];
    if (wanted.length === 0 || waitedMs >= patienceMs) return audit;
    await timers.sleep(POLL_MS);
  }
}
