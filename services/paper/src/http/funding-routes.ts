import { FUNDING_RATE } from "../views/ticker-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest } from "./api.ts";
import { onMarket } from "./named-market.ts";
import { limitParam, param } from "./params.ts";

const MAX_ROWS = 200;
const WHOLE = /^\d{1,15}$/;

/** Past funding, newest first: every full interval of the exchange clock, at the rate that is shown. */
export function fundingHistory(venue: Venue, request: ApiRequest): ApiAnswer {
  return onMarket(venue, request, ({ category, market }) => {
    if (category === "spot") return badParameter("category invalid");
    const limit = limitParam(request.query, MAX_ROWS, MAX_ROWS);
    if (!limit.ok) return fail(limit.refusal);
    const start = param(request.query, "startTime");
    const end = param(request.query, "endTime");
    if (start !== undefined && end === undefined) return badParameter("endTime is required with startTime");
    if (!WHOLE.test(start ?? "0") || !WHOLE.test(end ?? "0")) return badParameter("startTime or endTime invalid");
    const { linear, symbol } = market.instrument;
    const intervalMs = linear.fundingIntervalMinutes * 60_000;
    const fromMs = Math.max(Number(start ?? 0), Number(linear.launchTime));
    let timeMs = Math.floor(Math.min(request.nowMs, Number(end ?? request.nowMs)) / intervalMs) * intervalMs;
    const list: unknown[] = [];
    for (; timeMs >= fromMs && list.length < limit.value; timeMs -= intervalMs) {
      list.push({ symbol, fundingRate: FUNDING_RATE, fundingRateTimestamp: String(timeMs) });
    }
    return answer({ category, list });
  });
}
