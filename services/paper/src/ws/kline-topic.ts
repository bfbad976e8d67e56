import { candleBounds, candles } from "../domain/candles.ts";
import type { Candle, Interval } from "../domain/candles.ts";
import type { Market } from "../domain/market.ts";
import { klineEntry } from "../views/kline-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";

/** Least time between two messages, milliseconds. */
const PERIOD_MS = 1000;

/** The `kline.I.S` topic: the candle that is open once a second, and each candle once more, confirmed, when it closes. */
export class KlineTopic {
  readonly topic: string;
  readonly #market: Market;
  readonly #category: PublicCategory;
  readonly #interval: Interval;
  #sentMs = 0;
  #openMs = 0;

  constructor(market: Market, category: PublicCategory, interval: Interval) {
    this.topic = `kline.${interval}.${market.instrument.symbol}`;
    this.#market = market;
    this.#category = category;
    this.#interval = interval;
  }

  /** What there is to say now, oldest first. */
  updates(nowMs: number): readonly unknown[] {
    const [startMs] = candleBounds(this.#interval, nowMs);
    const closed = this.#openMs !== 0 && this.#openMs < startMs;
    if (!closed && nowMs - this.#sentMs < PERIOD_MS) return [];
    const frames = closed ? this.#frame(this.#openMs, nowMs) : [];
    this.#sentMs = nowMs;
    this.#openMs = startMs;
    return [...frames, ...this.#frame(startMs, nowMs)];
  }

  #frame(startMs: number, nowMs: number): readonly unknown[] {
    const window = { fromMs: startMs, toMs: startMs, limit: 1 };
    const [candle]: readonly Candle[] = candles(this.#market.candles, this.#interval, window);
    if (candle === undefined) return [];
    const data = [klineEntry(this.#market, this.#category, this.#interval, candle, nowMs)];
    return [{ topic: this.topic, type: "snapshot", ts: nowMs, data }];
  }
}
