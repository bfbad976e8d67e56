import type { Market } from "../domain/market.ts";
import { REFUSALS } from "../domain/refusal.ts";
import { marketsOf } from "../views/ticker-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";
import type { Venue } from "../venue.ts";
import { badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest } from "./api.ts";
import { categoryParam, param } from "./params.ts";

/** A market that a request named. */
export interface NamedMarket {
  readonly category: PublicCategory;
  readonly market: Market;
}

/** Answers with the market of `category` and `symbol`, or says what is wrong with them. */
export function onMarket(venue: Venue, request: ApiRequest, run: (named: NamedMarket) => ApiAnswer): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  const symbol = param(request.query, "symbol");
  if (symbol === undefined) return badParameter("symbol is required");
  if (category.value === "option") return fail(REFUSALS.unknownSymbol);
  const market = marketsOf(venue.exchange.state.markets, category.value).find(
    (one) => one.instrument.symbol === symbol,
  );
  return market === undefined ? fail(REFUSALS.unknownSymbol) : run({ category: category.value, market });
}
