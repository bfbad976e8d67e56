import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import type { Emit } from "./events.ts";
import { emitOrder } from "./fills.ts";
import { accountMargin, orderMargin } from "./margin.ts";
import { priceOf } from "./market.ts";
import { decimal } from "./money.ts";
import type { Decimal } from "./money.ts";
import { closeOrder } from "./order-file.ts";
import { bookFills, matchArriving } from "./order-match.ts";
import { reservation, reserveRest, spentCoin } from "./order-reserve.ts";
import { LOTS_BY_VALUE, bandedPrice, checkPrice, marketLimit } from "./order-rules.ts";
import type { Order, OrderRequest, TriggerBy } from "./orders.ts";
import { reducingQty } from "./positions.ts";
import type { Refusal } from "./refusal.ts";
import { marginRules } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { lotQty, tickPrice, tradableOfOrder } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";
import { freeBalance } from "./wallet.ts";

/** The price a trigger watches. */
export function watchedPrice(tradable: Tradable, _by: TriggerBy): Decimal {
  // Last, mark and index are one price here (docs/paper-exchange.md).
  return priceOf(tradable.market);
}

/** Spot orders do not say from which side their trigger is reached: the last price tells. */
export function withDirection(request: OrderRequest, tradable: Tradable): OrderRequest {
  const { trigger } = request;
  if (trigger === undefined || trigger.direction !== 0 || !checkPrice(trigger.price, tradable).ok) return request;
  const above = decimal(trigger.price).isGreaterThan(watchedPrice(tradable, trigger.by));
  return { ...request, trigger: { ...trigger, direction: above ? 1 : 2 } };
}

/** What is wrong with the trigger of a request; undefined when nothing is. */
export function triggerProblem(request: OrderRequest, tradable: Tradable): Refusal | undefined {
  const { trigger } = request;
  if (trigger === undefined) return undefined;
  if (!checkPrice(trigger.price, tradable).ok) {
    return tradable.category === "spot"
      ? { code: 170130, message: "Data sent for parameter 'triggerPrice' is not valid." }
      : { code: 10001, message: "params error: triggerPrice invalid" };
  }
  if (tradable.category === "spot") return undefined;
  return directionProblem(trigger.price, trigger.direction, watchedPrice(tradable, trigger.by));
}

/** A trigger must lie where the price has still to go. */
export function directionProblem(price: string, direction: 0 | 1 | 2, now: Decimal): Refusal | undefined {
  const at = decimal(price);
  if (direction === 1 && !at.isGreaterThan(now)) {
    return { code: 110092, message: `expect Rising, but trigger_price[${price}] <= current[${now.toFixed()}]` };
  }
  if (direction === 2 && !at.isLessThan(now)) {
    return { code: 110093, message: `expect Falling, but trigger_price[${price}] >= current[${now.toFixed()}]` };
  }
  return undefined;
}

/** Lets a trailing stop follow the price; before its activation price it does not move and cannot trigger. */
function trail(order: Order, price: Decimal): boolean {
  const { trailing, trigger } = order;
  if (trailing === undefined || trigger === undefined) return true;
  const sells = order.side === "Sell";
  if (trailing.activePrice !== "") {
    const active = sells ? !price.isLessThan(trailing.activePrice) : !price.isGreaterThan(trailing.activePrice);
    if (!active) return false;
    order.trailing = { ...trailing, activePrice: "" };
  }
  const next = sells ? price.minus(trailing.distance) : price.plus(trailing.distance);
  const better = sells ? next.isGreaterThan(trigger.price) : next.isLessThan(trigger.price);
  if (better || trigger.price === "") order.trigger = { ...trigger, price: next.toFixed() };
  return true;
}

function isReached(order: Order, tradable: Tradable): boolean {
  if (order.trigger === undefined) return false;
  const price = watchedPrice(tradable, order.trigger.by);
  if (!trail(order, price)) return false;
  const { trigger } = order;
  return trigger.direction === 1 ? !price.isLessThan(trigger.price) : !price.isGreaterThan(trigger.price);
}

/** Sets the price a woken order carries; false when the account's price band action refuses it. */
function reprice(account: Account, order: Order, tradable: Tradable): boolean {
  const limit =
    order.orderType === "Market"
      ? marketLimit(order, tradable)
      : bandedPrice(order.price.toFixed(), order.side, tradable, account.priceLimits);
  if (!limit.ok) return false;
  order.price = limit.value;
  order.limitTicks = limit.value.div(tradable.tickSize).toNumber();
  return true;
}

/** Whether position, margin or balance still carry a woken order; cuts a reduce-only one to the position. */
function isCovered(state: ExchangeState, account: Account, order: Order, tradable: Tradable): boolean {
  if (order.category === "spot") {
    const coin = spentCoin(order, tradable);
    if (order.orderType === "Limit") {
      return reserveRest(account, order, tradable, reservation(order, order.qty, order.price));
    }
    const free = freeBalance(account.wallet, coin).plus(order.reserved);
    const needed =
      order.side === "Sell" || order.qtyLots === LOTS_BY_VALUE
        ? order.qty
        : bookFills(tradable, order).reduce(
            (cost, fill) => cost.plus(lotQty(tradable, fill.lots).times(tickPrice(tradable, fill.ticks))),
            decimal(0),
          );
    return !needed.isGreaterThan(free);
  }
  const position = positionOf(account, order.symbol, order.positionIdx);
  const reducing = reducingQty(position, order.side, order.qty);
  if (order.reduceOnly) {
    order.qtyLots = reducing.div(tradable.qtyStep).toNumber();
    order.qty = lotQty(tradable, order.qtyLots);
    return order.qtyLots > 0;
  }
  const opening = order.qty.minus(reducing);
  if (opening.isZero()) return true;
  const value = tradable.category === "inverse" ? decimal(1) : order.price;
  const needed = orderMargin(opening, value, position.leverage, state.fees.takerLinear);
  return !needed.isGreaterThan(accountMargin(account, marginRules(state)).totalAvailableBalance);
}

/** Wakes a conditional order: Triggered, then it arrives like any other. */
function wake(state: ExchangeState, account: Account, order: Order, timeMs: number, emit: Emit): void {
  const tradable = tradableOfOrder(state, order);
  state.waiting.delete(order);
  account.openOrders.delete(order);
  order.status = "Triggered";
  order.updatedMs = timeMs;
  emitOrder(order, state.sequence.next(), timeMs, emit);
  order.status = "New";
  if (reprice(account, order, tradable) && isCovered(state, account, order, tradable)) {
    matchArriving(state, account, order, timeMs, emit);
    return;
  }
  closeOrder(state, account, order, {
    cancelType: order.reduceOnly ? "CancelByReduceOnly" : "UNKNOWN",
    rejectReason: order.reduceOnly ? "EC_NoError" : "EC_Others",
    timeMs,
  });
  if (!order.reduceOnly) order.status = "Rejected";
  emitOrder(order, state.sequence.next(), timeMs, emit);
}

/** Wakes every conditional order whose trigger the prices have reached, oldest first. */
export function wakeTriggered(state: ExchangeState, timeMs: number, emit: Emit): void {
  if (state.waiting.size === 0) return;
  const reached = [...state.waiting]
    .filter((order) => isReached(order, tradableOfOrder(state, order)))
    .toSorted((left, right) => left.number - right.number);
  for (const order of reached) {
    const account = state.accounts.get(order.uid);
    // One that woke before it may have closed the position it belonged to.
    if (account !== undefined && state.waiting.has(order)) wake(state, account, order, timeMs, emit);
  }
}
