import type { IncomingHttpHeaders } from "node:http";

import type { Venue } from "../venue.ts";
import { fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, PrivateRoute, Route } from "./api.ts";
import { authenticate, readAuthHeaders } from "./authenticate.ts";
import { MARKET_ROUTES } from "./market-routes.ts";
import { MONEY_ROUTES } from "./money-routes.ts";
import { ORDER_ROUTES } from "./order-routes.ts";
import { ORDER_SETTINGS_ROUTES } from "./order-settings-routes.ts";
import type { RateWindows } from "./rate-window.ts";

/** An HTTP answer before it is written. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ApiAnswer;
}

const ROUTES: ReadonlyMap<string, Route> = new Map(
  [...MARKET_ROUTES, ...ORDER_ROUTES, ...ORDER_SETTINGS_ROUTES, ...MONEY_ROUTES].map((route) => [
    `${route.method} ${route.path}`,
    route,
  ]),
);

function plainAnswer(body: ApiAnswer, status = 200): HttpAnswer {
  return { status, headers: {}, body };
}

function dispatchPrivate(
  venue: Venue,
  route: PrivateRoute,
  request: ApiRequest,
  headers: IncomingHttpHeaders,
  rates: RateWindows,
): HttpAnswer {
  const auth = readAuthHeaders(headers);
  if (auth === undefined) {
    const message = "X-BAPI-API-KEY, X-BAPI-TIMESTAMP and X-BAPI-SIGN are required";
    return plainAnswer(fail({ code: 401, message }), 401);
  }
  const key = authenticate(venue.keys, auth, request);
  if (!key.ok) return plainAnswer(fail(key.refusal));
  const account = venue.exchange.state.accounts.get(key.value.uid);
  if (account === undefined) return plainAnswer(fail({ code: 10003, message: "API key is invalid." }));
  const quota = route.quota?.(request) ?? { bucket: route.path, limit: route.limit, cost: 1 };
  const rate = rates.take(`${key.value.uid} ${quota.bucket}`, quota.limit, request.nowMs, quota.cost);
  const rateHeaders = {
    "X-Bapi-Limit": String(quota.limit),
    "X-Bapi-Limit-Status": String(rate.remaining),
    "X-Bapi-Limit-Reset-Timestamp": String(rate.resetMs),
  };
  const body = rate.exceeded
    ? fail({ code: 10006, message: "Too many visits! Exceeded the API Rate Limit." })
    : route.permission === "trade" && key.value.permission !== "trade"
      ? fail({ code: 10005, message: "Permission denied, please check your API key permissions." })
      : route.handle(venue, request, { account, key: key.value }, rate.granted);
  return { status: 200, headers: rateHeaders, body };
}

/** Finds the handler of a call and answers it. */
export function dispatch(
  venue: Venue,
  request: ApiRequest,
  headers: IncomingHttpHeaders,
  rates: RateWindows,
): HttpAnswer {
  if (request.method === "GET" && request.rawBody.length > 0) {
    return plainAnswer(fail({ code: 403, message: "GET must not carry a body" }), 403);
  }
  const route = ROUTES.get(`${request.method} ${request.path}`);
  if (route === undefined) return plainAnswer(fail({ code: 10017, message: "Route not found." }), 404);
  return route.access === "public"
    ? plainAnswer(route.handle(venue, request))
    : dispatchPrivate(venue, route, request, headers, rates);
}
