import { assertNever } from "@hedgelock/runtime";

import { bookSide } from "../domain/book.ts";
import type { Market } from "../domain/market.ts";
import { REFUSALS } from "../domain/refusal.ts";
import { recentTrades } from "../domain/trade-tape.ts";
import { linearInstrumentRow, spotInstrumentRow } from "../views/instrument-view.ts";
import { priceLimitFields } from "../views/price-limit-view.ts";
import { bookOf, levelText, linearTickerRow, marketsOf, seqOf, spotTickerRow, tradesOf } from "../views/ticker-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";
import { recentTradeRow } from "../views/trade-view.ts";
import type { Venue } from "../venue.ts";
import { answer, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, PublicRoute } from "./api.ts";
import { fundingHistory } from "./funding-routes.ts";
import { KLINE_ROUTES } from "./kline-routes.ts";
import { onMarket } from "./named-market.ts";
import { categoryParam, limitParam, param } from "./params.ts";
import { riskLimit } from "./risk-limit-routes.ts";

const NS_PER_US = 1000;
const MAX_DEPTH = 1000;

function marketTime(venue: Venue): ApiAnswer {
  const nowUs = venue.clock.nowUs();
  return answer({ timeSecond: String(Math.floor(nowUs / 1e6)), timeNano: String(BigInt(nowUs) * BigInt(NS_PER_US)) });
}

/** Markets that a request names: one, or all. Undefined when it names one that is not there. */
function namedMarkets(venue: Venue, request: ApiRequest, category: PublicCategory): readonly Market[] | undefined {
  const offered = marketsOf(venue.exchange.state.markets, category);
  const symbol = param(request.query, "symbol");
  if (symbol === undefined) {
    const baseCoin = param(request.query, "baseCoin");
    return offered.filter((one) => baseCoin === undefined || one.instrument.baseCoin === baseCoin);
  }
  const market = offered.find((one) => one.instrument.symbol === symbol);
  return market === undefined ? undefined : [market];
}

function instrumentsInfo(venue: Venue, request: ApiRequest): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  const limit = limitParam(request.query, 500, 1000);
  if (!limit.ok) return fail(limit.refusal);
  const { value } = category;
  if (value === "option") return answer({ category: value, list: [], nextPageCursor: "" });
  const status = param(request.query, "status") ?? "Trading";
  const markets = status === "Trading" ? namedMarkets(venue, request, value) : [];
  if (markets === undefined) return fail(REFUSALS.unknownSymbol);
  // Spot has no pages (as captured).
  if (value === "spot") {
    return answer({ category: "spot", list: markets.map((market) => spotInstrumentRow(market.instrument.spot)) });
  }
  const cursor = param(request.query, "cursor");
  const from =
    cursor === undefined ? 0 : markets.findIndex((market) => market.instrument.symbol === decodeURIComponent(cursor));
  if (from < 0) return fail({ code: 10001, message: "params error: cursor invalid" });
  const page = markets.slice(from, from + limit.value);
  return answer({
    category: value,
    list: page.map((market) => linearInstrumentRow(market.instrument.linear)),
    nextPageCursor: markets[from + limit.value]?.instrument.symbol ?? "",
  });
}

function tickers(venue: Venue, request: ApiRequest): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  const { value } = category;
  if (value === "option") return answer({ category: value, list: [] });
  const markets = namedMarkets(venue, request, value);
  if (markets === undefined) return fail(REFUSALS.unknownSymbol);
  switch (value) {
    case "linear":
    case "inverse":
      return answer({ category: value, list: markets.map((market) => linearTickerRow(market, request.nowMs)) });
    case "spot":
      return answer({ category: "spot", list: markets.map(spotTickerRow) });
    default:
      return assertNever(value);
  }
}

function orderbook(venue: Venue, request: ApiRequest): ApiAnswer {
  return onMarket(venue, request, ({ category, market }) => {
    const limit = limitParam(request.query, category === "spot" ? 1 : 25, MAX_DEPTH);
    if (!limit.ok) return fail(limit.refusal);
    const book = bookOf(market, category);
    const seq = seqOf(market, category);
    return answer({
      s: market.instrument.symbol,
      b: bookSide(book, "Buy", limit.value).map((level) => levelText(market, category, level)),
      a: bookSide(book, "Sell", limit.value).map((level) => levelText(market, category, level)),
      ts: request.nowMs,
      u: seq,
      seq,
      cts: request.nowMs,
    });
  });
}

function recentTrade(venue: Venue, request: ApiRequest): ApiAnswer {
  return onMarket(venue, request, ({ category, market }) => {
    const limit = category === "spot" ? limitParam(request.query, 60, 60) : limitParam(request.query, 500, 1000);
    if (!limit.ok) return fail(limit.refusal);
    const trades = recentTrades(tradesOf(market, category), limit.value);
    return answer({ category, list: trades.map((trade) => recentTradeRow(market, category, trade)) });
  });
}

function priceLimit(venue: Venue, request: ApiRequest): ApiAnswer {
  const query = new URLSearchParams(request.query);
  if (param(query, "category") === undefined) query.set("category", "linear");
  return onMarket(venue, { ...request, query }, ({ category, market }) =>
    answer({ ...priceLimitFields(venue.exchange.state, category, market), ts: String(request.nowMs) }),
  );
}

function openInterest(venue: Venue, request: ApiRequest): ApiAnswer {
  return onMarket(venue, request, ({ category, market }) => {
    if (category === "spot") return fail({ code: 10001, message: "params error: category invalid" });
    const hourMs = Math.floor(request.nowMs / 3_600_000) * 3_600_000;
    return answer({
      symbol: market.instrument.symbol,
      category,
      list: [{ openInterest: market.instrument.openInterest, timestamp: String(hourMs) }],
      nextPageCursor: "",
    });
  });
}

function systemStatus(venue: Venue, request: ApiRequest): ApiAnswer {
  const [id, state] = [param(request.query, "id"), param(request.query, "state")];
  const list = venue.notices().filter((one) => (id ?? one.id) === one.id && (state ?? one.state) === one.state);
  return answer({ list });
}

function publicGet(path: string, handle: PublicRoute["handle"]): PublicRoute {
  return { method: "GET", path, access: "public", handle };
}

/** Public market data. */
export const MARKET_ROUTES: readonly PublicRoute[] = [
  publicGet("/v5/market/time", marketTime),
  publicGet("/v5/market/instruments-info", instrumentsInfo),
  publicGet("/v5/market/tickers", tickers),
  publicGet("/v5/market/orderbook", orderbook),
  publicGet("/v5/market/recent-trade", recentTrade),
  publicGet("/v5/market/price-limit", priceLimit),
  publicGet("/v5/market/open-interest", openInterest),
  publicGet("/v5/market/funding/history", fundingHistory),
  publicGet("/v5/market/risk-limit", riskLimit),
  publicGet("/v5/system/status", systemStatus),
  ...KLINE_ROUTES,
];
