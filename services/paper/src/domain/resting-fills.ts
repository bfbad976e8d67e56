import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import { bestAskTicks, bestBidTicks } from "./book.ts";
import type { Emit } from "./events.ts";
import { applyMatch, emitOrder } from "./fills.ts";
import { closeOrder, withdrawOrder } from "./order-file.ts";
import { tellAfter } from "./order-match.ts";
import { wakeTriggered } from "./order-trigger.ts";
import type { Order, OrderCategory } from "./orders.ts";
import { reducingQty } from "./positions.ts";
import { crossedOrders, restingKey } from "./resting-orders.ts";
import type { ExchangeState } from "./state.ts";
import { tradableOfOrder } from "./tradable.ts";
import { contractKind } from "./positions.ts";

/** Lots a resting order may still fill: a reduce-only one not more than the position. */
function fillableLots(state: ExchangeState, account: Account, order: Order): number {
  const lots = order.qtyLots - order.filledLots;
  if (!order.reduceOnly) return lots;
  const { qtyStep } = tradableOfOrder(state, order);
  const position = positionOf(account, order.symbol, order.positionIdx);
  const reducing = reducingQty(position, order.side, order.qty.minus(order.cumExecQty));
  return Math.min(lots, reducing.div(qtyStep).toNumber());
}

/**
 * Fills a resting order at its own price, as maker.
 * @param most fills no more than this many lots; all that is left by default
 */
export function fillResting(
  state: ExchangeState,
  account: Account,
  order: Order,
  timeMs: number,
  emit: Emit,
  most = Number.POSITIVE_INFINITY,
): void {
  const seq = state.sequence.next();
  const fillable = fillableLots(state, account, order);
  const lots = Math.min(fillable, most);
  if (lots > 0) {
    const fills = [{ ticks: order.limitTicks, lots }];
    applyMatch(state, account, order, { fills, isMaker: true, execType: "Trade", timeMs, seq }, emit);
  }
  if (order.status === "Filled") {
    withdrawOrder(state, account, order);
  } else if (lots === fillable) {
    closeOrder(state, account, order, { cancelType: "CancelByReduceOnly", rejectReason: "EC_NoError", timeMs });
  }
  emitOrder(order, seq, timeMs, emit);
  tellAfter(state, account, order, true, timeMs, emit);
}

/** Fills the resting orders of one category of a symbol that its book has reached. */
function fillCrossed(
  state: ExchangeState,
  named: { readonly category: OrderCategory; readonly symbol: string },
  timeMs: number,
  emit: Emit,
): void {
  const resting = state.resting.get(restingKey(named));
  if (resting === undefined || resting.orders.size === 0) return;
  const { book } = tradableOfOrder(state, named);
  for (const order of crossedOrders(resting, bestBidTicks(book), bestAskTicks(book))) {
    const account = state.accounts.get(order.uid);
    if (account !== undefined && resting.orders.has(order)) fillResting(state, account, order, timeMs, emit);
  }
}

/** After the markets moved: resting orders that were reached fill, then conditional ones wake. */
export function stepOrders(state: ExchangeState, timeMs: number, emit: Emit): void {
  for (const { instrument } of state.markets) {
    const { symbol } = instrument;
    fillCrossed(state, { category: contractKind(symbol), symbol }, timeMs, emit);
    fillCrossed(state, { category: "spot", symbol }, timeMs, emit);
  }
  wakeTriggered(state, timeMs, emit);
}
