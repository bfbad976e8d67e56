import type { Account } from "./account.ts";
import { doOrDefer, nextLoanId } from "./bank.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import type { LoanBorrow, LoanRepayment } from "./loan-book.ts";
import {
  addTo,
  checkAmount,
  checkCollateral,
  isOver,
  loanPlaces,
  moveFund,
  pledge,
  poolValue,
  poolWith,
} from "./loan-pool.ts";
import type { CoinAmount } from "./loan-pool.ts";
import { Decimal, ZERO, decimal, smaller } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

export interface BorrowRequest {
  readonly loanCurrency: string;
  readonly loanAmount: string;
  readonly collateralList: readonly CoinAmount[];
}

interface CheckedBorrow {
  readonly amount: Decimal;
  readonly collateral: readonly (readonly [string, Decimal])[];
}

/** Whether a coin can be borrowed here: it has an interest rate and a price. */
export function isLoanable(state: ExchangeState, coin: string): boolean {
  return state.bank.rules.hourlyRates[coin] !== undefined && usdPrice(state, coin).isGreaterThan(0);
}

function checkBorrow(state: ExchangeState, account: Account, request: BorrowRequest): Result<CheckedBorrow> {
  const { loanCurrency: coin, loanAmount } = request;
  const { rules } = state.bank;
  if (!isLoanable(state, coin)) return refuse(148001, "This coin is not supported for loans.");
  const amount = checkAmount(loanAmount, loanPlaces(coin), 148003);
  if (!amount.ok) return amount;
  const usd = amount.value.times(usdPrice(state, coin));
  if (usd.isLessThan(rules.minFlexibleUsd)) return refuse(148002, "The loan amount is below the minimum.");
  const collateral = checkCollateral(state, account, request.collateralList);
  if (!collateral.ok) return collateral;
  if (poolValue(state, account.loan).debtUsd.plus(usd).isGreaterThan(rules.quotaUsd)) {
    return refuse(148010, "The loan amount exceeds the remaining quota.");
  }
  const after = poolValue(state, poolWith(account.loan, collateral.value, [[coin, amount.value]]));
  if (isOver(after, state.loanLines.initial)) return refuse(148009, "LTV exceeds the risk threshold.");
  return accept({ amount: amount.value, collateral: collateral.value });
}

/** Takes a flexible loan: collateral leaves the funding wallet, the loan arrives there. Checked again when processed late. */
export function borrowFlexible(
  state: ExchangeState,
  account: Account,
  request: BorrowRequest,
  timeMs: number,
  emit: Emit,
): Result<LoanBorrow> {
  const checked = checkBorrow(state, account, request);
  if (!checked.ok) return checked;
  const { bank } = state;
  const coin = request.loanCurrency;
  const orderId = String(nextLoanId(bank));
  const row: LoanBorrow = { orderId, coin, amount: checked.value.amount, timeMs, status: 2 };
  account.loanBook.borrows.push(row);
  const run = (atMs: number): void => {
    const still = checkBorrow(state, account, request);
    row.status = still.ok ? 1 : 3;
    if (!still.ok) return;
    pledge(account, still.value.collateral, atMs);
    addTo(account.loan.debt, coin, still.value.amount);
    moveFund(account, "LOANS_BORROW_FUNDS", coin, still.value.amount, atMs);
    refreshFast(state, account);
  };
  doOrDefer(bank, bank.loanDelayMs, run, { timeMs, emit });
  return accept(row);
}

/** Books a payment: interest first, then principal. */
export function reduceDebt(account: Account, coin: string, amount: Decimal): void {
  const interest = account.loan.interest.get(coin) ?? ZERO;
  addTo(account.loan.interest, coin, smaller(interest, amount).negated());
  addTo(account.loan.debt, coin, amount.negated());
}

function checkRepay(account: Account, coin: string, text: string): Result<Decimal> {
  const debt = account.loan.debt.get(coin) ?? ZERO;
  if (debt.isZero()) return refuse(148032, "There is no debt to repay.");
  const amount = checkAmount(text, COLLECTABLE_PLACES, 148028);
  if (!amount.ok) return amount;
  if (amount.value.isGreaterThan(debt)) return refuse(148038, "The repayment exceeds the outstanding debt.");
  return amount;
}

/** Interest has eight places, so the last of a debt can be repaid exactly. */
const COLLECTABLE_PLACES = 8;

/** Repays flexible debt from the funding wallet: interest first; collateral is not released. */
export function repayFlexible(
  state: ExchangeState,
  account: Account,
  request: { readonly loanCurrency: string; readonly amount: string },
  timeMs: number,
  emit: Emit,
): Result<LoanRepayment> {
  const { loanCurrency: coin } = request;
  const { bank } = state;
  const check = (): Result<Decimal> => {
    const amount = checkRepay(account, coin, request.amount);
    if (!amount.ok) return amount;
    return amount.value.isGreaterThan(account.fund.get(coin) ?? ZERO)
      ? refuse(148029, "Insufficient balance in the Funding Account for the repayment.")
      : amount;
  };
  if (account.loanBook.repayments.some((one) => one.coin === coin && one.status === 2)) {
    return refuse(148041, "A repayment of this coin is in progress.");
  }
  const checked = check();
  if (!checked.ok) return checked;
  const row: LoanRepayment = {
    repayId: String(nextLoanId(bank)),
    coin,
    amount: checked.value,
    timeMs,
    repayType: 1,
    status: 2,
  };
  account.loanBook.repayments.push(row);
  const run = (atMs: number): void => {
    const still = check();
    row.status = still.ok ? 1 : 3;
    if (!still.ok) return;
    moveFund(account, "LOANS_REPAY_FUNDS", coin, still.value.negated(), atMs);
    reduceDebt(account, coin, still.value);
    refreshFast(state, account);
  };
  doOrDefer(bank, bank.loanDelayMs, run, { timeMs, emit });
  return accept(row);
}

/** Most that one call may repay with collateral, USD. */
const REPAY_COLLATERAL_MOST_USD = 300_000;

/** What of each coin is sold to raise `owedUsd`, in the order given; undefined when it does not suffice. */
function coinsToSell(
  state: ExchangeState,
  account: Account,
  coins: readonly string[],
  owedUsd: Decimal,
): readonly (readonly [string, Decimal])[] | undefined {
  let left = owedUsd;
  const sold: (readonly [string, Decimal])[] = [];
  for (const coin of coins) {
    const price = usdPrice(state, coin);
    const held = account.loan.collateral.get(coin) ?? ZERO;
    if (!left.isGreaterThan(0) || held.isZero() || !price.isGreaterThan(0)) continue;
    const qty = smaller(held, left.div(price).decimalPlaces(8, Decimal.ROUND_UP));
    sold.push([coin, qty]);
    left = left.minus(qty.times(price));
  }
  return left.isGreaterThan(0) ? undefined : sold;
}

/** Repays flexible debt by selling collateral at the spot price, with a fee on what is sold. */
export function repayWithCollateral(
  state: ExchangeState,
  account: Account,
  request: { readonly loanCurrency: string; readonly collateralCoin: string; readonly amount: string },
  timeMs: number,
): Result<LoanRepayment> {
  const { loanCurrency: coin } = request;
  const amount = checkRepay(account, coin, request.amount);
  if (!amount.ok) return amount;
  const usd = amount.value.times(usdPrice(state, coin));
  if (usd.isGreaterThan(REPAY_COLLATERAL_MOST_USD)) return refuse(148047, "The amount exceeds 300,000 USD.");
  const coins = request.collateralCoin.split(",").map((one) => one.trim());
  const owed = usd.times(decimal("1").plus(state.bank.rules.repayCollateralFee));
  const sold = coinsToSell(state, account, coins, owed);
  if (sold === undefined) return refuse(148012, "The collateral does not cover the repayment.");
  for (const [sale, qty] of sold) addTo(account.loan.collateral, sale, qty.negated());
  reduceDebt(account, coin, amount.value);
  const repayId = String(nextLoanId(state.bank));
  const row: LoanRepayment = { repayId, coin, amount: amount.value, timeMs, repayType: 7, status: 1 };
  account.loanBook.repayments.push(row);
  refreshFast(state, account);
  return accept(row);
}
