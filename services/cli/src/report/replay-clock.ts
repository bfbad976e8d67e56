/** Pairs of the exchange's clock and the recorded clock, milliseconds since the epoch, ascending. */
export type Timeline = readonly (readonly [exchangeTimeMs: number, replayTimeMs: number])[];

/** Where the recorded clock stood when the exchange's clock showed `timeMs`; undefined outside the replay's start. */
export function replayTimeAt(timeline: Timeline, timeMs: number): number | undefined {
  const next = timeline.findIndex(([exchangeMs]) => exchangeMs > timeMs);
  const before = timeline[next < 0 ? timeline.length - 1 : next - 1];
  if (before === undefined) return undefined;
  const after = next < 0 ? undefined : timeline[next];
  if (after === undefined) return before[1];
  const share = (timeMs - before[0]) / Math.max(1, after[0] - before[0]);
  return Math.round(before[1] + share * (after[1] - before[1]));
}
