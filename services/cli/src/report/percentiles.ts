/** Percentiles of a set of durations, milliseconds; null where there is none. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  /** Number of samples. */
  readonly n: number;
}

const DECIMALS = 3;

/** Nearest rank on ascending values: the smallest value that at least `fraction` of the samples do not exceed. */
function nearestRank(ascending: readonly number[], fraction: number): number | null {
  const value = ascending[Math.max(0, Math.ceil(fraction * ascending.length) - 1)];
  return value === undefined ? null : Number(value.toFixed(DECIMALS));
}

/** @param samplesMs in any order */
export function percentiles(samplesMs: readonly number[]): Percentiles {
  const ascending = Float64Array.from(samplesMs).toSorted();
  const at = (fraction: number): number | null => nearestRank([...ascending], fraction);
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), n: samplesMs.length };
}
