/** A stretch of time in which nothing begins or ends. */
interface Stretch {
  readonly startUs: number;
  readonly endUs: number;
}

/** Maps times to columns; long waits take few columns. */
export interface TimeAxis {
  readonly columns: number;
  /** Column of a time, from 0 to `columns`, as a fraction. */
  column(us: number): number;
  /** Whether the column lies in a compressed wait. */
  isCompressed(column: number): boolean;
  /** The compressed waits in order, microseconds. */
  readonly compressedUs: readonly number[];
}

/** A stretch that takes more than this share of what is left is drawn short. */
const LONG_SHARE = 0.5;
const MOST_COMPRESSED = 6;
const COMPRESSED_COLUMNS = 2;

function stretchesOf(timesUs: readonly number[]): readonly Stretch[] {
  const sorted = [...new Set(timesUs)].toSorted((left, right) => left - right);
  return sorted.slice(1).map((endUs, index) => ({ startUs: sorted[index] ?? endUs, endUs }));
}

function lengthUs({ startUs, endUs }: Stretch): number {
  return endUs - startUs;
}

function longOnes(stretches: readonly Stretch[]): ReadonlySet<Stretch> {
  const long = new Set<Stretch>();
  const byLength = stretches.toSorted((left, right) => lengthUs(right) - lengthUs(left));
  let leftUs = stretches.reduce((sum, stretch) => sum + lengthUs(stretch), 0);
  for (const stretch of byLength) {
    if (long.size === MOST_COMPRESSED || long.size === stretches.length - 1) break;
    if (lengthUs(stretch) <= LONG_SHARE * leftUs) break;
    long.add(stretch);
    leftUs -= lengthUs(stretch);
  }
  return long;
}

/** An axis for these moments. @param columns width, at least 10 */
export function timeAxis(timesUs: readonly number[], columns: number): TimeAxis {
  const stretches = stretchesOf(timesUs);
  const long = longOnes(stretches);
  const scaledUs = stretches.reduce((sum, stretch) => sum + (long.has(stretch) ? 0 : lengthUs(stretch)), 0);
  const free = Math.max(1, columns - long.size * COMPRESSED_COLUMNS);
  let at = 0;
  const placed = stretches.map((stretch) => {
    const isLong = long.has(stretch);
    const width = isLong ? COMPRESSED_COLUMNS : (lengthUs(stretch) / scaledUs) * free;
    const place = { ...stretch, isLong, from: at, to: at + width };
    at = place.to;
    return place;
  });
  return {
    columns,
    column(us) {
      const place = placed.find((one) => us <= one.endUs) ?? placed.at(-1);
      if (place === undefined) return 0;
      return place.from + ((us - place.startUs) / lengthUs(place)) * (place.to - place.from);
    },
    isCompressed: (column) => placed.some((one) => one.isLong && column >= one.from && column < one.to),
    compressedUs: placed.filter((one) => one.isLong).map(lengthUs),
  };
}
