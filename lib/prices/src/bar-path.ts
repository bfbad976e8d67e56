import type { Random } from "@hedgelock/runtime";

import type { TickBar } from "./tick-grid.ts";

/** Fewest steps that can visit open, both extremes and close. */
export const MIN_STEPS_PER_BAR = 4;

/** Size of the noise around the straight line between two turning points, as a part of the bar's range. */
const NOISE_OF_RANGE = 0.12;

/** Splits `moves` over the legs by length, at least one each; the longest leg takes what rounding leaves. */
function splitMoves(moves: number, lengths: readonly number[]): number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shares = lengths.map((length) =>
    Math.max(1, Math.floor(total === 0 ? moves / lengths.length : (moves * length) / total)),
  );
  const longest = lengths.indexOf(Math.max(...lengths));
  let left = moves - shares.reduce((sum, share) => sum + share, 0);
  shares[longest] = (shares[longest] ?? 1) + Math.max(0, left);
  for (let index = 0; left < 0; index = (index + 1) % shares.length) {
    const share = shares[index] ?? 1;
    if (share <= 1) continue;
    shares[index] = share - 1;
    left += 1;
  }
  return shares;
}

/**
 * A path through one bar in whole ticks: starts at the open, visits high and low in random order, ends at the close,
 * never leaves [low, high].
 * @param steps number of prices wanted, at least 4
 */
export function barPath(bar: TickBar, steps: number, random: Random): readonly number[] {
  if (steps < MIN_STEPS_PER_BAR) throw new RangeError(`a bar needs at least ${MIN_STEPS_PER_BAR} steps, not ${steps}`);
  const highFirst = random.next() < 0.5;
  const turns = highFirst ? [bar.high, bar.low, bar.close] : [bar.low, bar.high, bar.close];
  const starts = [bar.open, ...turns.slice(0, -1)];
  const moves = splitMoves(
    steps - 1,
    turns.map((turn, index) => Math.abs(turn - (starts[index] ?? turn))),
  );
  const noise = (bar.high - bar.low) * NOISE_OF_RANGE;
  const path = [bar.open];
  for (const [leg, turn] of turns.entries()) {
    const from = starts[leg] ?? turn;
    const count = moves[leg] ?? 1;
    for (let move = 1; move < count; move += 1) {
      const straight = from + ((turn - from) * move) / count;
      const price = Math.round(straight + (random.next() - 0.5) * 2 * noise);
      path.push(Math.min(bar.high, Math.max(bar.low, price)));
    }
    path.push(turn);
  }
  return path;
}
