import type { Market } from "../domain/market.ts";
import { priceBand } from "../domain/price-band.ts";
import type { ExchangeState } from "../domain/state.ts";
import { tradableOf } from "../domain/tradable.ts";
import type { JsonObject } from "./json.ts";
import type { PublicCategory } from "./ticker-view.ts";

/** Highest buy and lowest sell of a market, written as its prices are. */
export function priceLimitFields(state: ExchangeState, category: PublicCategory, market: Market): JsonObject {
  const { symbol } = market.instrument;
  const tradable = tradableOf(state, category, symbol);
  if (tradable === undefined) return { symbol, buyLmt: "", sellLmt: "" };
  const { maxBuy, minSell } = priceBand(tradable);
  return { symbol, buyLmt: tradable.priceText(maxBuy), sellLmt: tradable.priceText(minSell) };
}
