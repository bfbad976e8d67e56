import type { Account } from "./account.ts";
import { HOUR_MS, nextLoanId } from "./bank.ts";
import { refreshFast } from "./fast-view.ts";
import type { FixedContract, FixedOrder } from "./loan-book.ts";
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
import { isLoanable } from "./loan-flexible.ts";
import { Decimal, ZERO, decimal } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

const DAY_MS = 24 * HOUR_MS;
const DAYS_A_YEAR = 365;
/** Penalty of an overdue fixed loan: three times its hourly interest (documented). */
const PENALTY_FACTOR = 3;
/** An overdue loan is liquidated after this long (documented: about 24 hours). */
export const OVERDUE_GRACE_MS = DAY_MS;

export interface FixedBorrowRequest {
  readonly orderCurrency: string;
  readonly orderAmount: string;
  /** Fraction a year. */
  readonly annualRate: string;
  /** Days. */
  readonly term: string;
  readonly repayType: "1" | "2";
  readonly collateralList: readonly CoinAmount[];
}

function termInterest(principal: Decimal, annualRate: string, termDays: number): Decimal {
  return principal.times(annualRate).times(termDays).div(DAYS_A_YEAR).decimalPlaces(8, Decimal.ROUND_UP);
}

/** What a contract owes in all. */
export function fixedOwed(contract: FixedContract): Decimal {
  return contract.residualPrincipal.plus(contract.residualInterest).plus(contract.residualPenalty);
}

/** Writes the sum of the fixed contracts into the pool, where LTV is reckoned. */
function sumFixed(account: Account): void {
  const { loan, loanBook } = account;
  loan.fixedDebt.clear();
  for (const contract of loanBook.fixed) {
    if (contract.status !== 2) addTo(loan.fixedDebt, contract.coin, fixedOwed(contract));
  }
}

function openContract(state: ExchangeState, account: Account, order: FixedOrder, timeMs: number): void {
  account.loanBook.fixed.push({
    loanId: String(nextLoanId(state.bank)),
    orderId: order.orderId,
    coin: order.coin,
    annualRate: order.annualRate,
    term: order.term,
    borrowMs: timeMs,
    repaymentMs: timeMs + order.term * DAY_MS,
    residualPrincipal: order.qty,
    residualInterest: termInterest(order.qty, order.annualRate, order.term),
    residualPenalty: ZERO,
    interestPaid: ZERO,
    status: 1,
    repayType: order.repayType,
  });
  order.filled = order.qty;
  order.state = 3;
  sumFixed(account);
  moveFund(account, "LOANS_BORROW_FUNDS", order.coin, order.qty, timeMs);
}

/**
 * Orders a fixed loan. It is matched at once when its rate meets the quoted one, with the collateral pledged; a lower
 * offer waits for ever (nobody supplies below the quote here) until it is cancelled.
 */
export function borrowFixed(
  state: ExchangeState,
  account: Account,
  request: FixedBorrowRequest,
  timeMs: number,
): Result<FixedOrder> {
  const { orderCurrency: coin, annualRate, term } = request;
  const { rules } = state.bank;
  const quoted = rules.annualRates[term];
  if (!isLoanable(state, coin)) return refuse(148001, "This coin is not supported for loans.");
  if (quoted === undefined) return refuse(10001, "params error: term invalid");
  const amount = checkAmount(request.orderAmount, loanPlaces(coin), 148003);
  if (!amount.ok) return amount;
  const usd = amount.value.times(usdPrice(state, coin));
  if (usd.isLessThan(rules.minFixedUsd)) return refuse(148002, "The loan amount is below the minimum.");
  const collateral = checkCollateral(state, account, request.collateralList);
  if (!collateral.ok) return collateral;
  const debt = amount.value.plus(termInterest(amount.value, annualRate, Number(term)));
  const after = poolValue(state, poolWith(account.loan, collateral.value, [[coin, debt]]));
  if (isOver(after, state.loanLines.initial)) return refuse(148009, "LTV exceeds the risk threshold.");
  const order: FixedOrder = {
    orderId: String(nextLoanId(state.bank)),
    coin,
    qty: amount.value,
    annualRate,
    term: Number(term),
    timeMs,
    repayType: request.repayType,
    filled: ZERO,
    state: 1,
  };
  account.loanBook.fixedOrders.push(order);
  if (!decimal(annualRate).isLessThan(quoted)) {
    pledge(account, collateral.value, timeMs);
    openContract(state, account, order, timeMs);
    refreshFast(state, account);
  }
  return accept(order);
}

export function cancelFixedOrder(account: Account, orderId: string): Result<FixedOrder> {
  const order = account.loanBook.fixedOrders.find((one) => one.orderId === orderId);
  if (order === undefined || order.state !== 1) return refuse(148023, "The order does not exist.");
  order.state = 4;
  return accept(order);
}

/** Pays a contract off in full from the funding wallet. @returns false when the balance is too small */
function payOff(state: ExchangeState, account: Account, contract: FixedContract, timeMs: number): boolean {
  const owed = fixedOwed(contract);
  if (owed.isGreaterThan(account.fund.get(contract.coin) ?? ZERO)) return false;
  moveFund(account, "LOANS_REPAY_FUNDS", contract.coin, owed.negated(), timeMs);
  closeContract(state, account, contract, owed, { timeMs, repayType: 1 });
  return true;
}

/** Marks a contract repaid and writes the history. */
function closeContract(
  state: ExchangeState,
  account: Account,
  contract: FixedContract,
  amount: Decimal,
  how: { readonly timeMs: number; readonly repayType: 1 | 2 },
): void {
  contract.interestPaid = contract.residualInterest.plus(contract.residualPenalty);
  contract.residualPrincipal = ZERO;
  contract.residualInterest = ZERO;
  contract.residualPenalty = ZERO;
  contract.status = 2;
  const repayId = String(nextLoanId(state.bank));
  account.loanBook.fixedRepayments.push({
    repayId,
    coin: contract.coin,
    amount,
    timeMs: how.timeMs,
    repayType: how.repayType,
    status: 1,
    loanId: contract.loanId,
  });
  sumFixed(account);
}

/** Repays one fixed loan, or all of a coin, whole. */
export function repayFixed(
  state: ExchangeState,
  account: Account,
  request: { readonly loanId: string | undefined; readonly loanCurrency: string | undefined },
  timeMs: number,
): Result<string> {
  const open = account.loanBook.fixed.filter(
    (one) =>
      one.status !== 2 &&
      (request.loanId === undefined ? one.coin === request.loanCurrency : one.loanId === request.loanId),
  );
  if (open.length === 0) return refuse(148023, "The loan does not exist.");
  const coin = open[0]?.coin ?? "";
  const owed = open.reduce((total, one) => total.plus(fixedOwed(one)), ZERO);
  if (owed.isGreaterThan(account.fund.get(coin) ?? ZERO)) {
    return refuse(148029, "Insufficient balance in the Funding Account for the repayment.");
  }
  for (const contract of open) payOff(state, account, contract, timeMs);
  refreshFast(state, account);
  return accept(account.loanBook.fixedRepayments.at(-1)?.repayId ?? "");
}

/** A liquidation of the pool ends every fixed contract. */
export function liquidateFixed(state: ExchangeState, account: Account, timeMs: number): void {
  for (const contract of account.loanBook.fixed) {
    if (contract.status !== 2) closeContract(state, account, contract, fixedOwed(contract), { timeMs, repayType: 2 });
  }
}

/** At the end of its term a contract is repaid from the funding wallet, turned into flexible debt, or overdue with a penalty. */
export function accrueFixed(state: ExchangeState, account: Account, timeMs: number): void {
  for (const contract of account.loanBook.fixed) {
    if (contract.status === 2 || contract.repaymentMs > timeMs) continue;
    if (contract.status === 1 && contract.repayType === "2") {
      const owed = fixedOwed(contract);
      closeContract(state, account, contract, owed, { timeMs, repayType: 1 });
      addTo(account.loan.debt, contract.coin, owed);
    } else if (!payOff(state, account, contract, timeMs)) {
      contract.status = 3;
      const hourly = decimal(contract.annualRate).div(DAYS_A_YEAR * 24);
      const penalty = contract.residualPrincipal.times(hourly).times(PENALTY_FACTOR);
      contract.residualPenalty = contract.residualPenalty.plus(penalty.decimalPlaces(8, Decimal.ROUND_UP));
      sumFixed(account);
    }
  }
}

/** Whether a fixed loan has been overdue longer than its grace. */
export function overdueTooLong(account: Account, timeMs: number): boolean {
  return account.loanBook.fixed.some((one) => one.status === 3 && timeMs - one.repaymentMs >= OVERDUE_GRACE_MS);
}
