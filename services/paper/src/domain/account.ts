import type { ClosedPnl } from "./closed-pnl-row.ts";
import type { FastAccount } from "./fast-account.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { emptyLoanBook } from "./loan-book.ts";
import type { LoanBook } from "./loan-book.ts";
import type { Loan } from "./loans.ts";
import { copyLoan } from "./loans.ts";
import type { Decimal } from "./money.ts";
import { ZERO } from "./money.ts";
import type { Execution, Order } from "./orders.ts";
import { defaultPriceLimitActions } from "./price-limit-actions.ts";
import type { PriceLimitActions } from "./price-limit-actions.ts";
import type { Position } from "./positions.ts";
import { flatPosition } from "./positions.ts";
import type { AccountStats } from "./stats.ts";
import type { Transfer } from "./transfer-record.ts";
import type { Wallet } from "./wallet.ts";

/** Everything the exchange keeps of one account. */
export interface Account {
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  /** Unified trading wallet. */
  readonly wallet: Wallet;
  /** Funding wallet: where loans live and what a liquidation gives back. */
  readonly fund: Map<string, Decimal>;
  /** Transaction log of the unified wallet, oldest first. */
  readonly ledger: LedgerEntry[];
  /** The same of the funding wallet. */
  readonly fundLedger: LedgerEntry[];
  /** Key: {@link positionKey}. */
  readonly positions: Map<string, Position>;
  /** What happens to limit prices outside the band. */
  readonly priceLimits: PriceLimitActions;
  /** Symbols traded in hedge mode. */
  readonly hedgeSymbols: Set<string>;
  /** By order id, oldest first. */
  readonly closedPnl: Map<string, ClosedPnl>;
  /** Coins the owner took out of the margin (`set-collateral-switch`). */
  readonly collateralOff: Set<string>;
  /** By transfer id. */
  readonly transfers: Map<string, Transfer>;
  readonly loan: Loan;
  /** Orders and histories of the crypto loans, fixed and legacy loans. */
  readonly loanBook: LoanBook;
  /** Oldest first. */
  readonly orders: Order[];
  readonly ordersById: Map<string, Order>;
  /** Link ids stay taken for good. */
  readonly ordersByLinkId: Map<string, Order>;
  readonly openOrders: Set<Order>;
  /** Oldest first. */
  readonly executions: Execution[];
  readonly unifiedLiquidationsMs: number[];
  /** The same account had it never traded. */
  readonly shadow: Shadow;
  readonly stats: AccountStats;
  /** Doubles for the per-step work; rebuilt after every change. */
  fast: FastAccount;
}

/** The same account had it never traded: its own loan, its first wallet. */
export interface Shadow {
  readonly loan: Loan;
  readonly fund: Map<string, Decimal>;
  readonly wallet: ReadonlyMap<string, Decimal>;
  fast: FastAccount;
}

export interface AccountOptions {
  readonly name: string;
  readonly uid: string;
  readonly createdMs: number;
  readonly wallet: Wallet;
  readonly loan: Loan;
  readonly stats: AccountStats;
  readonly emptyFast: FastAccount;
}

export function createAccount(options: AccountOptions): Account {
  return {
    name: options.name,
    uid: options.uid,
    createdMs: options.createdMs,
    wallet: options.wallet,
    fund: new Map(),
    ledger: [],
    fundLedger: [],
    positions: new Map(),
    priceLimits: defaultPriceLimitActions(),
    hedgeSymbols: new Set(),
    closedPnl: new Map(),
    collateralOff: new Set(),
    transfers: new Map(),
    loan: options.loan,
    loanBook: emptyLoanBook(),
    orders: [],
    ordersById: new Map(),
    ordersByLinkId: new Map(),
    openOrders: new Set(),
    executions: [],
    unifiedLiquidationsMs: [],
    shadow: {
      loan: copyLoan(options.loan),
      fund: new Map(),
      wallet: new Map([...options.wallet].map(([coin, balance]) => [coin, balance.walletBalance])),
      fast: options.emptyFast,
    },
    stats: options.stats,
    fast: options.emptyFast,
  };
}

/** Key of a position: the symbol, with the index of hedge mode behind it. */
export function positionKey(symbol: string, positionIdx: number): string {
  return positionIdx === 0 ? symbol : `${symbol}#${positionIdx}`;
}

/** The account's position of a symbol; flat when it never traded it. */
export function positionOf(account: Account, symbol: string, positionIdx: 0 | 1 | 2 = 0): Position {
  const key = positionKey(symbol, positionIdx);
  let position = account.positions.get(key);
  if (position === undefined) {
    position = flatPosition(symbol, account.createdMs, positionIdx);
    account.positions.set(key, position);
  }
  return position;
}

/** The positions of a symbol in its mode: one, or long and short in hedge mode. */
export function positionsOf(account: Account, symbol: string): readonly Position[] {
  return account.hedgeSymbols.has(symbol)
    ? [positionOf(account, symbol, 1), positionOf(account, symbol, 2)]
    : [positionOf(account, symbol)];
}

/** Adds to a coin of the funding wallet. */
export function creditFund(fund: Map<string, Decimal>, coin: string, amount: Decimal): void {
  fund.set(coin, (fund.get(coin) ?? ZERO).plus(amount));
}
