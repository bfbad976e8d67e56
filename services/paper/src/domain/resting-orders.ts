import type { Order } from "./orders.ts";

/** Resting orders of one symbol, with the prices at which the first of them could fill. */
export interface RestingOrders {
  readonly orders: Set<Order>;
  /** -Infinity without buys. */
  highestBuyTicks: number;
  /** Infinity without sells. */
  lowestSellTicks: number;
}

export function emptyRestingOrders(): RestingOrders {
  return { orders: new Set(), highestBuyTicks: Number.NEGATIVE_INFINITY, lowestSellTicks: Number.POSITIVE_INFINITY };
}

export function addResting(resting: RestingOrders, order: Order): void {
  resting.orders.add(order);
  if (order.side === "Buy") resting.highestBuyTicks = Math.max(resting.highestBuyTicks, order.limitTicks);
  else resting.lowestSellTicks = Math.min(resting.lowestSellTicks, order.limitTicks);
}

export function removeResting(resting: RestingOrders, order: Order): void {
  if (!resting.orders.delete(order)) return;
  resting.highestBuyTicks = Number.NEGATIVE_INFINITY;
  resting.lowestSellTicks = Number.POSITIVE_INFINITY;
  for (const other of resting.orders) addResting(resting, other);
}

/** Orders that the market has reached, oldest first. */
export function crossedOrders(resting: RestingOrders, bidTicks: number, askTicks: number): readonly Order[] {
  if (askTicks > resting.highestBuyTicks && bidTicks < resting.lowestSellTicks) return [];
  return [...resting.orders]
    .filter((order) => (order.side === "Buy" ? askTicks <= order.limitTicks : bidTicks >= order.limitTicks))
    .toSorted((left, right) => left.number - right.number);
}
