import type { FastAccount } from "./fast-account.ts";
import type { Loan } from "./loans.ts";
import { copyLoan } from "./loans.ts";
import type { Decimal } from "./money.ts";
import { ZERO } from "./money.ts";
import type { Execution, Order } from "./orders.ts";
import type { Position } from "./positions.ts";
import { flatPosition } from "./positions.ts";
import type { AccountStats } from "./stats.ts";
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
  readonly positions: Map<string, Position>;
  readonly loan: Loan;
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
    positions: new Map(),
    loan: options.loan,
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

/** The account's position of a symbol; flat when it never traded it. */
export function positionOf(account: Account, symbol: string): Position {
  let position = account.positions.get(symbol);
  if (position === undefined) {
    position = flatPosition(symbol, account.createdMs);
    account.positions.set(symbol, position);
  }
  return position;
}

/** Adds to a coin of the funding wallet. */
export function creditFund(fund: Map<string, Decimal>, coin: string, amount: Decimal): void {
  fund.set(coin, (fund.get(coin) ?? ZERO).plus(amount));
}
