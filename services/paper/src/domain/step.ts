import type { Account } from "./account.ts";
import { settleDueOperations } from "./bank.ts";
import type { Emit } from "./events.ts";
import { evaluateFast } from "./fast-account.ts";
import type { FastReading } from "./fast-account.ts";
import { settleFundingDue } from "./funding.ts";
import { settleInterest } from "./loan-interest.ts";
import { enforceLegacyLines } from "./loan-legacy.ts";
import { enforceLoanLines, enforceShadowLine } from "./loan-liquidation.ts";
import { moveMarket } from "./market.ts";
import { stepOrders } from "./resting-fills.ts";
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

/** The account as it would be had it never traded; returns its equity, USD. */
function shadowEquity(state: ExchangeState, account: Account, time: StepTime): number {
  const { shadow } = account;
  evaluateFast(shadow.fast, state.prices, reading);
  if (enforceShadowLine(state, account, reading.ltv, time)) evaluateFast(shadow.fast, state.prices, reading);
  return reading.equityUsd;
}

/** Follows one account through one step: lines, then the figures of the report. */
export function followAccount(state: ExchangeState, account: Account, time: StepTime, emit: Emit): void {
  evaluateFast(account.fast, state.prices, reading);
  if (Number.isFinite(reading.ltv) && reading.ltv > account.stats.highestLtv) account.stats.highestLtv = reading.ltv;
  const { mmRate, ltv } = reading;
  enforceLoanLines(state, account, ltv, time, emit);
  if (account.loanBook.legacy.length > 0) enforceLegacyLines(state, account, time.timeMs);
  if (mmRate >= 1 - NEAR_LINE) liquidateUnified(state, account, time.timeMs, emit);
  const equityUsd = evaluateFast(account.fast, state.prices, reading).equityUsd;
  recordEquity(account.stats, equityUsd, shadowEquity(state, account, time));
}

/** Whether {@link settleDue} has anything to do. */
export function isAnythingDue({ bank }: ExchangeState, timeMs: number): boolean {
  if (bank.nextInterestMs <= timeMs || bank.due.some(({ dueMs }) => dueMs <= timeMs)) return true;
  for (const fundingMs of bank.nextFundingMs.values()) if (fundingMs <= timeMs) return true;
  return false;
}

/** Does what the clock makes due: pending transfers and loans, hourly interest, funding. */
export function settleDue(state: ExchangeState, timeMs: number, emit: Emit): void {
  settleDueOperations(state.bank, timeMs, emit);
  settleInterest(state, timeMs);
  settleFundingDue(state, timeMs, emit);
}

/** Moves every market at once, fills what the prices reached, enforces the lines, and takes the readings. */
export function stepExchange(state: ExchangeState, prices: readonly number[], time: StepTime, emit: Emit): void {
  state.prices = prices;
  for (const [index, market] of state.markets.entries()) {
    moveMarket(market, prices[index] ?? market.price, state.sequence, time.timeMs);
  }
  settleDue(state, time.timeMs, emit);
  stepOrders(state, time.timeMs, emit);
  for (const account of state.accounts.values()) followAccount(state, account, time, emit);
}
