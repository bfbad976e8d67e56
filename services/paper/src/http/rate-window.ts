const WINDOW_MS = 1000;
/** Calls of one address in {@link IP_WINDOW_MS} before everything is refused. */
const IP_LIMIT = 600;
const IP_WINDOW_MS = 5000;

/** State of one bucket after a call. */
export interface RateReading {
  /** How much of the cost was free: 0 when exceeded. */
  readonly granted: number;
  readonly exceeded: boolean;
  readonly remaining: number;
  /** Now unless exceeded; then when a call is free again, milliseconds since the epoch. */
  readonly resetMs: number;
}

/** Calls of the last second by bucket (UID and endpoint): rolling, as the exchange counts. */
export interface RateWindows {
  /** @param cost what the call takes: a batch as much as it has orders */
  take(bucket: string, limit: number, nowMs: number, cost?: number): RateReading;
  /** Whether an address is still within 600 calls in 5 s. */
  takeAddress(address: string, nowMs: number): boolean;
}

/** Times of one bucket that are still inside its window. */
function recentOf(calls: Map<string, number[]>, bucket: string, sinceMs: number): number[] {
  const all = calls.get(bucket) ?? [];
  const first = all.findIndex((timeMs) => timeMs > sinceMs);
  const recent = first === -1 ? [] : all.slice(first);
  calls.set(bucket, recent);
  return recent;
}

/** @param enforce false counts and reports, but never refuses */
export function createRateWindows(enforce: boolean): RateWindows {
  const calls = new Map<string, number[]>();
  const addresses = new Map<string, number[]>();
  return {
    take(bucket, limit, nowMs, cost = 1) {
      const recent = recentOf(calls, bucket, nowMs - WINDOW_MS);
      const free = Math.max(0, limit - recent.length);
      const granted = enforce ? Math.min(free, cost) : cost;
      const counted = Math.min(free, granted);
      for (let count = 0; count < counted; count += 1) recent.push(nowMs);
      if (granted === 0 && cost > 0) {
        return { granted, exceeded: true, remaining: 0, resetMs: (recent[0] ?? nowMs) + WINDOW_MS };
      }
      return { granted, exceeded: false, remaining: Math.max(0, limit - recent.length), resetMs: nowMs };
    },
    takeAddress(address, nowMs) {
      if (!enforce) return true;
      const recent = recentOf(addresses, address, nowMs - IP_WINDOW_MS);
      if (recent.length >= IP_LIMIT) return false;
      recent.push(nowMs);
      return true;
    },
  };
}
