import type { OrderUpdate } from "@hedgelock/contracts";

/** Remembers what was told of each order, so that reading open orders again every half minute is no news. */
export class SeenOrders {
  readonly #told = new Map<string, { readonly identity: string; readonly updatedTimeMs: number }>();

  /** True when this state of the order has not been told; it counts as told from now on. */
  isNews(order: OrderUpdate): boolean {
    const identity = `${order.updatedTimeMs}:${order.orderStatus}:${order.cumExecQty}`;
    if (this.#told.get(order.orderId)?.identity === identity) return false;
    this.#told.set(order.orderId, { identity, updatedTimeMs: order.updatedTimeMs });
    return true;
  }

  /** Drops what neither the last read names nor the next one can. */
  forget(read: readonly OrderUpdate[], sinceMs: number): void {
    const named = new Set(read.map((order) => order.orderId));
    for (const [orderId, { updatedTimeMs }] of this.#told) {
      if (!named.has(orderId) && updatedTimeMs < sinceMs) this.#told.delete(orderId);
    }
  }
}
