import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import { exitsProblem } from "./order-exits.ts";
import type { Emit } from "./events.ts";
import { emitOrder, emitPosition, emitWallet } from "./fills.ts";
import { accountMargin, orderMargin } from "./margin.ts";
import { decimal } from "./money.ts";
import type { Decimal } from "./money.ts";
import { closeOrder, fileOrder, openOrder } from "./order-file.ts";
import { bookFills, matchArriving } from "./order-match.ts";
import { reservation, reserveRest, spentCoin } from "./order-reserve.ts";
import { checkOrder, isByValue } from "./order-rules.ts";
import type { CheckedOrder } from "./order-rules.ts";
import { triggerProblem, withDirection } from "./order-trigger.ts";
import type { Order, OrderCategory, OrderRequest, PositionIdx, StopOrderType } from "./orders.ts";
import { isLive, isOpen } from "./orders.ts";
import { positionIdxProblem, withImpliedReduce } from "./position-mode.ts";
import { reducingQty } from "./positions.ts";
import type { Result } from "./refusal.ts";
import { REFUSALS, accept, refuseWith } from "./refusal.ts";
import { marginRules, usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { lotQty, tickPrice, tradableOf, tradeValue } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";
import { freeBalance } from "./wallet.ts";

export { closeOrder, fileOrder } from "./order-file.ts";

const MAX_ACTIVE = 500;
const MAX_CONDITIONAL = 10;

function positionFor(account: Account, request: OrderRequest) {
  const idx: PositionIdx = request.positionIdx === 1 || request.positionIdx === 2 ? request.positionIdx : 0;
  return positionOf(account, request.symbol, idx);
}

/** `qty: "0"` with reduceOnly and closeOnTrigger closes the whole position, up to the largest order. */
function wholePosition(account: Account, request: OrderRequest, tradable: Tradable): OrderRequest {
  if (!request.reduceOnly || !request.closeOnTrigger || !/^0(?:\.0+)?$/.test(request.qty)) return request;
  const position = positionFor(account, request);
  const most = decimal(request.orderType === "Market" ? tradable.maxMarketQty : tradable.maxOrderQty);
  const size = reducingQty(position, request.side, position.qty.abs());
  return { ...request, qty: (size.isGreaterThan(most) ? most : size).toFixed() };
}

/** Reduce-only orders shrink to the position; without one they are refused. Conditional ones are held to it when they wake. */
function fitReduceOnly(
  account: Account,
  tradable: Tradable,
  request: OrderRequest,
  checked: CheckedOrder,
): Result<CheckedOrder> {
  if (!request.reduceOnly || request.trigger !== undefined) return accept(checked);
  const reducing = reducingQty(positionFor(account, request), request.side, checked.qty);
  if (reducing.isZero()) return refuseWith(REFUSALS.reduceOnly);
  if (reducing.isEqualTo(checked.qty)) return accept(checked);
  const qtyLots = reducing.div(tradable.qtyStep).toNumber();
  return accept({ ...checked, qty: lotQty(tradable, qtyLots), qtyLots });
}

/** Initial margin the opening part of an order needs, USD. */
export function neededMargin(
  state: ExchangeState,
  account: Account,
  request: OrderRequest,
  checked: CheckedOrder,
  tradable: Tradable,
): Decimal {
  const position = positionFor(account, request);
  const opening = checked.qty.minus(reducingQty(position, request.side, checked.qty));
  if (tradable.category !== "inverse") {
    return orderMargin(opening, checked.marginPrice, position.leverage, state.fees.takerLinear);
  }
  const value = tradeValue(tradable, opening, checked.marginPrice).times(usdPrice(state, tradable.settleCoin));
  return orderMargin(value, decimal(1), position.leverage, state.fees.takerLinear);
}

/** The part that opens a position must be covered by the available balance. */
function checkMargin(
  state: ExchangeState,
  account: Account,
  request: OrderRequest,
  checked: CheckedOrder,
  tradable: Tradable,
): Result<CheckedOrder> {
  if (request.trigger !== undefined || request.reduceOnly) return accept(checked);
  const needed = neededMargin(state, account, request, checked, tradable);
  if (needed.isZero()) return accept(checked);
  const available = accountMargin(account, marginRules(state)).totalAvailableBalance;
  return needed.isGreaterThan(available) ? refuseWith(REFUSALS.balance) : accept(checked);
}

/** What a spot market order would spend now. */
function marketCost(request: OrderRequest, checked: CheckedOrder, tradable: Tradable): Decimal {
  if (request.side === "Sell") {
    if (!isByValue(request)) return checked.qty;
    const fills = bookFills(tradable, { ...checked, side: "Sell", filledLots: 0 });
    return lotQty(
      tradable,
      fills.reduce((lots, fill) => lots + fill.lots, 0),
    );
  }
  if (isByValue(request)) return checked.qty;
  const fills = bookFills(tradable, { ...checked, side: "Buy", filledLots: 0 });
  return fills.reduce(
    (cost, fill) => cost.plus(lotQty(tradable, fill.lots).times(tickPrice(tradable, fill.ticks))),
    decimal(0),
  );
}

/** What a spot order that rests or waits locks: of an order by value that value, else its quantity at its price. */
function lockFor(request: OrderRequest, checked: CheckedOrder, tradable: Tradable): Decimal {
  return isByValue(request) ? marketCost(request, checked, tradable) : reservation(request, checked.qty, checked.price);
}

/** A spot order must be covered by what is free of the coin it spends. */
function checkSpotBalance(
  account: Account,
  request: OrderRequest,
  checked: CheckedOrder,
  tradable: Tradable,
): Result<CheckedOrder> {
  // A stop order takes its balance when it wakes; a take profit or stop loss locks it at once.
  if (request.trigger !== undefined && request.orderFilter !== "tpslOrder") return accept(checked);
  const isExecuted = request.orderType === "Market" && request.trigger === undefined;
  const needed = isExecuted ? marketCost(request, checked, tradable) : lockFor(request, checked, tradable);
  const free = freeBalance(account.wallet, spentCoin(request, tradable));
  return needed.isGreaterThan(free) ? refuseWith(REFUSALS.spot.balance) : accept(checked);
}

/** Limits on the number of open orders. */
function checkCount(account: Account, request: OrderRequest): Result<undefined> {
  const open = [...account.openOrders];
  if (request.category === "spot") {
    const count = open.filter((order) => order.category === "spot").length;
    return count >= MAX_ACTIVE ? refuseWith(REFUSALS.spot.tooManyOrders) : accept(undefined);
  }
  const same = open.filter((order) => order.category !== "spot" && order.symbol === request.symbol);
  if (request.trigger !== undefined) {
    const stops = same.filter((order) => order.stopOrderType === "Stop").length;
    return stops >= MAX_CONDITIONAL ? refuseWith(REFUSALS.tooManyStops) : accept(undefined);
  }
  return same.filter(isLive).length >= MAX_ACTIVE ? refuseWith(REFUSALS.tooManyOrders) : accept(undefined);
}

/** Everything that can be said about a request before it is filed. */
export function examineOrder(
  state: ExchangeState,
  account: Account,
  asked: OrderRequest,
): Result<{ readonly request: OrderRequest; readonly checked: CheckedOrder; readonly tradable: Tradable }> {
  const category: OrderCategory = asked.category ?? "linear";
  const isSpot = category === "spot";
  const tradable = tradableOf(state, category, asked.symbol);
  if (tradable === undefined) return refuseWith(isSpot ? REFUSALS.spot.unknownSymbol : REFUSALS.unknownSymbol);
  const idx = isSpot ? undefined : positionIdxProblem(account, asked);
  if (idx !== undefined) return refuseWith(idx);
  const request = wholePosition(account, withDirection(withImpliedReduce({ ...asked, category }), tradable), tradable);
  if (request.reduceOnly && request.qty === "0") return refuseWith(REFUSALS.reduceOnly);
  const checked = checkOrder(request, tradable, account.priceLimits);
  if (!checked.ok) return checked;
  if (account.ordersByLinkId.has(request.orderLinkId)) {
    return refuseWith(isSpot ? REFUSALS.spot.duplicateLinkId : REFUSALS.duplicateLinkId);
  }
  const problem = triggerProblem(request, tradable) ?? exitsProblem(request, tradable, checked.value.marginPrice);
  if (problem !== undefined) return refuseWith(problem);
  const count = checkCount(account, request);
  if (!count.ok) return count;
  const fitted = isSpot ? accept(checked.value) : fitReduceOnly(account, tradable, request, checked.value);
  if (!fitted.ok) return fitted;
  const covered = isSpot
    ? checkSpotBalance(account, request, fitted.value, tradable)
    : checkMargin(state, account, request, fitted.value, tradable);
  return covered.ok ? accept({ request, checked: covered.value, tradable }) : covered;
}

function stopTypeOf(request: OrderRequest): StopOrderType {
  if (request.trigger === undefined) return "";
  return request.category === "spot" && request.orderFilter === "tpslOrder" ? "tpslOrder" : "Stop";
}

/** Lets a conditional order wait; a spot take profit or stop loss locks its balance meanwhile. */
function wait(
  state: ExchangeState,
  account: Account,
  order: Order,
  tradable: Tradable,
  timeMs: number,
  emit: Emit,
  locks: Decimal,
): void {
  if (order.stopOrderType === "tpslOrder") reserveRest(account, order, tradable, locks);
  openOrder(state, account, order);
  emitOrder(order, state.sequence.next(), timeMs, emit);
  if (order.category === "spot") emitWallet(state, account, timeMs, emit, [spentCoin(order, tradable)]);
  else emitPosition(state, account, tradable.market, timeMs, emit);
}

/**
 * Takes a new order. Success means that it entered the system; what became of it is told by events.
 * A refused request leaves no trace: its link id stays free.
 */
export function createOrder(
  state: ExchangeState,
  account: Account,
  asked: OrderRequest,
  timeMs: number,
  emit: Emit,
): Result<Order> {
  const examined = examineOrder(state, account, asked);
  if (!examined.ok) return examined;
  const { request, checked, tradable } = examined.value;
  const waits = request.trigger !== undefined;
  const order = fileOrder(state, account, tradable.market, request, checked, {
    timeMs,
    createType: "CreateByUser",
    stopOrderType: stopTypeOf(request),
    waits,
  });
  if (waits) {
    wait(state, account, order, tradable, timeMs, emit, lockFor(request, checked, tradable));
    return accept(order);
  }
  if (order.category === "spot" && order.orderType === "Limit") {
    reserveRest(account, order, tradable, reservation(order, order.qty, order.price));
  }
  matchArriving(state, account, order, timeMs, emit);
  return accept(order);
}

/** An order named by id or by link id; the id wins when both are given. */
export interface OrderName {
  readonly orderId: string | undefined;
  readonly orderLinkId: string | undefined;
}

/** An order named within its instrument. */
export interface OrderTarget extends OrderName {
  /** Linear when absent. */
  readonly category?: OrderCategory | undefined;
  readonly symbol: string;
}

export function findOrder(account: Account, name: OrderName): Order | undefined {
  if (name.orderId !== undefined) return account.ordersById.get(name.orderId);
  return name.orderLinkId === undefined ? undefined : account.ordersByLinkId.get(name.orderLinkId);
}

/** The open order a request names, or the answer that there is none. */
export function findOpen(
  state: ExchangeState,
  account: Account,
  target: OrderTarget,
  replace = false,
): Result<{ readonly order: Order; readonly tradable: Tradable }> {
  const category = target.category ?? "linear";
  const isSpot = category === "spot";
  const tradable = tradableOf(state, category, target.symbol);
  if (tradable === undefined) return refuseWith(isSpot ? REFUSALS.spot.unknownSymbol : REFUSALS.unknownSymbol);
  const order = findOrder(account, target);
  const known = order !== undefined && order.symbol === target.symbol && order.category === category;
  if (known && isOpen(order)) return accept({ order, tradable });
  if (!isSpot) return refuseWith(replace ? REFUSALS.noSuchOrderToReplace : REFUSALS.noSuchOrder);
  return refuseWith(REFUSALS.spot.noSuchOrder);
}

/** Ends an open order because its owner says so. */
export function endByUser(state: ExchangeState, account: Account, order: Order, timeMs: number, emit: Emit): void {
  closeOrder(state, account, order, { cancelType: "CancelByUser", rejectReason: "EC_PerCancelRequest", timeMs });
  emitOrder(order, state.sequence.next(), timeMs, emit);
}

/** Cancels an open order of `symbol`. */
export function cancelOrder(
  state: ExchangeState,
  account: Account,
  target: OrderTarget,
  timeMs: number,
  emit: Emit,
): Result<Order> {
  const found = findOpen(state, account, target);
  if (!found.ok) return found;
  const { order, tradable } = found.value;
  endByUser(state, account, order, timeMs, emit);
  if (order.category === "spot") emitWallet(state, account, timeMs, emit, [spentCoin(order, tradable)]);
  else emitPosition(state, account, tradable.market, timeMs, emit);
  return accept(order);
}

/** What a cancel-all covers. */
export interface CancelScope {
  readonly category: OrderCategory;
  readonly symbol: string | undefined;
  readonly baseCoin: string | undefined;
  readonly settleCoin: string | undefined;
  /** Undefined: every kind. */
  readonly orderFilter: "Order" | "StopOrder" | "tpslOrder" | undefined;
}

function isOfKind(order: Order, filter: CancelScope["orderFilter"]): boolean {
  switch (filter) {
    case undefined:
      return true;
    case "Order":
      return order.stopOrderType === "";
    case "StopOrder":
      return order.stopOrderType !== "" && order.stopOrderType !== "tpslOrder";
    case "tpslOrder":
      return order.stopOrderType === "tpslOrder";
    default:
      return filter satisfies never;
  }
}

/** Cancels every open order of the scope, oldest first, at most 500. */
export function cancelAllOrders(
  state: ExchangeState,
  account: Account,
  scope: CancelScope,
  timeMs: number,
  emit: Emit,
): Result<readonly Order[]> {
  const isSpot = scope.category === "spot";
  if (scope.symbol !== undefined && tradableOf(state, scope.category, scope.symbol) === undefined) {
    return refuseWith(isSpot ? REFUSALS.spot.unknownSymbol : REFUSALS.unknownSymbol);
  }
  const inScope = (order: Order): boolean => {
    const tradable = tradableOf(state, order.category, order.symbol);
    if (order.category !== scope.category || tradable === undefined) return false;
    // The narrower name wins: symbol, then baseCoin, then settleCoin.
    if (scope.symbol !== undefined) return order.symbol === scope.symbol;
    if (scope.baseCoin !== undefined) return tradable.baseCoin === scope.baseCoin;
    return scope.settleCoin === undefined || tradable.settleCoin === scope.settleCoin;
  };
  const chosen = [...account.openOrders]
    .filter((order) => inScope(order) && isOfKind(order, scope.orderFilter))
    .toSorted((left, right) => left.number - right.number)
    .slice(0, MAX_ACTIVE);
  const touched = new Map<string, Tradable>();
  for (const order of chosen) {
    const tradable = tradableOf(state, order.category, order.symbol);
    if (tradable !== undefined) touched.set(order.symbol, tradable);
    endByUser(state, account, order, timeMs, emit);
  }
  for (const tradable of touched.values()) {
    if (isSpot) emitWallet(state, account, timeMs, emit, [tradable.baseCoin, tradable.quoteCoin]);
    else emitPosition(state, account, tradable.market, timeMs, emit);
  }
  return accept(chosen);
}
