/** Identity and times of a message that the engine works with. */
export interface Source {
  readonly subject: string;
  readonly messageId: string;
  /** The venue's clock at which it was true, milliseconds. */
  readonly exchangeTimeMs: number;
  /** The collector's clock at its arrival, microseconds. */
  readonly receiveTimeUs: number;
  /** Its `traceparent` header as it came. */
  readonly traceparent?: string | undefined;
}

/** The two clocks a freshness judgement needs. */
export interface Moment {
  /** Newest venue time seen on any message, milliseconds. */
  readonly venueMs: number;
  /** This process's clock, microseconds. */
  readonly localUs: number;
}

/**
 * True when something is too old: the venue itself has reported later events by more than the limit, or nothing came for
 * that long by our own clock. The first finds one dead topic among live ones, the second finds silence.
 */
export function isTooOld(source: Source, now: Moment, maxAgeMs: number): boolean {
  return now.venueMs - source.exchangeTimeMs > maxAgeMs || now.localUs - source.receiveTimeUs > maxAgeMs * 1000;
}
