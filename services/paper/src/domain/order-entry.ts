import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import type { BookFill } from "./book.ts";
import { bestAskTicks, bestBidTicks, quoteFills, takeFills } from "./book.ts";
import type { Emit } from "./events.ts";
import { applyMatch, emitOrder, emitPosition, emitWallet } from "./fills.ts";
import { accountMargin, orderMargin } from "./margin.ts";
import type { Market } from "./market.ts";
import { lotsToQty, priceOf } from "./market.ts";
import { ZERO } from "./money.ts";
import type { CheckedOrder } from "./order-rules.ts";
import { checkOrder } from "./order-rules.ts";
import type { CancelType, CreateType, Order, OrderRequest, RejectReason } from "./orders.ts";
import { isOpen } from "./orders.ts";
import { reducingQty } from "./positions.ts";
import type { Result } from "./refusal.ts";
import { REFUSALS, accept, refuseWith } from "./refusal.ts";
import { addResting, removeResting } from "./resting-orders.ts";
import { marginRules, newId } from "./state.ts";
import type { ExchangeState } from "./state.ts";

/** Creates the record of an order and files it; the link id is taken for good from here on. */
export function fileOrder(
  state: ExchangeState,
  account: Account,
  market: Market,
  request: OrderRequest,
  checked: Pick<CheckedOrder, "qty" | "qtyLots" | "price" | "limitTicks">,
  options: { readonly timeMs: number; readonly createType: CreateType },
): Order {
  state.ordersCreated += 1;
  const order: Order = {
    orderId: newId(state),
    orderLinkId: request.orderLinkId,
    uid: account.uid,
    symbol: request.symbol,
    side: request.side,
    orderType: request.orderType,
    timeInForce: request.orderType === "Market" ? "IOC" : request.timeInForce,
    reduceOnly: request.reduceOnly,
    closeOnTrigger: request.closeOnTrigger,
    createType: options.createType,
    qty: checked.qty,
    price: checked.price,
    limitTicks: checked.limitTicks,
    qtyLots: checked.qtyLots,
    lastPriceOnCreated: priceOf(market),
    createdMs: options.timeMs,
    number: state.ordersCreated,
    status: "New",
    filledLots: 0,
    cumExecQty: ZERO,
    cumExecValue: ZERO,
    cumExecFee: ZERO,
    closedPnl: ZERO,
    cancelType: "UNKNOWN",
    rejectReason: "EC_NoError",
    updatedMs: options.timeMs,
  };
  account.orders.push(order);
  account.ordersById.set(order.orderId, order);
  if (order.orderLinkId !== "") account.ordersByLinkId.set(order.orderLinkId, order);
  return order;
}

/** Reduce-only orders shrink to the position; without one they are refused. */
function fitReduceOnly(
  account: Account,
  market: Market,
  request: OrderRequest,
  checked: CheckedOrder,
): Result<CheckedOrder> {
  if (!request.reduceOnly) return accept(checked);
  const reducing = reducingQty(positionOf(account, request.symbol), request.side, checked.qty);
  if (reducing.isZero()) return refuseWith(REFUSALS.reduceOnly);
  if (reducing.isEqualTo(checked.qty)) return accept(checked);
  const qtyLots = reducing.div(market.instrument.linear.qtyStep).toNumber();
  return accept({ ...checked, qty: lotsToQty(market, qtyLots), qtyLots });
}

/** The part that opens a position must be covered by the available balance. */
function checkMargin(
  state: ExchangeState,
  account: Account,
  request: OrderRequest,
  checked: CheckedOrder,
): Result<CheckedOrder> {
  const position = positionOf(account, request.symbol);
  const opening = checked.qty.minus(reducingQty(position, request.side, checked.qty));
  if (opening.isZero()) return accept(checked);
  const needed = orderMargin(opening, checked.marginPrice, position.leverage, state.fees.takerLinear);
  const available = accountMargin(account, marginRules(state)).totalAvailableBalance;
  return needed.isGreaterThan(available) ? refuseWith(REFUSALS.balance) : accept(checked);
}

/** Closes an order that will not fill further. Its status stays Filled when it is. */
export function closeOrder(
  state: ExchangeState,
  account: Account,
  order: Order,
  why: { readonly cancelType: CancelType; readonly rejectReason: RejectReason; readonly timeMs: number },
): void {
  order.status = "Cancelled";
  order.cancelType = why.cancelType;
  order.rejectReason = why.rejectReason;
  order.updatedMs = why.timeMs;
  account.openOrders.delete(order);
  const resting = state.resting.get(order.symbol);
  if (resting !== undefined) removeResting(resting, order);
}

/** What the book gives an arriving order, and why it takes nothing where it does not. */
function arrivingFills(
  market: Market,
  order: Order,
): { readonly fills: readonly BookFill[]; readonly refusal?: RejectReason } {
  const { linearBook: book } = market;
  if (order.timeInForce === "PostOnly") {
    const crosses =
      order.side === "Buy" ? order.limitTicks >= bestAskTicks(book) : order.limitTicks <= bestBidTicks(book);
    return crosses ? { fills: [], refusal: "EC_PostOnlyWillTakeLiquidity" } : { fills: [] };
  }
  const fills = quoteFills(book, order.side, order.limitTicks, order.qtyLots);
  const filled = fills.reduce((total, fill) => total + fill.lots, 0);
  if (order.timeInForce === "FOK" && filled < order.qtyLots) return { fills: [], refusal: "EC_NoEnoughQtyToFill" };
  if (order.timeInForce === "IOC" && filled === 0) return { fills: [], refusal: "EC_NoImmediateQtyToFill" };
  if (order.timeInForce === "IOC" && filled < order.qtyLots) return { fills, refusal: "EC_CancelForNoFullFill" };
  return { fills };
}

/** Lets an order meet the book, rests or closes what is left, and tells the account. */
export function matchArriving(
  state: ExchangeState,
  account: Account,
  market: Market,
  order: Order,
  timeMs: number,
  emit: Emit,
): void {
  const seq = state.sequence.next();
  const { fills, refusal } = arrivingFills(market, order);
  if (fills.length > 0) {
    takeFills(market.linearBook, order.side, fills);
    market.linearSeq = seq;
  }
  applyMatch(state, account, order, { fills, isMaker: false, execType: "Trade", timeMs, seq }, emit);
  if (refusal !== undefined) {
    closeOrder(state, account, order, { cancelType: "UNKNOWN", rejectReason: refusal, timeMs });
  } else if (isOpen(order)) {
    account.openOrders.add(order);
    const resting = state.resting.get(order.symbol);
    if (resting !== undefined) addResting(resting, order);
  }
  emitOrder(order, seq, timeMs, emit);
  if (fills.length > 0) cancelIdleReduceOnly(state, account, market, timeMs, emit);
  emitPosition(state, account, market, timeMs, emit);
  if (fills.length > 0) emitWallet(state, account, timeMs, emit);
}

/** Cancels resting reduce-only orders that no longer have a position to reduce. */
export function cancelIdleReduceOnly(
  state: ExchangeState,
  account: Account,
  market: Market,
  timeMs: number,
  emit: Emit,
): void {
  const position = positionOf(account, market.instrument.symbol);
  for (const order of account.openOrders) {
    if (!order.reduceOnly || order.symbol !== position.symbol) continue;
    if (!reducingQty(position, order.side, order.qty).isZero()) continue;
    closeOrder(state, account, order, { cancelType: "CancelByReduceOnly", rejectReason: "EC_NoError", timeMs });
    emitOrder(order, state.sequence.next(), timeMs, emit);
  }
}

/**
 * Takes a new order. Success means that it entered the system; what became of it is told by events.
 * A refused request leaves no trace: its link id stays free.
 */
export function createOrder(
  state: ExchangeState,
  account: Account,
  request: OrderRequest,
  timeMs: number,
  emit: Emit,
): Result<Order> {
  const market = state.marketBySymbol.get(request.symbol);
  if (market === undefined) return refuseWith(REFUSALS.unknownSymbol);
  const checked = checkOrder(request, market);
  if (!checked.ok) return checked;
  if (account.ordersByLinkId.has(request.orderLinkId)) return refuseWith(REFUSALS.duplicateLinkId);
  const fitted = fitReduceOnly(account, market, request, checked.value);
  if (!fitted.ok) return fitted;
  const affordable = checkMargin(state, account, request, fitted.value);
  if (!affordable.ok) return affordable;
  const order = fileOrder(state, account, market, request, affordable.value, { timeMs, createType: "CreateByUser" });
  matchArriving(state, account, market, order, timeMs, emit);
  return accept(order);
}

/** An order named by id or by link id; the id wins when both are given. */
export interface OrderName {
  readonly orderId: string | undefined;
  readonly orderLinkId: string | undefined;
}

export function findOrder(account: Account, name: OrderName): Order | undefined {
  if (name.orderId !== undefined) return account.ordersById.get(name.orderId);
  return name.orderLinkId === undefined ? undefined : account.ordersByLinkId.get(name.orderLinkId);
}

/** Cancels an open order of `symbol`. */
export function cancelOrder(
  state: ExchangeState,
  account: Account,
  target: OrderName & { readonly symbol: string },
  timeMs: number,
  emit: Emit,
): Result<Order> {
  const market = state.marketBySymbol.get(target.symbol);
  if (market === undefined) return refuseWith(REFUSALS.unknownSymbol);
  const order = findOrder(account, target);
  if (order === undefined || order.symbol !== target.symbol || !isOpen(order)) return refuseWith(REFUSALS.noSuchOrder);
  closeOrder(state, account, order, { cancelType: "CancelByUser", rejectReason: "EC_PerCancelRequest", timeMs });
  emitOrder(order, state.sequence.next(), timeMs, emit);
  emitPosition(state, account, market, timeMs, emit);
  return accept(order);
}
