import type { Account } from "./account.ts";
import { creditFund } from "./account.ts";
import type { Emit } from "./events.ts";
import { evaluateFast } from "./fast-account.ts";
import type { FastReading } from "./fast-account.ts";
import { refreshFast, refreshShadow } from "./fast-view.ts";
import type { Loan } from "./loans.ts";
import { liquidateLoan, loanValue } from "./loans.ts";
import type { LoanLiquidation } from "./loans.ts";
import { moveMarket } from "./market.ts";
import type { Decimal } from "./money.ts";
import { stepOrders } from "./resting-fills.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { recordEquity } from "./stats.ts";
import { liquidateUnified } from "./unified-liquidation.ts";

/** When a step happens. */
export interface StepTime {
  /** Exchange time, milliseconds since the epoch. */
  readonly timeMs: number;
  /** Recorded clock, milliseconds since the epoch. */
  readonly replayTimeMs: number;
}

/** How close to a line the doubles must come before decimals decide. */
const NEAR_LINE = 1e-6;

const reading: FastReading = { equityUsd: 0, ltv: 0, mmRate: 0 };

/** Liquidates a loan that is at or over its line; what is left goes to the funding wallet. */
function checkLoan(
  state: ExchangeState,
  loan: Loan,
  fund: Map<string, Decimal>,
  time: StepTime,
): LoanLiquidation | undefined {
  const rules = {
    usdPrice: (coin: string) => usdPrice(state, coin),
    tiers: state.collateralTiers,
    lines: state.loanLines,
  };
  const value = loanValue(loan, rules.usdPrice, rules.tiers);
  if (value.debtUsd.isZero()) return undefined;
  if (value.ltv !== undefined && value.ltv.isLessThan(state.loanLines.liquidation)) return undefined;
  const liquidation = liquidateLoan(loan, value, rules, time);
  for (const [coin, amount] of liquidation.returned) creditFund(fund, coin, amount);
  return liquidation;
}

/** The account as it would be had it never traded; returns its equity, USD. */
function shadowEquity(state: ExchangeState, account: Account, loanLine: number, time: StepTime): number {
  const { shadow } = account;
  evaluateFast(shadow.fast, state.prices, reading);
  if (reading.ltv >= loanLine - NEAR_LINE && checkLoan(state, shadow.loan, shadow.fund, time) !== undefined) {
    refreshShadow(state, account);
    evaluateFast(shadow.fast, state.prices, reading);
  }
  return reading.equityUsd;
}

/** Follows one account through one step: lines, then the figures of the report. */
export function followAccount(
  state: ExchangeState,
  account: Account,
  loanLine: number,
  time: StepTime,
  emit: Emit,
): void {
  evaluateFast(account.fast, state.prices, reading);
  if (Number.isFinite(reading.ltv) && reading.ltv > account.stats.highestLtv) account.stats.highestLtv = reading.ltv;
  const { mmRate } = reading;
  if (reading.ltv >= loanLine - NEAR_LINE) {
    const liquidation = checkLoan(state, account.loan, account.fund, time);
    if (liquidation !== undefined) {
      refreshFast(state, account);
      emit({ kind: "loan_liquidated", uid: account.uid, timeMs: time.timeMs, liquidation });
    }
  }
  if (mmRate >= 1 - NEAR_LINE) liquidateUnified(state, account, time.timeMs, emit);
  const equityUsd = evaluateFast(account.fast, state.prices, reading).equityUsd;
  recordEquity(account.stats, equityUsd, shadowEquity(state, account, loanLine, time));
}

/** Moves every market at once, fills what the prices reached, enforces the lines, and takes the readings. */
export function stepExchange(state: ExchangeState, prices: readonly number[], time: StepTime, emit: Emit): void {
  state.prices = prices;
  for (const [index, market] of state.markets.entries()) {
    moveMarket(market, prices[index] ?? market.price, state.sequence, time.timeMs);
  }
  stepOrders(state, time.timeMs, emit);
  const loanLine = Number(state.loanLines.liquidation);
  for (const account of state.accounts.values()) followAccount(state, account, loanLine, time, emit);
}
