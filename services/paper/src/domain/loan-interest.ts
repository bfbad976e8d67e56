import type { Account } from "./account.ts";
import { HOUR_MS } from "./bank.ts";
import { refreshFast, refreshShadow } from "./fast-view.ts";
import { accrueFixed } from "./loan-fixed.ts";
import { accrueLegacy } from "./loan-legacy.ts";
import type { Loan } from "./loans.ts";
import { addTo } from "./loan-pool.ts";
import { Decimal, decimal } from "./money.ts";
import type { ExchangeState } from "./state.ts";

/** Places of an interest amount, rounded up: the lender does not lose a fraction. */
const PLACES = 8;

/** One hour of interest on everything owed, interest included: it compounds. */
function accrue(loan: Loan, rates: Readonly<Record<string, string>>): void {
  for (const [coin, owed] of loan.debt) {
    const interest = owed.times(decimal(rates[coin] ?? "0")).decimalPlaces(PLACES, Decimal.ROUND_UP);
    if (interest.isZero()) continue;
    addTo(loan.debt, coin, interest);
    addTo(loan.interest, coin, interest);
  }
}

/** Interest on what was borrowed by hand in the unified account. */
function accrueUnified(account: Account, rates: Readonly<Record<string, string>>, timeMs: number): void {
  for (const [coin, balance] of account.wallet) {
    const hourlyRate = rates[coin] ?? "0";
    const cost = balance.spotBorrow.times(hourlyRate).decimalPlaces(PLACES, Decimal.ROUND_UP);
    if (cost.isZero()) continue;
    account.loanBook.charges.push({ coin, timeMs, cost, borrowed: balance.spotBorrow, hourlyRate });
    balance.spotBorrow = balance.spotBorrow.plus(cost);
    balance.accruedInterest = balance.accruedInterest.plus(cost);
  }
}

/** Charges the interest of every full hour that has passed, also to the accounts that never traded. */
export function settleInterest(state: ExchangeState, timeMs: number): void {
  const { bank } = state;
  while (bank.nextInterestMs <= timeMs) {
    const atMs = bank.nextInterestMs;
    bank.nextInterestMs += HOUR_MS;
    for (const account of state.accounts.values()) {
      accrue(account.loan, bank.rules.hourlyRates);
      accrue(account.shadow.loan, bank.rules.hourlyRates);
      accrueUnified(account, bank.rules.hourlyRates, atMs);
      accrueFixed(state, account, atMs);
      accrueLegacy(state, account);
      refreshFast(state, account);
      refreshShadow(state, account);
    }
  }
}
