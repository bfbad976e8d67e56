import { createHash } from "node:crypto";

const SPAN_ID_DIGITS = 16;
const NO_SPAN_ID = "0".repeat(SPAN_ID_DIGITS);

/**
 * A span id that follows from names alone: whoever builds the span, in this life or after a restart, gives it the same.
 * SHA-256 over the names, 8 bytes of it; for the few spans that are built, not for every tick.
 */
export function derivedSpanId(...names: readonly string[]): string {
  const digest = createHash("sha256").update(names.join("\u0000")).digest("hex").slice(0, SPAN_ID_DIGITS);
  return digest === NO_SPAN_ID ? digest.replace(/0$/, "1") : digest;
}

/** The id of a trace's first span. Not a part of the trace id: other tracers use that for spans of theirs. */
export function rootSpanId(traceId: string): string {
  return derivedSpanId(traceId, "receive");
}
