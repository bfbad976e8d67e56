import type { Bar } from "./bar.ts";

/** Wall time of a minute in which nothing moves, milliseconds. */
export const QUIET_BAR_MS = 60;
/** Most wall time a minute can get, milliseconds. */
export const WILD_BAR_MS = 1000;
/** Wall time per unit of relative move: a minute that moves 1 % gets about 0.6 s. */
const MS_PER_MOVE = 60_000;
const BASE_MS = 40;

/** How far a minute moves relative to its open: the true range, which also counts the jump from the previous close. */
export function barMove(bar: Bar, previous: Bar | undefined): number {
  const from = previous?.close ?? bar.open;
  return (Math.max(bar.high, from) - Math.min(bar.low, from)) / bar.open;
}

/** Wall time of a minute that moves by `move`: quiet stretches pass fast, wild ones can be watched. */
export function barWeightMs(move: number): number {
  return Math.min(WILD_BAR_MS, Math.max(QUIET_BAR_MS, BASE_MS + MS_PER_MOVE * move));
}
