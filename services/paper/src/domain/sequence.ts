/** Sequence numbers handed out per millisecond of clock: the start of a later run is above the end of an earlier one. */
const PER_MS = 100;

/** Cross sequence (`seq`, `cs`) of the exchange: one counter, rising for good, also across restarts. */
export interface Sequence {
  next(): number;
  readonly last: number;
}

/** @param startMs wall clock at start, milliseconds since the epoch */
export function createSequence(startMs: number): Sequence {
  let last = startMs * PER_MS;
  return {
    next: () => (last += 1),
    get last() {
      return last;
    },
  };
}
