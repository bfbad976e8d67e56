import type { AttributeName } from "./registry/attributes.ts";
import type { SpanName } from "./registry/spans.ts";

/** What an attribute may hold; numbers are whole unless the registry says otherwise. */
export type AttributeValue = string | number | boolean | readonly string[];

/** Attributes of one span by their registered names. */
export type SpanAttributes = Readonly<Partial<Record<AttributeName, AttributeValue>>>;

/** Another trace that had a part in a span. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * One finished span, built after the fact on ids that were given out while it happened. Its kind and the service it belongs
 * to stand in the registry under its name: whoever builds it, it is the same span.
 */
export interface SpanRecord {
  readonly name: SpanName;
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** Left out for a root. */
  readonly parentSpanId?: string;
  /** Microseconds since the epoch. */
  readonly startUs: number;
  /** Microseconds since the epoch; an end before the start counts as the start. */
  readonly endUs: number;
  readonly attributes: SpanAttributes;
  readonly links?: readonly SpanLink[];
  /** Why the step failed; left out when it did not. */
  readonly error?: string;
}

/** Takes finished spans. Never throws in production, never waits: what cannot be kept is counted. */
export interface SpanRecorder {
  /** False when spans go nowhere: then nothing needs to be built. */
  readonly enabled: boolean;
  /** @param onExported called once the back end has taken it; never when it is dropped */
  record(span: SpanRecord, onExported?: () => void): void;
}

/** Spans go nowhere. */
export const noSpans: SpanRecorder = { enabled: false, record() {} };
