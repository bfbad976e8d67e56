import type { Account } from "./account.ts";
import { ZERO, decimal, smaller } from "./money.ts";
import type { Decimal } from "./money.ts";
import type { Order } from "./orders.ts";
import { lotQty } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";
import { release, reserve } from "./wallet.ts";

/** The coin a spot order spends. */
export function spentCoin(order: Pick<Order, "side">, tradable: Tradable): string {
  return order.side === "Buy" ? tradable.quoteCoin : tradable.baseCoin;
}

/** What a resting spot order of `qty` at `price` locks. */
export function reservation(order: Pick<Order, "side">, qty: Decimal, price: Decimal): Decimal {
  return order.side === "Buy" ? qty.times(price) : qty;
}

/** Locks what the rest of a spot order needs, giving back or taking the difference; false when that is not there. */
export function reserveRest(account: Account, order: Order, tradable: Tradable, needed: Decimal): boolean {
  const coin = spentCoin(order, tradable);
  const more = needed.minus(order.reserved);
  if (more.isGreaterThan(0) && !reserve(account.wallet, coin, more)) return false;
  if (more.isLessThan(0)) release(account.wallet, coin, more.negated());
  order.reserved = needed;
  return true;
}

/** Gives back what was locked for `lots` that are filled now. */
export function releaseFilled(account: Account, order: Order, tradable: Tradable, lots: number): void {
  if (order.reserved.isZero()) return;
  const part = smaller(order.reserved, reservation(order, lotQty(tradable, lots), order.price));
  release(account.wallet, spentCoin(order, tradable), part);
  order.reserved = order.reserved.minus(part);
}

/** Gives back everything that is still locked. */
export function releaseRest(account: Account, order: Order, tradable: Tradable): void {
  if (order.reserved.isZero()) return;
  release(account.wallet, spentCoin(order, tradable), order.reserved);
  order.reserved = ZERO;
}

/** Lots of a market order bounded by its value, at one price. */
export function affordableLots(budget: Decimal, ticks: number, tradable: Tradable): number {
  const lotPrice = decimal(tradable.tickSize).times(ticks).times(tradable.qtyStep);
  return Math.floor(budget.div(lotPrice).toNumber());
}
