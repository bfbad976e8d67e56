import type { Decimal } from "./money.ts";

/** Types of transaction-log rows this exchange writes (Bybit v5, enum `type` of transaction-log). */
export type LedgerType =
  | "TRADE"
  | "SETTLEMENT"
  | "LIQUIDATION"
  | "ADL"
  | "TRANSFER_IN"
  | "TRANSFER_OUT"
  | "INTEREST"
  | "BORROW"
  | "REPAY"
  | "BONUS"
  | "LOANS_BORROW_FUNDS"
  | "LOANS_REPAY_FUNDS"
  | "LOANS_PLEDGE_ASSET"
  | "LOANS_ASSET_REDEMPTION"
  | "LOANS_LIQUIDATION"
  | "DEPOSIT";

/** What moves a balance; coin units. Absent fields are shown empty. */
export interface Posting {
  readonly coin: string;
  readonly type: LedgerType;
  readonly timeMs: number;
  /** Realised profit, bought or sold coin, transferred amount: above 0 received. */
  readonly cashFlow?: Decimal;
  /** Above 0 received. */
  readonly funding?: Decimal;
  /** Above 0 paid. */
  readonly fee?: Decimal;
  readonly category?: "spot" | "linear" | "inverse";
  readonly symbol?: string;
  readonly side?: "Buy" | "Sell";
  /** Traded quantity. */
  readonly qty?: Decimal;
  /** Signed position after the event. */
  readonly size?: Decimal;
  readonly tradePrice?: Decimal;
  readonly feeRate?: string;
  readonly tradeId?: string;
  readonly orderId?: string;
  readonly orderLinkId?: string;
}

/** A posting as filed: `change = cashFlow + funding - fee`, and the balance it left. */
export interface LedgerEntry extends Posting {
  /** Rises within an account. */
  readonly number: number;
  readonly change: Decimal;
  readonly cashBalance: Decimal;
}
