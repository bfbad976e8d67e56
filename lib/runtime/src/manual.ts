import type { Cancel, Clock, Timers } from "./clock.ts";

interface Scheduled {
  readonly order: number;
  readonly run: () => void;
  readonly periodMs: number | undefined;
  dueUs: number;
}

/** Time that moves only when told: for tests and for running the system under a virtual clock. */
export interface ManualTime extends Clock, Timers {
  /** Moves time forward, running what falls due in order of time. */
  advance(byMs: number): void;
}

/** @param startMs the first reading, milliseconds since the epoch */
export function manualTime(startMs: number): ManualTime {
  let nowUs = startMs * 1000;
  let order = 0;
  const scheduled = new Set<Scheduled>();
  const add = (delayMs: number, run: () => void, periodMs: number | undefined): Cancel => {
    const entry: Scheduled = { order: (order += 1), run, periodMs, dueUs: nowUs + Math.max(0, delayMs) * 1000 };
    scheduled.add(entry);
    return () => {
      scheduled.delete(entry);
    };
  };
  const nextDue = (untilUs: number): Scheduled | undefined => {
    let best: Scheduled | undefined;
    for (const entry of scheduled) {
      if (entry.dueUs > untilUs) continue;
      if (best === undefined || entry.dueUs < best.dueUs || (entry.dueUs === best.dueUs && entry.order < best.order))
        best = entry;
    }
    return best;
  };
  return {
    nowUs: () => Math.floor(nowUs),
    nowMs: () => Math.floor(nowUs / 1000),
    after: (delayMs, run) => add(delayMs, run, undefined),
    every: (periodMs, run) => add(periodMs, run, periodMs),
    async sleep(delayMs, signal) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const cancel = add(delayMs, resolve, undefined);
        signal?.addEventListener("abort", () => {
          cancel();
          reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
        });
      });
    },
    advance(byMs) {
      const untilUs = nowUs + byMs * 1000;
      for (let entry = nextDue(untilUs); entry !== undefined; entry = nextDue(untilUs)) {
        nowUs = Math.max(nowUs, entry.dueUs);
        if (entry.periodMs === undefined) scheduled.delete(entry);
        else entry.dueUs += entry.periodMs * 1000;
        entry.run();
      }
      nowUs = untilUs;
    },
  };
}
