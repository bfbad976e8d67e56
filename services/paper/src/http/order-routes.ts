import { marketOf } from "../domain/state.ts";
import { isOpen } from "../domain/orders.ts";
import type { Execution, Order } from "../domain/orders.ts";
import type { Outcome } from "../domain/exchange.ts";
import { executionRow, orderRow } from "../views/order-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, PrivateRoute } from "./api.ts";
import { parseCancelBody, parseCreateBody } from "./order-bodies.ts";
import { pageOf } from "./paging.ts";
import { categoryParam, limitParam, param, timeParams } from "./params.ts";

/** Closed orders that order/realtime still shows. */
const RECENT_CLOSED = 500;

/** Tells everybody what the command did and names the order. */
function finish(venue: Venue, outcome: Outcome<Order>): ApiAnswer {
  venue.publish(outcome.events);
  if (!outcome.result.ok) return fail(outcome.result.refusal);
  const { orderId, orderLinkId } = outcome.result.value;
  return answer({ orderId, orderLinkId });
}

function createOrder(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const order = parseCreateBody(request.rawBody);
  if (!order.ok) return fail(order.refusal);
  return finish(venue, venue.exchange.createOrder(caller.account, order.value, request.nowMs));
}

function cancelOrder(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const target = parseCancelBody(request.rawBody);
  if (!target.ok) return fail(target.refusal);
  return finish(venue, venue.exchange.cancelOrder(caller.account, target.value, request.nowMs));
}

/** Keeps what symbol, baseCoin and settleCoin name; undefined when the request names none of them and no id. */
function scopeFilter(venue: Venue, query: URLSearchParams): (item: { readonly symbol: string }) => boolean {
  const symbol = param(query, "symbol");
  const baseCoin = param(query, "baseCoin");
  const settleCoin = param(query, "settleCoin");
  return (item) =>
    (symbol === undefined || item.symbol === symbol) &&
    (baseCoin === undefined || marketOf(venue.exchange.state, item.symbol).instrument.baseCoin === baseCoin) &&
    (settleCoin === undefined || settleCoin === "USDT");
}

/** Keeps the order that is named; the id wins over the link id. */
function idFilter(
  query: URLSearchParams,
): (item: { readonly orderId: string; readonly orderLinkId: string }) => boolean {
  const orderId = param(query, "orderId");
  const orderLinkId = param(query, "orderLinkId");
  if (orderId !== undefined) return (item) => item.orderId === orderId;
  return (item) => orderLinkId === undefined || item.orderLinkId === orderLinkId;
}

function namesOrder(query: URLSearchParams): boolean {
  return param(query, "orderId") !== undefined || param(query, "orderLinkId") !== undefined;
}

function orderPage(venue: Venue, request: ApiRequest, orders: readonly Order[], category: string): ApiAnswer {
  const limit = limitParam(request.query, 20, 50);
  if (!limit.ok) return fail(limit.refusal);
  const page = pageOf(orders, {
    limit: limit.value,
    cursor: param(request.query, "cursor"),
    keyOf: (order) => ({ id: order.orderId, timeMs: order.createdMs }),
  });
  if (!page.ok) return fail(page.refusal);
  const list = page.value.items.map((order) => orderRow(order, marketOf(venue.exchange.state, order.symbol)));
  return answer({ category, list, nextPageCursor: page.value.nextPageCursor });
}

/** Open orders (`openOnly=0`), recently closed ones (`1`), or the one that is named, whichever it is. Newest first. */
function realtime(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  if (category.value !== "linear") return orderPage(venue, request, [], category.value);
  const scoped = ["symbol", "baseCoin", "settleCoin"].some((name) => param(query, name) !== undefined);
  if (!scoped && !namesOrder(query)) return badParameter("symbol, baseCoin or settleCoin is required");
  const openOnly = param(query, "openOnly") ?? "0";
  if (openOnly !== "0" && openOnly !== "1") return badParameter("openOnly invalid");
  const newestFirst = caller.account.orders.toReversed();
  const recentlyClosed = newestFirst.filter((order) => !isOpen(order)).slice(0, RECENT_CLOSED);
  const oldestShown = recentlyClosed.at(-1)?.number ?? 0;
  const shown = newestFirst.filter((order) => {
    if (isOpen(order)) return openOnly === "0" || namesOrder(query);
    return (openOnly === "1" || namesOrder(query)) && order.number >= oldestShown;
  });
  return orderPage(venue, request, shown.filter(idFilter(query)).filter(scopeFilter(venue, query)), "linear");
}

/** Closed orders, newest first. */
function history(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  if (category.value !== "linear") return orderPage(venue, request, [], category.value);
  const times = timeParams(query);
  if (!times.ok) return fail(times.refusal);
  const [startMs, endMs] = times.value;
  const status = param(query, "orderStatus");
  const closed = caller.account.orders
    .toReversed()
    .filter((order) => !isOpen(order))
    .filter((order) => order.createdMs >= startMs && order.createdMs <= endMs)
    .filter((order) => status === undefined || order.status === status)
    .filter(idFilter(query))
    .filter(scopeFilter(venue, query));
  return orderPage(venue, request, closed, "linear");
}

function executions(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  const limit = limitParam(query, 50, 100);
  if (!limit.ok) return fail(limit.refusal);
  const times = timeParams(query);
  if (!times.ok) return fail(times.refusal);
  const [startMs, endMs] = times.value;
  const execType = param(query, "execType");
  const found = (category.value === "linear" ? caller.account.executions.toReversed() : [])
    .filter((one: Execution) => one.execTimeMs >= startMs && one.execTimeMs <= endMs)
    .filter((one) => execType === undefined || one.execType === execType)
    .filter(idFilter(query))
    .filter(scopeFilter(venue, query));
  const page = pageOf(found, {
    limit: limit.value,
    cursor: param(query, "cursor"),
    keyOf: (one) => ({ id: one.execId, timeMs: one.execTimeMs }),
  });
  if (!page.ok) return fail(page.refusal);
  return answer({
    category: category.value,
    list: page.value.items.map(executionRow),
    nextPageCursor: page.value.nextPageCursor,
  });
}

/** Order entry and order queries. */
export const ORDER_ROUTES: readonly PrivateRoute[] = [
  { method: "POST", path: "/v5/order/create", access: "private", permission: "trade", limit: 10, handle: createOrder },
  { method: "POST", path: "/v5/order/cancel", access: "private", permission: "trade", limit: 10, handle: cancelOrder },
  { method: "GET", path: "/v5/order/realtime", access: "private", permission: "read", limit: 50, handle: realtime },
  { method: "GET", path: "/v5/order/history", access: "private", permission: "read", limit: 50, handle: history },
  { method: "GET", path: "/v5/execution/list", access: "private", permission: "read", limit: 50, handle: executions },
];
