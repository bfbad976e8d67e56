import { isOpen } from "../domain/orders.ts";
import type { Order, OrderCategory } from "../domain/orders.ts";
import { tradableOf, tradableOfOrder } from "../domain/tradable.ts";
import { executionRow, orderRow } from "../views/order-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller } from "./api.ts";
import { pageOf } from "./paging.ts";
import { categoryParam, limitParam, param, timeParams } from "./params.ts";
import type { ApiCategory } from "./params.ts";

/** Closed orders that order/realtime still shows. */
const RECENT_CLOSED = 500;
/** How long history keeps orders that ended without a fill. */
const UNFILLED_KEPT_MS = 86_400_000;

interface Named {
  readonly category: OrderCategory;
  readonly symbol: string;
}

/** Keeps what category, symbol, baseCoin and settleCoin name. */
function scopeFilter(venue: Venue, query: URLSearchParams, category: ApiCategory): (item: Named) => boolean {
  const symbol = param(query, "symbol");
  const baseCoin = param(query, "baseCoin");
  const settleCoin = param(query, "settleCoin");
  return (item) => {
    if (item.category !== category) return false;
    if (symbol !== undefined) return item.symbol === symbol;
    const tradable = tradableOfOrder(venue.exchange.state, item);
    if (baseCoin !== undefined) return tradable.baseCoin === baseCoin;
    return settleCoin === undefined || tradable.settleCoin === settleCoin;
  };
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

/** Keeps plain, conditional or take-profit and stop-loss orders, as `orderFilter` names them. */
function kindFilter(query: URLSearchParams): (order: Order) => boolean {
  const filter = param(query, "orderFilter");
  if (filter === "Order") return (order) => order.stopOrderType === "";
  if (filter === "tpslOrder") return (order) => order.stopOrderType === "tpslOrder";
  if (filter === "StopOrder") return (order) => order.stopOrderType !== "" && order.stopOrderType !== "tpslOrder";
  return () => true;
}

function namesOrder(query: URLSearchParams): boolean {
  return param(query, "orderId") !== undefined || param(query, "orderLinkId") !== undefined;
}

function symbolProblem(venue: Venue, query: URLSearchParams, category: ApiCategory): ApiAnswer | undefined {
  const symbol = param(query, "symbol");
  if (symbol === undefined || category === "option") return undefined;
  if (tradableOf(venue.exchange.state, category, symbol) !== undefined) return undefined;
  return category === "spot"
    ? fail({ code: 170121, message: "Invalid symbol." })
    : fail({ code: 10001, message: `params error: symbol invalid ${symbol}` });
}

function orderPage(venue: Venue, request: ApiRequest, orders: readonly Order[], category: ApiCategory): ApiAnswer {
  const limit = limitParam(request.query, 20, 50);
  if (!limit.ok) return fail(limit.refusal);
  const page = pageOf(orders, {
    limit: limit.value,
    cursor: param(request.query, "cursor"),
    keyOf: (order) => ({ id: order.orderId, timeMs: order.createdMs }),
  });
  if (!page.ok) return fail(page.refusal);
  const list = page.value.items.map((order) => orderRow(order, tradableOfOrder(venue.exchange.state, order).market));
  return answer({ category, list, nextPageCursor: page.value.nextPageCursor });
}

/** Open orders (`openOnly=0`), recently closed ones (`1`), or the one that is named, whichever it is. Newest first. */
export function realtime(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  const scoped = ["symbol", "baseCoin", "settleCoin"].some((name) => param(query, name) !== undefined);
  if (category.value === "linear" && !scoped && !namesOrder(query)) {
    return badParameter("symbol, baseCoin or settleCoin is required");
  }
  const problem = symbolProblem(venue, query, category.value);
  if (problem !== undefined) return problem;
  const openOnly = param(query, "openOnly") ?? "0";
  if (openOnly !== "0" && openOnly !== "1" && openOnly !== "2") return badParameter("openOnly invalid");
  const inScope = scopeFilter(venue, query, category.value);
  const newestFirst = caller.account.orders.filter(inScope).toReversed();
  const recentlyClosed = newestFirst.filter((order) => !isOpen(order)).slice(0, RECENT_CLOSED);
  const oldestShown = recentlyClosed.at(-1)?.number ?? 0;
  const shown = newestFirst.filter((order) => {
    if (isOpen(order)) return openOnly === "0" || namesOrder(query);
    return (openOnly !== "0" || namesOrder(query)) && order.number >= oldestShown;
  });
  return orderPage(venue, request, shown.filter(idFilter(query)).filter(kindFilter(query)), category.value);
}

/** Closed orders, newest first; those without a fill for a day only. */
export function history(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  const problem = symbolProblem(venue, query, category.value);
  if (problem !== undefined) return problem;
  const times = timeParams(query);
  if (!times.ok) return fail(times.refusal);
  const [startMs, endMs] = times.value;
  const status = param(query, "orderStatus");
  const closed = caller.account.orders
    .filter(scopeFilter(venue, query, category.value))
    .toReversed()
    .filter((order) => !isOpen(order))
    .filter((order) => order.filledLots > 0 || order.updatedMs > request.nowMs - UNFILLED_KEPT_MS)
    .filter((order) => order.createdMs >= startMs && order.createdMs <= endMs)
    .filter((order) => status === undefined || order.status === status)
    .filter(idFilter(query))
    .filter(kindFilter(query));
  return orderPage(venue, request, closed, category.value);
}

/** Fills and funding, newest first. */
export function executions(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  const problem = symbolProblem(venue, query, category.value);
  if (problem !== undefined) return problem;
  const limit = limitParam(query, 50, 100);
  if (!limit.ok) return fail(limit.refusal);
  const times = timeParams(query);
  if (!times.ok) return fail(times.refusal);
  const [startMs, endMs] = times.value;
  const execType = param(query, "execType");
  const found = caller.account.executions
    .filter(scopeFilter(venue, query, category.value))
    .toReversed()
    .filter((one) => one.execTimeMs >= startMs && one.execTimeMs <= endMs)
    .filter((one) => execType === undefined || one.execType === execType)
    .filter(idFilter(query));
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
