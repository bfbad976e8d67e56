import type { Random } from "@hedgelock/runtime";

/** W3C trace context of one event: https://www.w3.org/TR/trace-context/. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZERO_TRACE = "0".repeat(32);
const ZERO_SPAN = "0".repeat(16);

/** A fresh trace, not sampled: ids are always there, spans are made only when the trace is promoted. */
export function newTrace(random: Random): TraceContext {
  return { traceId: random.hex(16), spanId: random.hex(8), sampled: false };
}

/** A new span in the same trace. */
export function childOf(parent: TraceContext, random: Random): TraceContext {
  return { traceId: parent.traceId, spanId: random.hex(8), sampled: parent.sampled };
}

/** The `traceparent` header of a context. */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.sampled ? "01" : "00"}`;
}

/** Reads a `traceparent` header; undefined when it is missing or malformed, as the specification asks. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  if (header === undefined) return undefined;
  const match = TRACEPARENT.exec(header);
  const [, traceId, spanId, flags] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (traceId === ZERO_TRACE || spanId === ZERO_SPAN) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
