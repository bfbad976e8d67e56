import type {
  Category,
  Execution,
  LoanSnapshot,
  OrderUpdate,
  Position,
  Tick,
  WalletSnapshot,
} from "@hedgelock/contracts";

/** What a venue guarantees; the hedger's rules are written against these, not against a venue's name. */
export interface VenueCapabilities {
  /** How long a client id stays unique: for good, or only while the order is open. */
  readonly clientIdScope: "forever" | "open_orders";
  /** How a late request is kept out: by a receive window on its signed time, by an expiry of its own, or not at all. */
  readonly requestFence: "receive_window" | "expiry" | "none";
  /** Whether responses carry the venue's time. */
  readonly clock: "every_response" | "none";
  /** How long after an order the venue's reads may still not show it, milliseconds. */
  readonly evidenceHorizonMs: number;
}

/** A key pair of one account. Never logged, never put in an error. */
export interface VenueCredentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Rules of one instrument, read from the venue; decimal strings. */
export interface InstrumentRules {
  readonly category: Category;
  readonly symbol: string;
  readonly baseCoin: string;
  readonly quoteCoin: string;
  readonly settleCoin: string;
  readonly tickSize: string;
  readonly minPrice: string;
  /** "" when the venue gives none (Bybit spot). */
  readonly maxPrice: string;
  readonly qtyStep: string;
  readonly minOrderQty: string;
  readonly maxOrderQty: string;
  readonly maxMarketOrderQty: string;
  readonly minNotional: string;
  readonly status: string;
}

/** A new order. Prices and quantities are decimal strings already rounded to the instrument's rules. */
export interface OrderRequest {
  readonly category: Category;
  readonly symbol: string;
  readonly side: "Buy" | "Sell";
  readonly qty: string;
  readonly limitPrice: string;
  readonly timeInForce: "IOC" | "GTC" | "PostOnly";
  readonly reduceOnly: boolean;
  readonly linkId: string;
}

/** How a request is signed: with the time written in the intent, never with the time of sending. */
export interface Signing {
  /** Server-aligned, milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly recvWindowMs: number;
}

/** What is known after sending an order. Only `rejected` is a definite no; an unknown code is ambiguous. */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly orderId: string; readonly venueTimeMs: number }
  | { readonly kind: "rejected"; readonly code: number; readonly message: string; readonly venueTimeMs: number }
  /** The link id is already taken: an earlier attempt arrived. */
  | { readonly kind: "duplicate"; readonly code: number; readonly venueTimeMs: number }
  /** The signed time is outside the receive window: this request did not and cannot arrive. */
  | { readonly kind: "fenced"; readonly code: number; readonly venueTimeMs: number }
  | { readonly kind: "unknown"; readonly reason: string; readonly venueTimeMs: number | undefined };

/** Answer of one place that was asked for an order. */
export type OrderLookup =
  | {
      readonly kind: "found";
      readonly order: OrderUpdate;
      readonly executions: readonly Execution[];
      readonly venueTimeMs: number;
    }
  /** Open orders, history and executions agree that there is none, as far as their reads go. */
  | { readonly kind: "not_found"; readonly venueTimeMs: number }
  | { readonly kind: "unavailable"; readonly reason: string };

/** Order entry for one account. */
export interface VenueTrading {
  readonly capabilities: VenueCapabilities;
  /** The venue's clock as this process knows it, milliseconds since the epoch. */
  venueTimeMs(): number;
  /** Measures the clock offset. @throws HedgeLockError VENUE_UNREACHABLE */
  syncClock(): Promise<void>;
  /** @param onSent called when the bytes have been handed to the socket */
  createOrder(order: OrderRequest, signing: Signing, onSent?: () => void): Promise<SendOutcome>;
  cancelOrder(category: Category, symbol: string, linkId: string, signing: Signing): Promise<SendOutcome>;
  /** Looks in open orders, then history, then executions. */
  findOrder(category: Category, symbol: string, linkId: string): Promise<OrderLookup>;
  /** Open positions of a category; never an empty list for a failed read. @throws HedgeLockError */
  positions(category: Category): Promise<readonly Position[]>;
  close(): void;
}

/** Public reference data. */
export interface VenueReference {
  /** @throws HedgeLockError when the venue cannot be reached or the symbol is unknown */
  instrumentRules(category: Category, symbol: string): Promise<InstrumentRules>;
}

/** What a feed counts, for metrics. */
export type FeedCount =
  /** A text frame arrived. */
  | "frame"
  /** A frame changed nothing that a consumer uses and was not passed on. */
  | "suppressed"
  /** A frame older than what was known was ignored. */
  | "regression"
  /** A delta came before its snapshot and was refused. */
  | "delta_before_snapshot"
  | "crossed_book"
  /** Updates were missing between two deltas. */
  | "gap"
  | "bad_frame"
  | "resubscribe"
  | "reconnect";

/** What a public feed reports. */
export interface MarketFeedHandlers {
  /** A merged tick, or a heartbeat of an unchanged one. `frameReceiveUs` is inside the tick. */
  readonly onTick: (tick: Tick) => void;
  /** A frame that could not be understood, with the frame shortened. */
  readonly onBadFrame: (reason: string, frame: string) => void;
  /** The worst state of the feed's connections, told when it or its reason changes. */
  readonly onState: (state: FeedState, detail: string) => void;
  readonly onCount?: (what: FeedCount) => void;
}

/**
 * `connecting` from the start until everything is there for the first time, `live` when it is, `stale` when a part is
 * silent or could not be read although the connection is up, `down` without a connection or without the right to use it.
 */
export type FeedState = "connecting" | "live" | "stale" | "down";

/** What a private feed reports. */
export interface AccountFeedHandlers {
  readonly onOrder: (order: OrderUpdate) => void;
  readonly onExecution: (execution: Execution) => void;
  /**
   * The changed positions only, one row for each positionIdx; a position that ended comes once more with quantity 0.
   * Called with no rows when a read has found the account flat.
   */
  readonly onPositions: (positions: readonly Position[], exchangeTimeMs: number) => void;
  /** The whole wallet: changes are merged by the adapter, which knows what the venue leaves out. */
  readonly onWallet: (wallet: WalletSnapshot, exchangeTimeMs: number) => void;
  readonly onLoan: (loan: LoanSnapshot, exchangeTimeMs: number) => void;
  readonly onBadFrame: (reason: string, frame: string) => void;
  /** `live` after subscribe and REST snapshot; reported again after every reconnect. */
  readonly onState: (state: FeedState, detail: string) => void;
  readonly onCount?: (what: FeedCount) => void;
}

/** A running feed: reconnects by itself, with back-off. */
export interface Feed {
  stop(): Promise<void>;
}
