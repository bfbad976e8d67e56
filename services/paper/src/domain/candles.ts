/** One candle, doubles: shown in market data, never paid with. */
export interface Candle {
  /** Start, exchange time, milliseconds since the epoch. */
  readonly startMs: number;
  readonly open: number;
  high: number;
  low: number;
  close: number;
  /** Base coin. */
  volume: number;
  /** Quote coin. */
  turnover: number;
}

/** Minutes of a market, oldest first, without gaps from the first to the last. */
export interface CandleTape {
  readonly minutes: Candle[];
}

export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The first of January 1970 was a Thursday: weeks start on Monday. */
const WEEK_SHIFT_MS = 4 * DAY_MS;
/** Minutes kept: two weeks. */
const MAX_MINUTES = 14 * 1440;

/** Intervals that are offered, as the exchange names them. */
export const INTERVALS = ["1", "3", "5", "15", "30", "60", "120", "240", "360", "720", "D", "W", "M"] as const;
export type Interval = (typeof INTERVALS)[number];

/** Days before the first day of a month, counted from 1970, by the proleptic Gregorian calendar (H. Hinnant's algorithm). */
function daysBeforeMonth(year: number, month: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5);
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

/** Start of the month, and of the one after it. */
function monthBounds(timeMs: number): readonly [number, number] {
  const day = Math.floor(timeMs / DAY_MS);
  let year = 1970 + Math.floor(day / 366);
  while (daysBeforeMonth(year + 1, 1) <= day) year += 1;
  let month = 1;
  while (month < 12 && daysBeforeMonth(year, month + 1) <= day) month += 1;
  const next = month === 12 ? daysBeforeMonth(year + 1, 1) : daysBeforeMonth(year, month + 1);
  return [daysBeforeMonth(year, month) * DAY_MS, next * DAY_MS];
}

/** Start of the candle that holds `timeMs`, and its end (exclusive), UTC. */
export function candleBounds(interval: Interval, timeMs: number): readonly [startMs: number, endMs: number] {
  if (interval === "M") return monthBounds(timeMs);
  if (interval === "W") {
    const weekMs = 7 * DAY_MS;
    const startMs = Math.floor((timeMs - WEEK_SHIFT_MS) / weekMs) * weekMs + WEEK_SHIFT_MS;
    return [startMs, startMs + weekMs];
  }
  const lengthMs = interval === "D" ? DAY_MS : Number(interval) * MINUTE_MS;
  const startMs = Math.floor(timeMs / lengthMs) * lengthMs;
  return [startMs, startMs + lengthMs];
}

function flatCandle(startMs: number, price: number): Candle {
  return { startMs, open: price, high: price, low: price, close: price, volume: 0, turnover: 0 };
}

/** Opens minutes up to the one of `timeMs`: those in which nothing was told are flat. @returns the current one */
export function minuteAt(tape: CandleTape, timeMs: number, price: number): Candle {
  const startMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
  let last = tape.minutes.at(-1);
  if (last === undefined || startMs - last.startMs > MAX_MINUTES * MINUTE_MS) {
    tape.minutes.length = 0;
    last = flatCandle(startMs, price);
    tape.minutes.push(last);
  }
  while (last.startMs < startMs) {
    last = flatCandle(last.startMs + MINUTE_MS, last.close);
    tape.minutes.push(last);
  }
  if (tape.minutes.length > MAX_MINUTES) tape.minutes.splice(0, tape.minutes.length - MAX_MINUTES);
  return last;
}

/** Takes one price. @param volume base coin traded at it */
export function recordPrice(tape: CandleTape, timeMs: number, price: number, volume: number): void {
  const minute = minuteAt(tape, timeMs, price);
  minute.close = price;
  if (price > minute.high) minute.high = price;
  if (price < minute.low) minute.low = price;
  minute.volume += volume;
  minute.turnover += volume * price;
}

/** A minute as recorded elsewhere, to stand before the first one told here. */
export interface RecordedMinute {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A tape whose history is `bars`, oldest first, the last one ending where the minute of `timeMs` begins. */
export function tapeAfter(bars: readonly RecordedMinute[], timeMs: number): CandleTape {
  const startMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
  const kept = bars.slice(-MAX_MINUTES);
  return {
    minutes: kept.map((bar, index) => ({
      startMs: startMs - (kept.length - index) * MINUTE_MS,
      open: bar.open,
      high: bar.high,
      low: bar.low,
      close: bar.close,
      volume: bar.volume,
      turnover: bar.volume * bar.close,
    })),
  };
}

/** Candles of an interval that start within [fromMs, toMs], newest first, at most `limit`. */
export function candles(
  tape: CandleTape,
  interval: Interval,
  window: { readonly fromMs: number; readonly toMs: number; readonly limit: number },
): readonly Candle[] {
  const found: Candle[] = [];
  let current: Candle | undefined;
  for (let index = tape.minutes.length - 1; index >= 0; index -= 1) {
    const minute = tape.minutes[index];
    if (minute === undefined) break;
    const [startMs] = candleBounds(interval, minute.startMs);
    if (startMs > window.toMs) continue;
    if (startMs < window.fromMs) break;
    if (current === undefined || current.startMs !== startMs) {
      if (found.length === window.limit) break;
      current = { ...minute, startMs };
      found.push(current);
      continue;
    }
    // Walking backwards: an earlier minute gives the open.
    current = found[found.length - 1] = {
      startMs,
      open: minute.open,
      high: Math.max(current.high, minute.high),
      low: Math.min(current.low, minute.low),
      close: current.close,
      volume: current.volume + minute.volume,
      turnover: current.turnover + minute.turnover,
    };
  }
  return found;
}
