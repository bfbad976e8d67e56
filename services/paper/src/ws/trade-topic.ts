import type { Random } from "@hedgelock/runtime";

import { bookLevel } from "../domain/book.ts";
import type { Market } from "../domain/market.ts";
import { levelText } from "../views/ticker-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";

/** The `publicTrade.S` topic: one synthetic trade for every move of the price, a tenth of the touched level. */
export class TradeTopic {
  readonly topic: string;
  readonly #market: Market;
  readonly #category: PublicCategory;
  readonly #random: Random;
  #lastTicks: number;
  #spotTradeId: number;

  constructor(market: Market, category: PublicCategory, random: Random, nowMs: number) {
    this.topic = `publicTrade.${market.instrument.symbol}`;
    this.#market = market;
    this.#category = category;
    this.#random = random;
    this.#lastTicks = market.priceTicks;
    this.#spotTradeId = nowMs * 1000;
  }

  update(nowMs: number): unknown {
    const market = this.#market;
    const from = this.#lastTicks;
    if (market.priceTicks === from) return undefined;
    this.#lastTicks = market.priceTicks;
    const buys = market.priceTicks > from;
    const book = this.#category === "linear" ? market.linearBook : market.spotBook;
    const lots = Math.max(1, Math.ceil((bookLevel(book, buys ? "Sell" : "Buy", 0)?.lots ?? 1) / 10));
    const [p, v] = levelText(market, this.#category, { ticks: market.priceTicks, lots });
    const side = buys ? "Buy" : "Sell";
    const s = market.instrument.symbol;
    if (this.#category === "spot") {
      this.#spotTradeId += 1;
      const trade = {
        i: String(this.#spotTradeId),
        T: nowMs,
        p,
        v,
        S: side,
        seq: market.spotSeq,
        s,
        BT: false,
        RPI: false,
      };
      return { topic: this.topic, ts: nowMs, type: "snapshot", data: [trade] };
    }
    const hex = this.#random.hex(16);
    const i = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    const trade = {
      T: nowMs,
      s,
      S: side,
      v,
      p,
      L: market.tickDirection,
      i,
      BT: false,
      RPI: false,
      seq: market.linearSeq,
    };
    return { topic: this.topic, type: "snapshot", ts: nowMs, data: [trade] };
  }
}
