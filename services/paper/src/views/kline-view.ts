import { candleBounds } from "../domain/candles.ts";
import type { Candle, Interval } from "../domain/candles.ts";
import type { Market } from "../domain/market.ts";
import { writtenPlaces } from "../domain/money.ts";
import { trimmed } from "./number-text.ts";
import type { JsonObject } from "./json.ts";
import type { PublicCategory } from "./ticker-view.ts";

/** Volume and turnover by category: spot and linear in base and quote coin, inverse in USD and base coin. */
function amounts(category: PublicCategory, candle: Candle): readonly [string, string] {
  if (category === "inverse") {
    return [trimmed(candle.volume, 0), trimmed(candle.close === 0 ? 0 : candle.volume / candle.close, 8)];
  }
  return [trimmed(candle.volume, 6), trimmed(candle.turnover, 8)];
}

function prices(market: Market, candle: Candle): readonly [string, string, string, string] {
  const places = writtenPlaces(market.instrument.linear.tickSize);
  const text = (price: number): string => trimmed(price, places);
  return [text(candle.open), text(candle.high), text(candle.low), text(candle.close)];
}

/** A row of market/kline. @param priceOnly of mark and index candles, which have no volume */
export function klineRow(
  market: Market,
  category: PublicCategory,
  candle: Candle,
  priceOnly: boolean,
): readonly string[] {
  const row = [String(candle.startMs), ...prices(market, candle)];
  return priceOnly ? row : [...row, ...amounts(category, candle)];
}

/** The entry of a `kline` message. */
export function klineEntry(
  market: Market,
  category: PublicCategory,
  interval: Interval,
  candle: Candle,
  nowMs: number,
): JsonObject {
  const [open, high, low, close] = prices(market, candle);
  const [volume, turnover] = amounts(category, candle);
  const [start, endMs] = candleBounds(interval, candle.startMs);
  const confirm = nowMs >= endMs;
  return { start, end: endMs - 1, interval, open, close, high, low, volume, turnover, confirm, timestamp: nowMs };
}
