import { assertNever } from "@hedgelock/runtime";

import { bookSide } from "../domain/book.ts";
import type { Market } from "../domain/market.ts";
import { REFUSALS } from "../domain/refusal.ts";
import { linearInstrumentRow, spotInstrumentRow } from "../views/instrument-view.ts";
import { levelText, linearTickerRow, spotTickerRow } from "../views/ticker-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, PublicRoute } from "./api.ts";
import { categoryParam, limitParam, param } from "./params.ts";

const NS_PER_US = 1000;
const MAX_DEPTH = 1000;

function marketTime(venue: Venue): ApiAnswer {
  const nowUs = venue.clock.nowUs();
  return answer({ timeSecond: String(Math.floor(nowUs / 1e6)), timeNano: String(BigInt(nowUs) * BigInt(NS_PER_US)) });
}

/** Markets that a request names: one, or all. Undefined when it names one that is not there. */
function namedMarkets(venue: Venue, request: ApiRequest): readonly Market[] | undefined {
  const symbol = param(request.query, "symbol");
  if (symbol === undefined) {
    const baseCoin = param(request.query, "baseCoin");
    return venue.exchange.state.markets.filter((one) => baseCoin === undefined || one.instrument.baseCoin === baseCoin);
  }
  const market = venue.exchange.state.marketBySymbol.get(symbol);
  return market === undefined ? undefined : [market];
}

function instrumentsInfo(venue: Venue, request: ApiRequest): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  const limit = limitParam(request.query, 500, 1000);
  if (!limit.ok) return fail(limit.refusal);
  const status = param(request.query, "status") ?? "Trading";
  const markets = status === "Trading" ? (namedMarkets(venue, request) ?? []) : [];
  switch (category.value) {
    case "linear":
      return answer({
        category: "linear",
        list: markets.map((market) => linearInstrumentRow(market.instrument.linear)),
        nextPageCursor: "",
      });
    case "spot":
      return answer({ category: "spot", list: markets.map((market) => spotInstrumentRow(market.instrument.spot)) });
    case "inverse":
    case "option":
      return answer({ category: category.value, list: [], nextPageCursor: "" });
    default:
      return assertNever(category.value);
  }
}

function tickers(venue: Venue, request: ApiRequest): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  const markets = namedMarkets(venue, request);
  if (markets === undefined) return fail(REFUSALS.unknownSymbol);
  switch (category.value) {
    case "linear":
      return answer({ category: "linear", list: markets.map((market) => linearTickerRow(market, request.nowMs)) });
    case "spot":
      return answer({ category: "spot", list: markets.map(spotTickerRow) });
    case "inverse":
    case "option":
      return answer({ category: category.value, list: [] });
    default:
      return assertNever(category.value);
  }
}

function orderbook(venue: Venue, request: ApiRequest): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  if (category.value !== "linear" && category.value !== "spot") return fail(REFUSALS.unknownSymbol);
  const { value } = category;
  const symbol = param(request.query, "symbol");
  if (symbol === undefined) return badParameter("symbol is required");
  const market = venue.exchange.state.marketBySymbol.get(symbol);
  if (market === undefined) return fail(REFUSALS.unknownSymbol);
  const limit = limitParam(request.query, value === "linear" ? 25 : 1, MAX_DEPTH);
  if (!limit.ok) return fail(limit.refusal);
  const book = value === "linear" ? market.linearBook : market.spotBook;
  const seq = value === "linear" ? market.linearSeq : market.spotSeq;
  return answer({
    s: symbol,
    b: bookSide(book, "Buy", limit.value).map((level) => levelText(market, value, level)),
    a: bookSide(book, "Sell", limit.value).map((level) => levelText(market, value, level)),
    ts: request.nowMs,
    u: seq,
    seq,
    cts: request.nowMs,
  });
}

/** Public market data. */
export const MARKET_ROUTES: readonly PublicRoute[] = [
  { method: "GET", path: "/v5/market/time", access: "public", handle: marketTime },
  { method: "GET", path: "/v5/market/instruments-info", access: "public", handle: instrumentsInfo },
  { method: "GET", path: "/v5/market/tickers", access: "public", handle: tickers },
  { method: "GET", path: "/v5/market/orderbook", access: "public", handle: orderbook },
];
