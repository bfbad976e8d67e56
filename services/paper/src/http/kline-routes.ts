import { INTERVALS, candles, minuteAt } from "../domain/candles.ts";
import { klineRow } from "../views/kline-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, PublicRoute } from "./api.ts";
import { onMarket } from "./named-market.ts";
import { limitParam, param } from "./params.ts";

/** What the candles are of. Mark and index are the last price here; the premium between them is none. */
type Kind = "last" | "price" | "premium";

/** A time in milliseconds; `missing` when absent, undefined when it is no number. */
function timeParam(query: URLSearchParams, name: string, missing: number): number | undefined {
  const text = param(query, name);
  if (text === undefined) return missing;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function kline(kind: Kind): (venue: Venue, request: ApiRequest) => ApiAnswer {
  return (venue, request) => {
    const query = new URLSearchParams(request.query);
    if (param(query, "category") === undefined) query.set("category", "linear");
    return onMarket(venue, { ...request, query }, ({ category, market }) => {
      if (kind !== "last" && category === "spot") return badParameter("category invalid");
      const interval = INTERVALS.find((known) => known === param(query, "interval"));
      if (interval === undefined) return badParameter("interval invalid");
      const limit = limitParam(query, 200, 1000);
      if (!limit.ok) return fail(limit.refusal);
      const fromMs = timeParam(query, "start", 0);
      const toMs = timeParam(query, "end", Number.MAX_SAFE_INTEGER);
      if (fromMs === undefined || toMs === undefined) return badParameter("start or end invalid");
      minuteAt(market.candles, request.nowMs, market.price);
      const found = candles(market.candles, interval, { fromMs, toMs, limit: limit.value });
      const list = found.map((candle) =>
        kind === "premium"
          ? [String(candle.startMs), "0", "0", "0", "0"]
          : klineRow(market, category, candle, kind === "price"),
      );
      return answer({ symbol: market.instrument.symbol, category, list });
    });
  };
}

function route(path: string, kind: Kind): PublicRoute {
  return { method: "GET", path, access: "public", handle: kline(kind) };
}

/** Candles: of trades, of mark and index, and of the premium. */
export const KLINE_ROUTES: readonly PublicRoute[] = [
  route("/v5/market/kline", "last"),
  route("/v5/market/mark-price-kline", "price"),
  route("/v5/market/index-price-kline", "price"),
  route("/v5/market/premium-index-price-kline", "premium"),
];
