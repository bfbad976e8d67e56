import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import type { BookFill } from "./book.ts";
import { bestAskTicks, bestBidTicks, quoteFills, takeFills } from "./book.ts";
import type { Emit } from "./events.ts";
import { applyMatch, coinsOf, emitOrder, emitPosition, emitWallet } from "./fills.ts";
import type { Decimal } from "./money.ts";
import { closeOrder, openOrder, withdrawOrder } from "./order-file.ts";
import { placeExits, settleExits } from "./order-exits.ts";
import { affordableLots } from "./order-reserve.ts";
import { LOTS_BY_VALUE } from "./order-rules.ts";
import type { Order, RejectReason } from "./orders.ts";
import { isLive } from "./orders.ts";
import { reducingQty } from "./positions.ts";
import type { ExchangeState } from "./state.ts";
import { lotQty, tickPrice, tradableOfOrder } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";

/** Cuts fills to a budget of the quote coin, best price first. */
function withinBudget(fills: readonly BookFill[], budget: Decimal, tradable: Tradable): readonly BookFill[] {
  let left = budget;
  const kept: BookFill[] = [];
  for (const fill of fills) {
    const lots = Math.min(fill.lots, affordableLots(left, fill.ticks, tradable));
    if (lots > 0) kept.push({ ticks: fill.ticks, lots });
    left = left.minus(lotQty(tradable, lots).times(tickPrice(tradable, fill.ticks)));
    if (lots < fill.lots) break;
  }
  return kept;
}

/** What the book would give an order now, within its limit and, where it has one, its budget. */
export function bookFills(
  tradable: Tradable,
  order: Pick<Order, "side" | "limitTicks" | "qty" | "qtyLots" | "filledLots">,
): readonly BookFill[] {
  const { book } = tradable;
  if (order.qtyLots !== LOTS_BY_VALUE) {
    return quoteFills(book, order.side, order.limitTicks, order.qtyLots - order.filledLots);
  }
  return withinBudget(quoteFills(book, order.side, order.limitTicks, LOTS_BY_VALUE), order.qty, tradable);
}

/** What the book gives an arriving order, and why it takes nothing where it does not. */
function arrivingFills(
  tradable: Tradable,
  order: Order,
): { readonly fills: readonly BookFill[]; readonly refusal?: RejectReason } {
  const { book } = tradable;
  if (order.timeInForce === "PostOnly") {
    const crosses =
      order.side === "Buy" ? order.limitTicks >= bestAskTicks(book) : order.limitTicks <= bestBidTicks(book);
    return crosses ? { fills: [], refusal: "EC_PostOnlyWillTakeLiquidity" } : { fills: [] };
  }
  const fills = bookFills(tradable, order);
  const filled = order.filledLots + fills.reduce((total, fill) => total + fill.lots, 0);
  if (order.timeInForce === "FOK" && filled < order.qtyLots) return { fills: [], refusal: "EC_NoEnoughQtyToFill" };
  if (order.timeInForce === "IOC" && filled === 0) return { fills: [], refusal: "EC_NoImmediateQtyToFill" };
  if (order.timeInForce === "IOC" && filled < order.qtyLots) {
    return { fills, refusal: "EC_CancelForNoFullFill" };
  }
  return { fills };
}

/** A buy by value that spent all of it is filled, whatever the number of lots. */
function endByValue(order: Order): void {
  if (order.qtyLots !== LOTS_BY_VALUE || !order.cumExecValue.isEqualTo(order.qty)) return;
  order.qtyLots = order.filledLots;
  order.status = "Filled";
}

/** Lets an order meet the book, rests or closes what is left, and tells the account. */
export function matchArriving(state: ExchangeState, account: Account, order: Order, timeMs: number, emit: Emit): void {
  const tradable = tradableOfOrder(state, order);
  const seq = state.sequence.next();
  const { fills, refusal } = arrivingFills(tradable, order);
  if (fills.length > 0) {
    takeFills(tradable.book, order.side, fills);
    if (order.category === "spot") tradable.market.spotSeq = seq;
    else tradable.market.linearSeq = seq;
  }
  applyMatch(state, account, order, { fills, isMaker: false, execType: "Trade", timeMs, seq }, emit);
  endByValue(order);
  if (order.status === "Filled") {
    withdrawOrder(state, account, order);
  } else if (refusal !== undefined) {
    closeOrder(state, account, order, { cancelType: "UNKNOWN", rejectReason: refusal, timeMs });
  } else if (isLive(order)) {
    openOrder(state, account, order);
  }
  emitOrder(order, seq, timeMs, emit);
  tellAfter(state, account, order, fills.length > 0, timeMs, emit);
}

/** What follows every change of an order: exits it asked for, idle reduce-only orders, position and wallet. */
export function tellAfter(
  state: ExchangeState,
  account: Account,
  order: Order,
  filled: boolean,
  timeMs: number,
  emit: Emit,
): void {
  const { market } = tradableOfOrder(state, order);
  if (filled && order.category !== "spot") {
    placeExits(state, account, order, timeMs, emit);
    settleExits(state, account, order.symbol, timeMs, emit);
    trimReduceOnly(state, account, order.symbol, timeMs, emit);
  }
  if (order.category !== "spot") emitPosition(state, account, market, timeMs, emit);
  if (filled || order.category === "spot") emitWallet(state, account, timeMs, emit, coinsOf(state, order));
}

/**
 * Holds resting reduce-only orders against the position: oldest first they share its size; what exceeds it is cut, and an
 * order without anything left to reduce is cancelled.
 */
export function trimReduceOnly(
  state: ExchangeState,
  account: Account,
  symbol: string,
  timeMs: number,
  emit: Emit,
): void {
  const claimed = new Map<string, number>();
  for (const order of [...account.openOrders].toSorted((left, right) => left.number - right.number)) {
    if (!order.reduceOnly || order.symbol !== symbol || order.category === "spot" || !isLive(order)) continue;
    const tradable = tradableOfOrder(state, order);
    const position = positionOf(account, symbol, order.positionIdx);
    const key = `${order.positionIdx} ${order.side}`;
    const size = reducingQty(position, order.side, position.qty.abs()).div(tradable.qtyStep).toNumber();
    const room = Math.max(0, size - (claimed.get(key) ?? 0));
    const left = order.qtyLots - order.filledLots;
    claimed.set(key, (claimed.get(key) ?? 0) + Math.min(room, left));
    if (left <= room) continue;
    if (room === 0) {
      closeOrder(state, account, order, { cancelType: "CancelByReduceOnly", rejectReason: "EC_NoError", timeMs });
    } else {
      order.qtyLots = order.filledLots + room;
      order.qty = lotQty(tradable, order.qtyLots);
      order.updatedMs = timeMs;
    }
    emitOrder(order, state.sequence.next(), timeMs, emit);
  }
}
