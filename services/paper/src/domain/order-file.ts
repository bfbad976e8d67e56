import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import { priceOf } from "./market.ts";
import { ZERO } from "./money.ts";
import { isByValue } from "./order-rules.ts";
import type { CheckedOrder } from "./order-rules.ts";
import { NO_EXITS } from "./orders.ts";
import type { CancelType, CreateType, MarketUnit, Order, OrderRequest, PositionIdx } from "./orders.ts";
import type { RejectReason, StopOrderType, Trailing } from "./orders.ts";
import { isLive } from "./orders.ts";
import { releaseRest } from "./order-reserve.ts";
import { addResting, removeResting, restingOf } from "./resting-orders.ts";
import { newId, newSpotId } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { tradableOfOrder } from "./tradable.ts";

export interface FileOptions {
  readonly timeMs: number;
  readonly createType: CreateType;
  /** "" when absent. */
  readonly stopOrderType?: StopOrderType;
  readonly trailing?: Trailing | undefined;
  /** Waits for its trigger. */
  readonly waits?: boolean;
}

function positionIdxOf(request: OrderRequest): PositionIdx {
  return request.positionIdx === 1 || request.positionIdx === 2 ? request.positionIdx : 0;
}

function marketUnitOf(request: OrderRequest): MarketUnit {
  if (request.category !== "spot" || request.orderType !== "Market") return "";
  return isByValue(request) ? "quoteCoin" : "baseCoin";
}

/** Spot orders without a link id get one: the order id plus one (recorded). */
function linkIdOf(request: OrderRequest, orderId: string): string {
  if (request.orderLinkId !== "" || request.category !== "spot") return request.orderLinkId;
  return (BigInt(orderId) + 1n).toString();
}

/** Creates the record of an order and files it; the link id is taken for good from here on. */
export function fileOrder(
  state: ExchangeState,
  account: Account,
  market: Market,
  request: OrderRequest,
  checked: Pick<CheckedOrder, "qty" | "qtyLots" | "price" | "limitTicks">,
  options: FileOptions,
): Order {
  state.ordersCreated += 1;
  const category = request.category ?? "linear";
  const orderId = category === "spot" ? newSpotId(state) : newId(state);
  const order: Order = {
    category,
    orderId,
    orderLinkId: linkIdOf(request, orderId),
    uid: account.uid,
    symbol: request.symbol,
    side: request.side,
    orderType: request.orderType,
    timeInForce: request.orderType === "Market" ? "IOC" : request.timeInForce,
    positionIdx: positionIdxOf(request),
    reduceOnly: request.reduceOnly,
    closeOnTrigger: request.closeOnTrigger,
    createType: options.createType,
    stopOrderType: options.stopOrderType ?? "",
    isLeverage: request.isLeverage ?? false,
    marketUnit: marketUnitOf(request),
    slippage: request.slippage,
    qty: checked.qty,
    price: checked.price,
    limitTicks: checked.limitTicks,
    qtyLots: checked.qtyLots,
    trigger: request.trigger,
    exits: request.exits ?? NO_EXITS,
    trailing: options.trailing,
    reserved: ZERO,
    lastPriceOnCreated: priceOf(market),
    createdMs: options.timeMs,
    number: state.ordersCreated,
    status: options.waits === true ? "Untriggered" : "New",
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

/** Opens an order: it rests in the book, or waits for its trigger. */
export function openOrder(state: ExchangeState, account: Account, order: Order): void {
  account.openOrders.add(order);
  if (isLive(order)) addResting(restingOf(state.resting, order), order);
  else state.waiting.add(order);
}

/** Takes an order out of the book and of the waiting ones. */
export function withdrawOrder(state: ExchangeState, account: Account, order: Order): void {
  account.openOrders.delete(order);
  removeResting(restingOf(state.resting, order), order);
  state.waiting.delete(order);
}

function closedStatus(order: Order): Order["status"] {
  if (order.status === "Untriggered") return "Deactivated";
  const isFilledSpot = order.category === "spot" && order.cumExecQty.isGreaterThan(0);
  return isFilledSpot ? "PartiallyFilledCanceled" : "Cancelled";
}

/** Closes an order that will not fill further, and gives back what it had locked. */
export function closeOrder(
  state: ExchangeState,
  account: Account,
  order: Order,
  why: { readonly cancelType: CancelType; readonly rejectReason: RejectReason; readonly timeMs: number },
): void {
  order.status = closedStatus(order);
  order.cancelType = why.cancelType;
  order.rejectReason = why.rejectReason;
  order.updatedMs = why.timeMs;
  withdrawOrder(state, account, order);
  if (order.category === "spot") releaseRest(account, order, tradableOfOrder(state, order));
}
