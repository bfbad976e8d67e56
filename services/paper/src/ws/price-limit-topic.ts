import type { Market } from "../domain/market.ts";
import { priceLimitFields } from "../views/price-limit-view.ts";
import type { ExchangeState } from "../domain/state.ts";
import type { PublicCategory } from "../views/ticker-view.ts";

/** Least time between two messages, milliseconds. */
const PERIOD_MS = 300;

/** The `priceLimit.S` topic: highest buy and lowest sell, when they change. */
export class PriceLimitTopic {
  readonly topic: string;
  readonly #deps: { readonly state: ExchangeState; readonly market: Market; readonly category: PublicCategory };
  #last = "";
  #sentMs = 0;

  constructor(deps: { readonly state: ExchangeState; readonly market: Market; readonly category: PublicCategory }) {
    this.topic = `priceLimit.${deps.market.instrument.symbol}`;
    this.#deps = deps;
  }

  snapshot(nowMs: number): unknown {
    const { state, market, category } = this.#deps;
    return { topic: this.topic, ts: nowMs, data: priceLimitFields(state, category, market) };
  }

  update(nowMs: number): unknown {
    if (nowMs - this.#sentMs < PERIOD_MS) return undefined;
    const { state, market, category } = this.#deps;
    const data = priceLimitFields(state, category, market);
    const text = JSON.stringify(data);
    if (text === this.#last) return undefined;
    this.#last = text;
    this.#sentMs = nowMs;
    return { topic: this.topic, ts: nowMs, data };
  }
}
