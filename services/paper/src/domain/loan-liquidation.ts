import type { Account } from "./account.ts";
import { creditFund } from "./account.ts";
import { nextLoanId } from "./bank.ts";
import type { Emit } from "./events.ts";
import { refreshFast, refreshShadow } from "./fast-view.ts";
import { liquidateFixed, overdueTooLong } from "./loan-fixed.ts";
import { moveFund, poolValue } from "./loan-pool.ts";
import { liquidateLoan } from "./loans.ts";
import type { Loan, LoanLiquidation } from "./loans.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

interface LoanTime {
  readonly timeMs: number;
  readonly replayTimeMs: number;
}

/** How close to a line the doubles must come before decimals decide. */
const NEAR_LINE = 1e-6;

function isAtLine(state: ExchangeState, loan: Loan, line: string): boolean {
  const value = poolValue(state, loan);
  if (value.debtUsd.isZero()) return false;
  return value.ltv === undefined || !value.ltv.isLessThan(line);
}

function sell(state: ExchangeState, loan: Loan, time: LoanTime): LoanLiquidation {
  const rules = {
    usdPrice: (coin: string) => usdPrice(state, coin),
    tiers: state.collateralTiers,
    lines: state.loanLines,
  };
  return liquidateLoan(loan, poolValue(state, loan), rules, time);
}

/** Sells the pool for its debt and writes what its owner can read of it: repayment rows and the funding wallet. */
function liquidatePool(state: ExchangeState, account: Account, time: LoanTime, repayType: 2 | 6, emit: Emit): void {
  const { loan, loanBook } = account;
  const owed = [...loan.debt];
  const liquidation = sell(state, loan, time);
  for (const [coin, amount] of owed) {
    const repayId = String(nextLoanId(state.bank));
    loanBook.repayments.push({ repayId, coin, amount, timeMs: time.timeMs, repayType, status: 1 });
  }
  liquidateFixed(state, account, time.timeMs);
  for (const [coin, amount] of liquidation.returned) {
    moveFund(account, "LOANS_ASSET_REDEMPTION", coin, amount, time.timeMs);
  }
  loanBook.delayedSinceMs = undefined;
  loanBook.marginCalled = false;
  refreshFast(state, account);
  emit({ kind: "loan_liquidated", uid: account.uid, timeMs: time.timeMs, liquidation });
}

/**
 * Holds an account's pool against its lines: margin call, delayed liquidation after its grace, immediate liquidation,
 * and a fixed loan overdue too long.
 * @param ltv in doubles; what comes near a line is decided again in decimals
 */
export function enforceLoanLines(
  state: ExchangeState,
  account: Account,
  ltv: number,
  time: LoanTime,
  emit: Emit,
): void {
  const { loanBook, loan } = account;
  const { rules } = state.bank;
  const reaches = (line: string): boolean => ltv >= Number(line) - NEAR_LINE && isAtLine(state, loan, line);
  loanBook.marginCalled = reaches(state.loanLines.marginCall);
  if (loanBook.fixed.length > 0 && overdueTooLong(account, time.timeMs)) {
    liquidatePool(state, account, time, 2, emit);
    return;
  }
  if (!loanBook.marginCalled) {
    loanBook.delayedSinceMs = undefined;
    return;
  }
  if (reaches(state.loanLines.liquidation)) {
    liquidatePool(state, account, time, 2, emit);
    return;
  }
  if (!reaches(rules.delayedLine)) loanBook.delayedSinceMs = undefined;
  else if (loanBook.delayedSinceMs === undefined) loanBook.delayedSinceMs = time.timeMs;
  else if (time.timeMs - loanBook.delayedSinceMs >= rules.delayedGraceMs) liquidatePool(state, account, time, 6, emit);
}

/** The same for the account had it never traded: the line of immediate liquidation only. @returns whether it was sold */
export function enforceShadowLine(state: ExchangeState, account: Account, ltv: number, time: LoanTime): boolean {
  const { shadow } = account;
  const { liquidation: line } = state.loanLines;
  if (ltv < Number(line) - NEAR_LINE || !isAtLine(state, shadow.loan, line)) return false;
  for (const [coin, amount] of sell(state, shadow.loan, time).returned) creditFund(shadow.fund, coin, amount);
  refreshShadow(state, account);
  return true;
}
