import type { Account } from "./account.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { emitWallet } from "./fills.ts";
import { postUnified } from "./ledger.ts";
import { isLoanable } from "./loan-flexible.ts";
import { accountMargin } from "./margin.ts";
import { DECIMAL_TEXT, Decimal, ZERO, decimal, larger, smaller } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import { marginRules, usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { coinBalance, freeBalance } from "./wallet.ts";

/** Most of the available margin that may be borrowed against, as a multiple: the account could not carry more (our inference). */
const BORROW_MULTIPLE = 4;

/** What can still be borrowed of a coin by hand, coin units. */
export function availableToBorrow(state: ExchangeState, account: Account, coin: string): Decimal {
  if (!isLoanable(state, coin)) return ZERO;
  const available = accountMargin(account, marginRules(state)).totalAvailableBalance;
  return available.times(BORROW_MULTIPLE).div(usdPrice(state, coin)).decimalPlaces(4, Decimal.ROUND_DOWN);
}

/** Borrows a coin into the unified wallet (`/v5/account/borrow`). */
export function borrowUnified(
  state: ExchangeState,
  account: Account,
  request: { readonly coin: string; readonly amount: string },
  timeMs: number,
  emit: Emit,
): Result<Decimal> {
  const { coin, amount: text } = request;
  if (!DECIMAL_TEXT.test(text) || !decimal(text).isGreaterThan(0)) return refuse(10001, "params error: amount invalid");
  const amount = decimal(text);
  if (!isLoanable(state, coin)) return refuse(34022001, "This coin cannot be borrowed.");
  if (amount.isGreaterThan(availableToBorrow(state, account, coin))) {
    return refuse(34022011, "The amount exceeds what is available to borrow.");
  }
  const balance = coinBalance(account.wallet, coin);
  balance.spotBorrow = balance.spotBorrow.plus(amount);
  postUnified(account, { coin, type: "BORROW", timeMs, cashFlow: amount });
  refreshFast(state, account);
  emitWallet(state, account, timeMs, emit, [coin]);
  return accept(amount);
}

/** Pays back what was borrowed by hand, interest first; all of it without an amount. @returns what was paid, by coin */
export function repayUnified(
  state: ExchangeState,
  account: Account,
  request: { readonly coin: string | undefined; readonly amount: string | undefined },
  timeMs: number,
  emit: Emit,
): Result<ReadonlyMap<string, Decimal>> {
  const { amount: text } = request;
  if (text !== undefined && (!DECIMAL_TEXT.test(text) || request.coin === undefined)) {
    return refuse(10001, "params error: amount invalid");
  }
  const paid = new Map<string, Decimal>();
  for (const [coin, balance] of account.wallet) {
    if (balance.spotBorrow.isZero() || (request.coin !== undefined && coin !== request.coin)) continue;
    const wanted = text === undefined ? balance.spotBorrow : smaller(decimal(text), balance.spotBorrow);
    const amount = smaller(wanted, freeBalance(account.wallet, coin));
    if (!amount.isGreaterThan(0)) continue;
    balance.spotBorrow = balance.spotBorrow.minus(amount);
    balance.accruedInterest = larger(ZERO, balance.accruedInterest.minus(amount));
    postUnified(account, { coin, type: "REPAY", timeMs, cashFlow: amount.negated() });
    paid.set(coin, amount);
  }
  if (paid.size === 0) return refuse(34022030, "There is nothing to repay, or nothing to repay it with.");
  refreshFast(state, account);
  emitWallet(state, account, timeMs, emit, [...paid.keys()]);
  return accept(paid);
}
