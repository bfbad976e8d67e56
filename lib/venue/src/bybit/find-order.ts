import type { Category, Execution, OrderUpdate } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";

import type { OrderLookup } from "../port.ts";
import { readList } from "./paging.ts";
import type { Listing } from "./paging.ts";
import type { BybitRest } from "./rest-client.ts";
import { parseExecution, parseOrder } from "./schemas/orders.ts";

interface Wanted {
  readonly category: Category;
  readonly symbol: string;
  readonly orderLinkId: string;
}

async function readOrders(rest: BybitRest, path: string, wanted: Wanted): Promise<Listing<OrderUpdate>> {
  const { rows, timeMs } = await readList(rest, path, { ...wanted }, (row) => parseOrder(row, wanted.category));
  return { rows: rows.filter((order) => order.orderLinkId === wanted.orderLinkId), timeMs };
}

async function readExecutions(rest: BybitRest, wanted: Wanted): Promise<Listing<Execution>> {
  const { rows, timeMs } = await readList(rest, "/v5/execution/list", { ...wanted }, (row) =>
    parseExecution(row, wanted.category),
  );
  const own = rows.filter((execution) => execution.orderLinkId === wanted.orderLinkId);
  return { rows: own.toSorted((left, right) => left.execTimeMs - right.execTimeMs), timeMs };
}

/**
 * Asks open orders, then history, then executions. `not_found` only when all three have answered that there is none;
 * a failed read is `unavailable`. An order whose fills could not be read is `unavailable` too: half a truth about a
 * fill is worse than asking again.
 */
export async function findOrder(rest: BybitRest, wanted: Wanted): Promise<OrderLookup> {
  try {
    const realtime = await readOrders(rest, "/v5/order/realtime", wanted);
    const history = realtime.rows.length > 0 ? undefined : await readOrders(rest, "/v5/order/history", wanted);
    const orders = history === undefined ? realtime : history;
    const executions = await readExecutions(rest, wanted);
    if (new Set(orders.rows.map((order) => order.orderId)).size > 1) {
      return { kind: "unavailable", reason: `two orders carry the link id ${wanted.orderLinkId}: look at the account` };
    }
    const order = orders.rows.toSorted((left, right) => right.updatedTimeMs - left.updatedTimeMs)[0];
    if (order !== undefined) {
      return { kind: "found", order, executions: executions.rows, venueTimeMs: executions.timeMs };
    }
    if (executions.rows.length > 0) {
      return {
        kind: "unavailable",
        reason: "executions are there but not their order yet: the venue's reads lag behind",
      };
    }
    return { kind: "not_found", venueTimeMs: Math.min(realtime.timeMs, orders.timeMs, executions.timeMs) };
  } catch (error) {
    return { kind: "unavailable", reason: errorText(error) };
  }
}
