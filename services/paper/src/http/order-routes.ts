import type { Result } from "../domain/refusal.ts";
import { preCheckOrder } from "../domain/order-precheck.ts";
import type { Venue } from "../venue.ts";
import { answer, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, PrivateRoute } from "./api.ts";
import { parseCancelAll, parseCreate, parseJsonBody } from "./order-bodies.ts";
import { ORDER_OPS, orderQuota, runBatch, runOrder } from "./order-commands.ts";
import type { OrderOp } from "./order-commands.ts";
import { executions, history, realtime } from "./order-queries.ts";

function jsonOf(request: ApiRequest): Result<unknown> {
  return parseJsonBody(request.rawBody);
}

/** The body for the quota: one that is not JSON takes what the smallest call takes. */
function jsonOrNothing(request: ApiRequest): unknown {
  const json = jsonOf(request);
  return json.ok ? json.value : undefined;
}

function cancelAll(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const json = jsonOf(request);
  if (!json.ok) return fail(json.refusal);
  const scope = parseCancelAll(json.value);
  if (!scope.ok) return fail(scope.refusal);
  const { result, events } = venue.exchange.cancelAllOrders(caller.account, scope.value, request.nowMs);
  venue.publish(events);
  if (!result.ok) return fail(result.refusal);
  const list = result.value.map(({ orderId, orderLinkId }) => ({ orderId, orderLinkId }));
  return answer({ list, success: "1" });
}

function preCheck(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const json = jsonOf(request);
  if (!json.ok) return fail(json.refusal);
  const order = parseCreate(json.value);
  if (!order.ok) return fail(order.refusal);
  const checked = preCheckOrder(venue.exchange.state, caller.account, order.value);
  if (!checked.ok) return fail(checked.refusal);
  return answer({ orderId: "", orderLinkId: order.value.orderLinkId, ...checked.value });
}

function singleRoute(op: OrderOp): PrivateRoute {
  return {
    method: "POST",
    path: `/v5/order/${op}`,
    access: "private",
    permission: "trade",
    limit: 10,
    quota: (request) => orderQuota(op, jsonOrNothing(request), false),
    handle(venue, request, caller) {
      const json = jsonOf(request);
      return json.ok ? runOrder(venue, caller, op, json.value, request.nowMs) : fail(json.refusal);
    },
  };
}

function batchRoute(op: OrderOp): PrivateRoute {
  return {
    method: "POST",
    path: `/v5/order/${op}-batch`,
    access: "private",
    permission: "trade",
    limit: 10,
    quota: (request) => orderQuota(op, jsonOrNothing(request), true),
    handle(venue, request, caller, granted) {
      const json = jsonOf(request);
      return json.ok ? runBatch(venue, caller, op, json.value, request.nowMs, granted) : fail(json.refusal);
    },
  };
}

/** Order entry and order queries. */
export const ORDER_ROUTES: readonly PrivateRoute[] = [
  ...ORDER_OPS.map(singleRoute),
  ...ORDER_OPS.map(batchRoute),
  {
    method: "POST",
    path: "/v5/order/cancel-all",
    access: "private",
    permission: "trade",
    limit: 10,
    quota: (request) => orderQuota("cancel-all", jsonOrNothing(request), false),
    handle: cancelAll,
  },
  { method: "POST", path: "/v5/order/pre-check", access: "private", permission: "trade", limit: 10, handle: preCheck },
  { method: "GET", path: "/v5/order/realtime", access: "private", permission: "read", limit: 50, handle: realtime },
  { method: "GET", path: "/v5/order/history", access: "private", permission: "read", limit: 50, handle: history },
  { method: "GET", path: "/v5/execution/list", access: "private", permission: "read", limit: 50, handle: executions },
];
