import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import type { Emit } from "./events.ts";
import { emitOrder, emitPosition, emitWallet } from "./fills.ts";
import { accountMargin, orderMargin } from "./margin.ts";
import { ZERO, decimal, larger } from "./money.ts";
import type { Decimal } from "./money.ts";
import { exitsProblem } from "./order-exits.ts";
import { findOpen } from "./order-entry.ts";
import type { OrderTarget } from "./order-entry.ts";
import { withdrawOrder } from "./order-file.ts";
import { matchArriving } from "./order-match.ts";
import { reservation, reserveRest, spentCoin } from "./order-reserve.ts";
import { LOTS_BY_VALUE, bandedPrice, checkPrice, checkQty } from "./order-rules.ts";
import { directionProblem, watchedPrice } from "./order-trigger.ts";
import type { ExitTerms, Order, OrderRequest, Trigger, TriggerBy } from "./orders.ts";
import { holdsMargin, isLive } from "./orders.ts";
import type { Refusal, Result } from "./refusal.ts";
import { REFUSALS, accept, refuseWith } from "./refusal.ts";
import { marginRules } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import type { Tradable } from "./tradable.ts";

/** What an amend changes; undefined keeps. */
export interface AmendRequest extends OrderTarget {
  /** New total, not the rest. */
  readonly qty: string | undefined;
  readonly price: string | undefined;
  readonly triggerPrice: string | undefined;
  readonly triggerBy: TriggerBy | undefined;
  /** "0" removes. */
  readonly exits: Partial<ExitTerms>;
}

/** An amend that keeps the rules. */
interface Amended {
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly trigger: Trigger | undefined;
  readonly exits: ExitTerms;
}

function amendedQty(order: Order, tradable: Tradable, text: string | undefined): Result<Decimal> {
  if (text === undefined) return accept(order.qty);
  // The value of an order by value stays what it was (our simplification).
  if (order.qtyLots === LOTS_BY_VALUE) return refuseWith(REFUSALS.spot.badQty);
  const qty = checkQty(text, tradable, order.orderType === "Market");
  if (!qty.ok) return qty;
  if (qty.value.qty.isGreaterThan(order.cumExecQty)) return accept(qty.value.qty);
  return refuseWith(order.category === "spot" ? REFUSALS.spot.belowFilled : REFUSALS.belowFilled);
}

function amendedPrice(account: Account, order: Order, tradable: Tradable, text: string | undefined): Result<Decimal> {
  if (text === undefined) return accept(order.price);
  if (order.orderType === "Market") return refuseWith(REFUSALS.badPrice);
  if (order.status === "Untriggered") return checkPrice(text, tradable);
  return bandedPrice(text, order.side, tradable, account.priceLimits);
}

function amendedTrigger(order: Order, tradable: Tradable, request: AmendRequest): Result<Trigger | undefined> {
  const { trigger } = order;
  if (request.triggerPrice === undefined && request.triggerBy === undefined) return accept(trigger);
  if (trigger === undefined || order.status !== "Untriggered") return accept(trigger);
  const price = request.triggerPrice ?? trigger.price;
  const by = request.triggerBy ?? trigger.by;
  const checked = checkPrice(price, tradable);
  if (!checked.ok) return checked;
  const problem = directionProblem(price, trigger.direction, watchedPrice(tradable, by));
  return problem === undefined ? accept({ ...trigger, price, by }) : refuseWith(problem);
}

function amendedExits(
  order: Order,
  tradable: Tradable,
  changes: Partial<ExitTerms>,
  price: Decimal,
): Result<ExitTerms> {
  const merged = { ...order.exits, ...changes };
  const removed = (text: string): string => (text === "0" ? "" : text);
  const exits = { ...merged, takeProfit: removed(merged.takeProfit), stopLoss: removed(merged.stopLoss) };
  const named: Pick<OrderRequest, "exits" | "side" | "reduceOnly"> = { ...order, exits };
  const problem: Refusal | undefined =
    Object.keys(changes).length === 0 ? undefined : exitsProblem(named, tradable, price);
  return problem === undefined ? accept(exits) : refuseWith(problem);
}

function sameExits(left: ExitTerms, right: ExitTerms): boolean {
  return (
    left.takeProfit === right.takeProfit &&
    left.stopLoss === right.stopLoss &&
    left.tpTriggerBy === right.tpTriggerBy &&
    left.slTriggerBy === right.slTriggerBy &&
    left.tpslMode === right.tpslMode &&
    left.tpLimitPrice === right.tpLimitPrice &&
    left.slLimitPrice === right.slLimitPrice
  );
}

function isUnchanged(order: Order, next: Amended): boolean {
  return (
    next.qty.isEqualTo(order.qty) &&
    next.price.isEqualTo(order.price) &&
    next.trigger?.price === order.trigger?.price &&
    next.trigger?.by === order.trigger?.by &&
    sameExits(next.exits, order.exits)
  );
}

/** Everything an amend asks for against the rules. */
function examine(account: Account, order: Order, tradable: Tradable, request: AmendRequest): Result<Amended> {
  const qty = amendedQty(order, tradable, request.qty);
  if (!qty.ok) return qty;
  const price = amendedPrice(account, order, tradable, request.price);
  if (!price.ok) return price;
  const trigger = amendedTrigger(order, tradable, request);
  if (!trigger.ok) return trigger;
  const exits = amendedExits(order, tradable, request.exits, price.value);
  if (!exits.ok) return exits;
  const next = { qty: qty.value, price: price.value, trigger: trigger.value, exits: exits.value };
  return isUnchanged(order, next) ? refuseWith(REFUSALS.notModified) : accept(next);
}

/** Whether margin or balance carry the amended order; a spot order's reservation is changed here. */
function cover(
  state: ExchangeState,
  account: Account,
  order: Order,
  tradable: Tradable,
  next: Amended,
): Refusal | undefined {
  const left = next.qty.minus(order.cumExecQty);
  if (order.category === "spot") {
    const locks = isLive(order) || order.stopOrderType === "tpslOrder";
    if (!locks || order.qtyLots === LOTS_BY_VALUE) return undefined;
    const needed = reservation(order, left, next.price);
    return reserveRest(account, order, tradable, needed) ? undefined : REFUSALS.spot.balance;
  }
  if (!holdsMargin(order)) return undefined;
  const { leverage } = positionOf(account, order.symbol, order.positionIdx);
  const inUsd = tradable.category === "inverse";
  const held = (qty: Decimal, price: Decimal): Decimal =>
    orderMargin(qty, inUsd ? decimal(1) : price, leverage, state.fees.takerLinear);
  const more = larger(ZERO, held(left, next.price).minus(held(order.qty.minus(order.cumExecQty), order.price)));
  const available = accountMargin(account, marginRules(state)).totalAvailableBalance;
  return more.isGreaterThan(available) ? REFUSALS.balance : undefined;
}

/**
 * Changes an open order in place. A live one meets the book again: it may fill at once, and a PostOnly one that would
 * take is cancelled.
 */
export function amendOrder(
  state: ExchangeState,
  account: Account,
  request: AmendRequest,
  timeMs: number,
  emit: Emit,
): Result<Order> {
  const found = findOpen(state, account, request, true);
  if (!found.ok) return found;
  const { order, tradable } = found.value;
  const next = examine(account, order, tradable, request);
  if (!next.ok) return next;
  const uncovered = cover(state, account, order, tradable, next.value);
  if (uncovered !== undefined) return refuseWith(uncovered);
  const live = isLive(order);
  if (live) withdrawOrder(state, account, order);
  order.qty = next.value.qty;
  if (order.qtyLots !== LOTS_BY_VALUE) order.qtyLots = next.value.qty.div(tradable.qtyStep).toNumber();
  order.price = next.value.price;
  order.limitTicks = next.value.price.div(tradable.tickSize).toNumber();
  order.trigger = next.value.trigger;
  order.exits = next.value.exits;
  order.updatedMs = timeMs;
  if (live) {
    matchArriving(state, account, order, timeMs, emit);
    return accept(order);
  }
  emitOrder(order, state.sequence.next(), timeMs, emit);
  if (order.category === "spot") emitWallet(state, account, timeMs, emit, [spentCoin(order, tradable)]);
  else emitPosition(state, account, tradable.market, timeMs, emit);
  return accept(order);
}
