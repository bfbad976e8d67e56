import type { Market } from "../domain/market.ts";
import { padded, writtenPlaces } from "../domain/money.ts";
import type { Execution } from "../domain/orders.ts";

/** The `allLiquidation.S` topic: positions that were taken over. */
export class LiquidationTopic {
  readonly topic: string;
  readonly #market: Market;

  constructor(market: Market) {
    this.topic = `allLiquidation.${market.instrument.symbol}`;
    this.#market = market;
  }

  /** Undefined when none of the executions is of this market. `S` is "Buy" when a long was liquidated. */
  frame(executions: readonly Execution[], nowMs: number): unknown {
    const { linear, symbol } = this.#market.instrument;
    const own = executions.filter((one) => one.symbol === symbol);
    if (own.length === 0) return undefined;
    const data = own.map((one) => ({
      T: one.execTimeMs,
      s: symbol,
      S: one.side === "Sell" ? "Buy" : "Sell",
      v: padded(one.execQty, writtenPlaces(linear.qtyStep)),
      p: padded(one.execPrice, linear.priceScale),
    }));
    return { topic: this.topic, type: "snapshot", ts: nowMs, data };
  }
}
