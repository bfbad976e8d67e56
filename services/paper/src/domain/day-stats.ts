/** What is needed of a recorded minute. */
export interface DayBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const BARS_PER_HOUR = 60;
const BARS_PER_DAY = 1440;

/** The 24-hour figures of a ticker, in the recorded clock. */
export interface DayStats {
  readonly prevPrice24h: number;
  readonly prevPrice1h: number;
  readonly high: number;
  readonly low: number;
  /** Base coin. */
  readonly volume: number;
  /** Quote coin. */
  readonly turnover: number;
}

/**
 * Figures of the 24 hours before bar `index` (or of as many as are recorded), with the bar's own open.
 * @param bars the whole recorded series, not only the replayed window
 */
export function dayStats(bars: readonly DayBar[], index: number): DayStats {
  const open = bars[index]?.open ?? Number.NaN;
  const first = Math.max(0, index - BARS_PER_DAY);
  let high = open;
  let low = open;
  let volume = 0;
  let turnover = 0;
  for (let at = first; at < index; at += 1) {
    const bar = bars[at];
    if (bar === undefined) continue;
    high = Math.max(high, bar.high);
    low = Math.min(low, bar.low);
    volume += bar.volume;
    turnover += bar.volume * bar.close;
  }
  return {
    prevPrice24h: bars[first]?.open ?? open,
    prevPrice1h: bars[Math.max(0, index - BARS_PER_HOUR)]?.open ?? open,
    high,
    low,
    volume,
    turnover,
  };
}
