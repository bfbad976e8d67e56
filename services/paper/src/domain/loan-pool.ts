import type { Account } from "./account.ts";
import { postFund } from "./ledger.ts";
import type { LedgerType } from "./ledger-entry.ts";
import { loanValue } from "./loans.ts";
import type { Loan, LoanValue } from "./loans.ts";
import { DECIMAL_TEXT, ZERO, decimal } from "./money.ts";
import type { Decimal } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

/** Decimal places of collateral amounts. */
export const COLLATERAL_PLACES = 8;
/** Decimal places of borrowed and repaid amounts (`flexibleBorrowingAccuracy`) by kind of coin. */
const STABLE_PLACES = 4;
const COIN_PLACES = 8;

/** A coin and an amount as a client names them. */
export interface CoinAmount {
  readonly coin: string;
  readonly amount: string;
}

/** Places a loan of this coin is written with. */
export function loanPlaces(coin: string): number {
  return coin.startsWith("USD") ? STABLE_PLACES : COIN_PLACES;
}

/** Value of the pool now, USD. */
export function poolValue(state: ExchangeState, loan: Loan): LoanValue {
  return loanValue(loan, (coin) => usdPrice(state, coin), state.collateralTiers);
}

/** The pool as it would be with this much more (or less) collateral and debt. Nothing is changed. */
export function poolWith(
  loan: Loan,
  collateral: readonly (readonly [string, Decimal])[],
  debt: readonly (readonly [string, Decimal])[] = [],
): Loan {
  const copy: Loan = {
    collateral: new Map(loan.collateral),
    debt: new Map(loan.debt),
    interest: loan.interest,
    fixedDebt: loan.fixedDebt,
    liquidation: undefined,
  };
  for (const [coin, amount] of collateral) addTo(copy.collateral, coin, amount);
  for (const [coin, amount] of debt) addTo(copy.debt, coin, amount);
  return copy;
}

/** Adds to an amount by coin; what comes to zero is forgotten. */
export function addTo(map: Map<string, Decimal>, coin: string, amount: Decimal): void {
  const total = (map.get(coin) ?? ZERO).plus(amount);
  if (total.isZero()) map.delete(coin);
  else map.set(coin, total);
}

/** Whether LTV is over a line; debt without collateral is over every line. */
export function isOver(value: LoanValue, line: string): boolean {
  return value.ltv === undefined || value.ltv.isGreaterThan(line);
}

/** A positive amount with at most `places` decimals. */
export function checkAmount(text: string, places: number, tooFine: number): Result<Decimal> {
  if (!DECIMAL_TEXT.test(text) || !decimal(text).isGreaterThan(0)) return refuse(10001, "params error: amount invalid");
  const amount = decimal(text);
  return (amount.decimalPlaces() ?? 0) > places
    ? refuse(tooFine, "The amount has too many decimal places.")
    : accept(amount);
}

/** Collateral that a client offers: coins with tiers here, none twice, covered by the funding wallet. */
export function checkCollateral(
  state: ExchangeState,
  account: Account,
  offered: readonly CoinAmount[],
): Result<readonly (readonly [string, Decimal])[]> {
  const checked: (readonly [string, Decimal])[] = [];
  for (const { coin, amount: text } of offered) {
    if (!state.collateralTiers.has(coin)) return refuse(148004, "This coin is not supported as collateral.");
    if (checked.some(([known]) => known === coin)) return refuse(148039, "Duplicate collateral currency.");
    const amount = checkAmount(text, COLLATERAL_PLACES, 148005);
    if (!amount.ok) return amount;
    if (amount.value.isGreaterThan(account.fund.get(coin) ?? ZERO)) {
      return refuse(148012, "Insufficient collateral balance in the Funding Account.");
    }
    checked.push([coin, amount.value]);
  }
  return accept(checked);
}

/** Moves a coin out of (below 0) or into (above 0) the funding wallet, with its row. */
export function moveFund(account: Account, type: LedgerType, coin: string, amount: Decimal, timeMs: number): void {
  postFund(account, { coin, type, timeMs, cashFlow: amount });
}

/** Pledges collateral from the funding wallet. */
export function pledge(account: Account, coins: readonly (readonly [string, Decimal])[], timeMs: number): void {
  for (const [coin, amount] of coins) {
    moveFund(account, "LOANS_PLEDGE_ASSET", coin, amount.negated(), timeMs);
    addTo(account.loan.collateral, coin, amount);
  }
}
