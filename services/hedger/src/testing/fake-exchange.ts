import type { ExecEvent, Execution, OrderUpdate, Position } from "@hedgelock/contracts";
import { formatDecimal, toDecimal } from "@hedgelock/finance";
import type { Clock, Timers } from "@hedgelock/runtime";
import type {
  OrderLookup,
  OrderRequest,
  SendOutcome,
  Signing,
  VenueCapabilities,
  VenueTrading,
} from "@hedgelock/venue";

import { anExecution, anOrderUpdate } from "./samples.ts";

/** What goes wrong with one request to create an order, or how the order then fares. */
export interface Fate {
  /** When it reaches the exchange, after sending; undefined: never. */
  readonly arrivesAfterMs?: number | "never";
  /** The answer is lost: the sender learns nothing. `hang`: it does not even learn that. */
  readonly answer?: "given" | "lost" | "hang";
  /** Refused on arrival for its signed time, as when the sender's idea of the venue's clock is wrong. */
  readonly fenced?: boolean;
  /** Refused on arrival with this code. */
  readonly refuse?: number;
  /** Shares of the quantity that fill, one execution each; the rest is cancelled. */
  readonly fills?: readonly number[];
  /** When the fills happen, after arrival. */
  readonly fillsAfterMs?: number;
  /** When the order's events reach the account's streams, after the fills. */
  readonly eventsAfterMs?: number;
}

interface Order {
  readonly request: OrderRequest;
  update: OrderUpdate;
  readonly executions: Execution[];
}

const BYBIT: VenueCapabilities = {
  clientIdScope: "forever",
  requestFence: "receive_window",
  clock: "every_response",
  evidenceHorizonMs: 10_000,
};

/** A scripted exchange for one account: link ids unique for good, receive window, executions with cross sequences. */
export class FakeExchange {
  readonly #time: Clock & Timers;
  /** Every order that was ever accepted, in order. */
  readonly orders: Order[] = [];
  /** Fates of the next requests; after them all goes well. */
  readonly fates: Fate[] = [];
  /** Requests that reached the exchange and were refused for their signed time. */
  fenced = 0;
  duplicates = 0;
  requests = 0;
  /** Signed time of every request, in order. */
  readonly signedMs: number[] = [];
  /** Reads answer "not found" or unavailable until then. */
  readsBlindUntilMs = 0;
  readsFailUntilMs = 0;
  positionQty = toDecimal("0");
  /** What the account's streams get. */
  onEvents: (events: readonly ExecEvent[]) => void = () => undefined;
  onPositions: (positions: readonly Position[], timeMs: number) => void = () => undefined;
  capabilities: VenueCapabilities = BYBIT;
  #seq = 1000;
  #ids = 0;

  constructor(time: Clock & Timers) {
    this.#time = time;
  }

  get nowMs(): number {
    return this.#time.nowMs();
  }

  /** Order entry as a process sees it. */
  trading(): VenueTrading {
    return {
      capabilities: this.capabilities,
      venueTimeMs: () => this.nowMs,
      syncClock: async () => undefined,
      createOrder: (order, signing, onSent) => this.#create(order, signing, onSent),
      cancelOrder: async () => ({ kind: "unknown", reason: "not scripted", venueTimeMs: undefined }),
      findOrder: async (_category, _symbol, linkId) => this.find(linkId),
      positions: async () => this.positionRows(),
      close: () => undefined,
    };
  }

  find(linkId: string): OrderLookup {
    if (this.nowMs < this.readsFailUntilMs) return { kind: "unavailable", reason: "scripted" };
    const order = this.orders.find((entry) => entry.request.linkId === linkId);
    if (order === undefined || this.nowMs < this.readsBlindUntilMs)
      return { kind: "not_found", venueTimeMs: this.nowMs };
    return { kind: "found", order: order.update, executions: [...order.executions], venueTimeMs: this.nowMs };
  }

  positionRows(): readonly Position[] {
    if (this.positionQty.isZero()) return [];
    return [this.#row()];
  }

  /** Something that is not ours trades on the account. */
  foreignFill(side: "Buy" | "Sell", qty: string, execType = "Trade", linkId = ""): void {
    const execution = this.#execute({ side, linkId, orderId: `foreign-${(this.#ids += 1)}` }, toDecimal(qty), execType);
    this.#tell([{ $case: "execution", value: execution }]);
  }

  /** Tells the streams about every order and execution again, newest first. */
  repeatEverything(): void {
    for (const order of this.orders.toReversed()) {
      this.#tell([
        { $case: "order", value: order.update },
        ...order.executions.toReversed().map((value) => ({ $case: "execution" as const, value })),
      ]);
    }
  }

  publishPositions(): void {
    const rows = [this.#row()];
    this.onPositions(rows, this.nowMs);
  }

  #row(): Position {
    return {
      category: "linear",
      symbol: "BTCUSDT",
      qty: formatDecimal(this.positionQty),
      entryPrice: "",
      markPrice: "",
      unrealisedPnl: "",
      leverage: "",
      liquidationPrice: "",
      initialMargin: "",
      maintenanceMargin: "",
      exchangeSeq: this.#seq,
      updatedTimeMs: this.nowMs,
      positionIdx: 0,
    };
  }

  async #create(request: OrderRequest, signing: Signing, onSent?: () => void): Promise<SendOutcome> {
    this.requests += 1;
    this.signedMs.push(signing.timestampMs);
    const fate = this.fates.shift() ?? {};
    onSent?.();
    const arrives = fate.arrivesAfterMs ?? 0;
    if (arrives !== "never" && arrives > 0) this.#time.after(arrives, () => this.#arrive(request, signing, fate));
    const outcome = arrives === 0 ? this.#arrive(request, signing, fate) : undefined;
    if (fate.answer === "hang") await Promise.withResolvers<never>().promise;
    if (outcome === undefined || fate.answer === "lost") {
      return { kind: "unknown", reason: "scripted: the answer was lost", venueTimeMs: undefined };
    }
    return outcome;
  }

  #arrive(request: OrderRequest, signing: Signing, fate: Fate): SendOutcome {
    const venueTimeMs = this.nowMs;
    const inWindow =
      signing.timestampMs >= venueTimeMs - signing.recvWindowMs && signing.timestampMs < venueTimeMs + 1000;
    if (!inWindow || fate.fenced === true) {
      this.fenced += 1;
      return { kind: "fenced", code: 10002, venueTimeMs };
    }
    if (fate.refuse !== undefined) return { kind: "rejected", code: fate.refuse, message: "scripted", venueTimeMs };
    if (this.orders.some((order) => order.request.linkId === request.linkId)) {
      this.duplicates += 1;
      return { kind: "duplicate", code: 110072, venueTimeMs };
    }
    const orderId = `order-${(this.#ids += 1)}`;
    const update = anOrderUpdate({
      orderId,
      orderLinkId: request.linkId,
      side: request.side,
      qty: request.qty,
      price: request.limitPrice,
      timeInForce: request.timeInForce,
      reduceOnly: request.reduceOnly,
      createdTimeMs: venueTimeMs,
      updatedTimeMs: venueTimeMs,
    });
    const order: Order = { request, update, executions: [] };
    this.orders.push(order);
    const fill = (): void => this.#fill(order, fate);
    if (fate.fillsAfterMs === undefined) fill();
    else this.#time.after(fate.fillsAfterMs, fill);
    return { kind: "accepted", orderId, venueTimeMs };
  }

  #fill(order: Order, fate: Fate): void {
    const { request } = order;
    const qty = toDecimal(request.qty);
    const shares = fate.fills ?? [1];
    for (const share of shares) {
      const part = qty.times(toDecimal(share));
      if (part.isZero()) continue;
      order.executions.push(this.#execute({ ...request, orderId: order.update.orderId }, part, "Trade"));
    }
    const filled = order.executions.reduce((sum, execution) => sum.plus(toDecimal(execution.qty)), toDecimal("0"));
    order.update = {
      ...order.update,
      orderStatus: filled.eq(qty) ? "Filled" : "Cancelled",
      rejectReason: filled.eq(qty) ? "EC_NoError" : "EC_NoImmediateQtyToFill",
      cumExecQty: formatDecimal(filled),
      updatedTimeMs: this.nowMs,
    };
    const tell = (): void => {
      this.#tell([
        ...order.executions.map((value) => ({ $case: "execution" as const, value })),
        { $case: "order", value: order.update },
      ]);
      this.publishPositions();
    };
    if (fate.eventsAfterMs === undefined) tell();
    else this.#time.after(fate.eventsAfterMs, tell);
  }

  #execute(
    order: { readonly side: string; readonly linkId: string; readonly orderId: string },
    qty: ReturnType<typeof toDecimal>,
    execType: string,
  ): Execution {
    this.#seq += 1;
    this.positionQty = this.positionQty.plus(order.side === "Sell" ? qty.negated() : qty);
    return anExecution({
      orderId: order.orderId,
      orderLinkId: order.linkId,
      execId: `exec-${(this.#ids += 1)}`,
      side: order.side,
      execType,
      qty: formatDecimal(qty),
      execTimeMs: this.nowMs,
      exchangeSeq: this.#seq,
    });
  }

  #tell(bodies: readonly NonNullable<ExecEvent["body"]>[]): void {
    this.onEvents(bodies.map((body) => ({ account: "alice", receiveTimeUs: this.#time.nowUs(), body })));
  }
}
