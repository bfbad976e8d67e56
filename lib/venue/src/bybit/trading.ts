import type { Category, Position } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";
import type { Cancel, Clock, Logger, Timers } from "@hedgelock/runtime";

import type { OrderLookup, OrderRequest, SendOutcome, Signing, VenueCredentials, VenueTrading } from "../port.ts";
import { BYBIT_CAPABILITIES } from "./capabilities.ts";
import { classifyCancel, classifyCreate } from "./create-outcome.ts";
import { findOrder } from "./find-order.ts";
import { readOpenPositions } from "./position-reads.ts";
import { BybitRest } from "./rest-client.ts";

const RESYNC_MS = 3_600_000;
/** Shorter than servers keep an idle connection: the first order of a crash must not pay for a new handshake. */
const KEEP_WARM_MS = 2_500;

export interface BybitTradingDeps {
  /** Base address without path. Pass it through {@link checkedVenue} first. */
  readonly restUrl: string;
  readonly credentials: VenueCredentials;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** How long an order request waits for its answer before its outcome is unknown. */
  readonly deadlineMs?: number;
}

/** Order entry on Bybit v5 over REST, for one account. */
export class BybitTrading implements VenueTrading {
  readonly capabilities = BYBIT_CAPABILITIES;
  readonly #rest: BybitRest;
  readonly #log: Logger;
  readonly #cancels: readonly Cancel[];
  #resyncing: Promise<void> | undefined;

  constructor(deps: BybitTradingDeps) {
    this.#rest = new BybitRest(deps);
    this.#log = deps.log;
    this.#cancels = [
      deps.timers.every(RESYNC_MS, () => this.#resyncInBackground("hourly")),
      deps.timers.every(KEEP_WARM_MS, () => this.#keepWarm()),
    ];
  }

  venueTimeMs(): number {
    return this.#rest.offset.nowMs();
  }

  async syncClock(): Promise<void> {
    this.#resyncing ??= this.#rest.resyncClock().finally(() => {
      this.#resyncing = undefined;
    });
    await this.#resyncing;
  }

  async createOrder(order: OrderRequest, signing: Signing, onSent?: () => void): Promise<SendOutcome> {
    const answer = await this.#rest.post("/v5/order/create", orderBody(order), signing, onSent);
    return this.#noticed(classifyCreate(answer, order.linkId));
  }

  async cancelOrder(category: Category, symbol: string, linkId: string, signing: Signing): Promise<SendOutcome> {
    const body = JSON.stringify({ category, symbol, orderLinkId: linkId });
    const answer = await this.#rest.post("/v5/order/cancel", body, signing);
    return this.#noticed(classifyCancel(answer, linkId));
  }

  async findOrder(category: Category, symbol: string, linkId: string): Promise<OrderLookup> {
    return findOrder(this.#rest, { category, symbol, orderLinkId: linkId });
  }

  async positions(category: Category): Promise<readonly Position[]> {
    const { rows } = await readOpenPositions(this.#rest, category);
    return rows;
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#rest.close();
  }

  /** A fenced request means that our idea of the venue's clock is wrong: the next attempt should be signed with a better one. */
  #noticed(outcome: SendOutcome): SendOutcome {
    if (outcome.kind === "fenced") this.#resyncInBackground("a request was refused for its time");
    return outcome;
  }

  /** Its answer also keeps the clock offset fresh. */
  #keepWarm(): void {
    this.#rest.publicGet("/v5/market/time", {}).catch((error: unknown) => {
      this.#log.debug("venue.keep_warm_failed", { error: errorText(error) });
    });
  }

  #resyncInBackground(cause: string): void {
    this.syncClock().catch((error: unknown) => {
      this.#log.warn("venue.clock_resync_failed", { cause, error: errorText(error) });
    });
  }
}

/**
 * The body of a new order, every order being a limit order: a market order's price cap is the venue's choice, a limit
 * is ours. `reduceOnly` and `positionIdx` (0: one-way mode) exist for contracts only.
 */
function orderBody(order: OrderRequest): string {
  return JSON.stringify({
    category: order.category,
    symbol: order.symbol,
    side: order.side,
    orderType: "Limit",
    qty: order.qty,
    price: order.limitPrice,
    timeInForce: order.timeInForce,
    orderLinkId: order.linkId,
    ...(order.category === "spot" ? {} : { reduceOnly: order.reduceOnly, positionIdx: 0 }),
  });
}

export function bybitTrading(deps: BybitTradingDeps): VenueTrading {
  return new BybitTrading(deps);
}
