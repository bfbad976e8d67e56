import type { Account } from "./account.ts";
import { doOrDefer, nextLoanId } from "./bank.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import type { LoanAdjustment } from "./loan-book.ts";
import {
  COLLATERAL_PLACES,
  addTo,
  checkAmount,
  checkCollateral,
  isOver,
  moveFund,
  pledge,
  poolValue,
  poolWith,
} from "./loan-pool.ts";
import type { CoinAmount } from "./loan-pool.ts";
import { Decimal, ONE, ZERO, decimal, larger, smaller } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

export interface AdjustRequest {
  readonly currency: string;
  readonly amount: string;
  readonly direction: 0 | 1;
}

/** Halvings of the search for the most collateral that can be taken back: finer than the last kept place. */
const HALVINGS = 96;

/** The most of a coin that can be taken back without lifting LTV over the reduce line, rounded down. */
export function maxReduction(state: ExchangeState, account: Account, coin: string): Decimal {
  const held = account.loan.collateral.get(coin) ?? ZERO;
  const line = state.bank.rules.reduceLine;
  const fits = (amount: Decimal): boolean =>
    !isOver(poolValue(state, poolWith(account.loan, [[coin, amount.negated()]])), line);
  if (held.isZero() || !fits(ZERO)) return ZERO;
  if (fits(held)) return held;
  let low = ZERO;
  let high = held;
  for (let round = 0; round < HALVINGS; round += 1) {
    const middle = low.plus(high).div(2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low.decimalPlaces(COLLATERAL_PLACES, Decimal.ROUND_DOWN);
}

function checkAdjust(state: ExchangeState, account: Account, request: AdjustRequest): Result<Decimal> {
  const { currency: coin } = request;
  const { loan } = account;
  if (loan.debt.size === 0 && loan.fixedDebt.size === 0 && loan.collateral.size === 0) {
    return refuse(148013, "You have no crypto loan.");
  }
  if (request.direction === 0) {
    const offered = checkCollateral(state, account, [{ coin, amount: request.amount }]);
    return offered.ok ? accept(decimal(request.amount)) : offered;
  }
  const amount = checkAmount(request.amount, COLLATERAL_PLACES, 148005);
  if (!amount.ok) return amount;
  return amount.value.isGreaterThan(maxReduction(state, account, coin))
    ? refuse(148037, "The amount exceeds the maximum that can be reduced.")
    : amount;
}

/** Adds collateral from the funding wallet (direction 0) or takes some back (1), then or after the loan delay. */
export function adjustCollateral(
  state: ExchangeState,
  account: Account,
  request: AdjustRequest,
  timeMs: number,
  emit: Emit,
): Result<LoanAdjustment> {
  const checked = checkAdjust(state, account, request);
  if (!checked.ok) return checked;
  const { bank } = state;
  const { currency: coin, direction } = request;
  const ltv = (): Decimal => poolValue(state, account.loan).ltv ?? ZERO;
  const row: LoanAdjustment = {
    adjustId: nextLoanId(bank),
    coin,
    amount: checked.value,
    timeMs,
    direction,
    preLtv: ltv(),
    afterLtv: ltv(),
    status: 2,
  };
  account.loanBook.adjustments.push(row);
  const run = (atMs: number): void => {
    const still = checkAdjust(state, account, request);
    row.status = still.ok ? 1 : 3;
    if (!still.ok) return;
    if (direction === 0) pledge(account, [[coin, still.value]], atMs);
    else {
      addTo(account.loan.collateral, coin, still.value.negated());
      moveFund(account, "LOANS_ASSET_REDEMPTION", coin, still.value, atMs);
    }
    row.afterLtv = ltv();
    refreshFast(state, account);
  };
  doOrDefer(bank, bank.loanDelayMs, run, { timeMs, emit });
  return accept(row);
}

export interface MaxLoan {
  readonly maxLoan: Decimal;
  readonly notionalUsd: Decimal;
  readonly remainingQuota: Decimal;
}

/** What could be borrowed of a coin with this collateral on top of the pool, up to the initial line and the quota. */
export function maxLoan(
  state: ExchangeState,
  account: Account,
  coin: string,
  offered: readonly CoinAmount[],
): Result<MaxLoan> {
  const price = usdPrice(state, coin);
  if (!price.isGreaterThan(0)) return refuse(148001, "This coin is not supported for loans.");
  const added: (readonly [string, Decimal])[] = [];
  for (const one of offered) {
    if (!state.collateralTiers.has(one.coin)) return refuse(148004, "This coin is not supported as collateral.");
    const amount = checkAmount(one.amount, COLLATERAL_PLACES, 148005);
    if (!amount.ok) return amount;
    added.push([one.coin, amount.value]);
  }
  const value = poolValue(state, poolWith(account.loan, added));
  const quotaUsd = larger(ZERO, decimal(state.bank.rules.quotaUsd).minus(value.debtUsd));
  const room = larger(ZERO, value.collateralUsd.times(state.loanLines.initial).minus(value.debtUsd));
  const most = smaller(room, quotaUsd).div(price).decimalPlaces(4, Decimal.ROUND_DOWN);
  return accept({
    maxLoan: most,
    notionalUsd: most.times(price),
    remainingQuota: quotaUsd.div(price.isZero() ? ONE : price),
  });
}
