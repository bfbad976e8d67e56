const WINDOW_MS = 1000;

/** State of one bucket after a call. */
export interface RateReading {
  readonly exceeded: boolean;
  readonly remaining: number;
  /** Now unless exceeded; then when a call is free again, milliseconds since the epoch. */
  readonly resetMs: number;
}

/** Calls of the last second by bucket (UID and endpoint): rolling, as the exchange counts. */
export interface RateWindows {
  take(bucket: string, limit: number, nowMs: number): RateReading;
}

/** @param enforce false counts and reports, but never refuses */
export function createRateWindows(enforce: boolean): RateWindows {
  const calls = new Map<string, number[]>();
  return {
    take(bucket, limit, nowMs) {
      const recent = (calls.get(bucket) ?? []).filter((timeMs) => timeMs > nowMs - WINDOW_MS).slice(-limit);
      calls.set(bucket, recent);
      if (enforce && recent.length >= limit) {
        return { exceeded: true, remaining: 0, resetMs: (recent[0] ?? nowMs) + WINDOW_MS };
      }
      recent.push(nowMs);
      return { exceeded: false, remaining: Math.max(0, limit - recent.length), resetMs: nowMs };
    },
  };
}
