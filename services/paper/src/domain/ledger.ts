import type { Account } from "./account.ts";
import { ZERO } from "./money.ts";
import type { Decimal } from "./money.ts";
import { coinBalance } from "./wallet.ts";

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

function changeOf(posting: Posting): Decimal {
  return (posting.cashFlow ?? ZERO).plus(posting.funding ?? ZERO).minus(posting.fee ?? ZERO);
}

/** The only way to change a balance of the unified wallet: changes it and files why. */
export function postUnified(account: Account, posting: Posting): LedgerEntry {
  const balance = coinBalance(account.wallet, posting.coin);
  const change = changeOf(posting);
  balance.walletBalance = balance.walletBalance.plus(change);
  const entry = { ...posting, number: account.ledger.length + 1, change, cashBalance: balance.walletBalance };
  account.ledger.push(entry);
  return entry;
}

/** The only way to change a balance of the funding wallet of a real account: changes it and files why. */
export function postFund(account: Account, posting: Posting): LedgerEntry {
  const change = changeOf(posting);
  const cashBalance = (account.fund.get(posting.coin) ?? ZERO).plus(change);
  account.fund.set(posting.coin, cashBalance);
  const entry = { ...posting, number: account.fundLedger.length + 1, change, cashBalance };
  account.fundLedger.push(entry);
  return entry;
}
