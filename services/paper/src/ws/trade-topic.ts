import type { Market } from "../domain/market.ts";
import { tradesAfter } from "../domain/trade-tape.ts";
import { tradesOf } from "../views/ticker-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";
import { publicTradeEntry } from "../views/trade-view.ts";

/** Most trades in one message. */
const MAX_TRADES = 1024;

/** The `publicTrade.S` topic: every trade since the last message, of the replay and of the accounts. */
export class TradeTopic {
  readonly topic: string;
  readonly #market: Market;
  readonly #category: PublicCategory;
  #lastSeq: number;

  constructor(market: Market, category: PublicCategory) {
    this.topic = `publicTrade.${market.instrument.symbol}`;
    this.#market = market;
    this.#category = category;
    this.#lastSeq = this.#newestSeq();
  }

  /** From here on only what comes is told. */
  skip(): void {
    this.#lastSeq = this.#newestSeq();
  }

  update(nowMs: number): unknown {
    const trades = tradesAfter(tradesOf(this.#market, this.#category), this.#lastSeq);
    if (trades.length === 0) return undefined;
    this.#lastSeq = this.#newestSeq();
    const data = trades.slice(-MAX_TRADES).map((trade) => publicTradeEntry(this.#market, this.#category, trade));
    return this.#category === "spot"
      ? { topic: this.topic, ts: nowMs, type: "snapshot", data }
      : { topic: this.topic, type: "snapshot", ts: nowMs, data };
  }

  #newestSeq(): number {
    return tradesOf(this.#market, this.#category).trades.at(-1)?.seq ?? 0;
  }
}
