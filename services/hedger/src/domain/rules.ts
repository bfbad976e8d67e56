/** Rules of one instrument that an order must keep; decimal strings as the venue wrote them. */
export interface OrderRules {
  readonly tickSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly qtyStep: string;
  readonly minOrderQty: string;
  readonly maxOrderQty: string;
  /** In the quote currency; reduce-only orders are exempt (bybit-v5 §7.4). */
  readonly minNotional: string;
}

/** Limits of one instrument, from the configuration; base quantity. */
export interface SymbolLimits {
  readonly minOrderQty?: string | undefined;
  readonly maxOrderQty: string;
  readonly maxDayQty: string;
}

/** Limits of an account (design §7). */
export interface PlanLimits {
  /** An instrument without an entry is not traded. */
  readonly perSymbol: Readonly<Record<string, SymbolLimits>>;
  /** Requests a minute; a share is kept for reductions, see {@link RESERVED_SHARE}. */
  readonly maxOrdersPerMinute: number;
  /** How far from the touch the first order may go, basis points; each step of escalation adds as much again. */
  readonly slippageBps: number;
  /** Never further than this. */
  readonly hardCapBps: number;
  readonly maxDecisionAgeMs: number;
}

/** Share of the requests a minute that only orders which shrink a position may use. */
export const RESERVED_SHARE = 0.2;

/** Both clocks at the moment of planning. */
export interface PlanTime {
  readonly nowUs: number;
  readonly venueTimeMs: number;
}

/** Names of the rules by which a decision is refused. They stand in the ledger, in logs and in a metric. */
export const REFUSAL_RULES = [
  "unknown_instrument",
  "no_limits_configured",
  "decision_too_old",
  "input_quality_not_fresh",
  "no_price",
  "below_minimum_lot",
  "min_notional",
  "max_day_qty",
  "max_orders_per_minute",
] as const;
export type RefusalRule = (typeof REFUSAL_RULES)[number];
