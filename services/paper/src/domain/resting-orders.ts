import type { Order, OrderCategory } from "./orders.ts";

/** Resting orders of one symbol and category, with the prices at which the first of them could fill. */
export interface RestingOrders {
  readonly orders: Set<Order>;
  /** -Infinity without buys. */
  highestBuyTicks: number;
  /** Infinity without sells. */
  lowestSellTicks: number;
}

/** By {@link restingKey}. */
export type RestingBooks = Map<string, RestingOrders>;

/** Contracts are named by their symbol alone: spot shares the symbol of the linear one. */
export function restingKey(order: { readonly category: OrderCategory; readonly symbol: string }): string {
  return order.category === "spot" ? `spot ${order.symbol}` : order.symbol;
}

export function emptyRestingOrders(): RestingOrders {
  return { orders: new Set(), highestBuyTicks: Number.NEGATIVE_INFINITY, lowestSellTicks: Number.POSITIVE_INFINITY };
}

/** The resting orders beside which this one would rest. */
export function restingOf(
  books: RestingBooks,
  order: { readonly category: OrderCategory; readonly symbol: string },
): RestingOrders {
  const key = restingKey(order);
  let resting = books.get(key);
  if (resting === undefined) {
    resting = emptyRestingOrders();
    books.set(key, resting);
  }
  return resting;
}

export function addResting(resting: RestingOrders, order: Order): void {
  resting.orders.add(order);
  if (order.side === "Buy") resting.highestBuyTicks = Math.max(resting.highestBuyTicks, order.limitTicks);
  else resting.lowestSellTicks = Math.min(resting.lowestSellTicks, order.limitTicks);
}

export function removeResting(resting: RestingOrders, order: Order): void {
  if (!resting.orders.delete(order)) return;
  const edge = order.side === "Buy" ? resting.highestBuyTicks : resting.lowestSellTicks;
  // Only an order at the edge can move it.
  if (order.limitTicks !== edge) return;
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
