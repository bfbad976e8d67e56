import type { LinearInstrument } from "../domain/instruments.ts";
import { REFUSALS } from "../domain/refusal.ts";
import { marketsOf } from "../views/ticker-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest } from "./api.ts";
import { categoryParam, param } from "./params.ts";

function rows(linear: LinearInstrument): readonly unknown[] {
  return linear.riskTiers.map((tier, index) => ({
    id: index + 1,
    symbol: linear.symbol,
    riskLimitValue: tier.limitUsdt,
    maintenanceMargin: tier.maintenanceMargin,
    initialMargin: tier.initialMargin,
    isLowestRisk: index === 0 ? 1 : 0,
    maxLeverage: tier.maxLeverage,
    mmDeduction: tier.mmDeduction,
  }));
}

/** Margin tiers of one contract, or of all. */
export function riskLimit(venue: Venue, request: ApiRequest): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  if (category.value !== "linear" && category.value !== "inverse") return badParameter("category invalid");
  const symbol = param(request.query, "symbol");
  const markets = marketsOf(venue.exchange.state.markets, category.value).filter(
    (market) => symbol === undefined || market.instrument.symbol === symbol,
  );
  if (symbol !== undefined && markets.length === 0) return fail(REFUSALS.unknownSymbol);
  const list = markets.flatMap((market) => rows(market.instrument.linear));
  return answer({ category: category.value, list, nextPageCursor: "" });
}
