import { InputQuality, RiskState } from "@hedgelock/contracts";
import {
  RISK_LEVEL,
  collateralValueUsd,
  effectiveLtv,
  hedgedRatio,
  loanToValue,
  quantiseRatio,
} from "@hedgelock/finance";
import type { HedgeMemory, HedgeStrategy, RiskLevel } from "@hedgelock/finance";

import type { AssetMarket } from "./asset-market.ts";
import type { AccountBook } from "./book.ts";
import { levelAt, nextLevel } from "./levels.ts";
import type { Memory } from "./memory.ts";
import type { Policy } from "./policy.ts";
import { hedgeQuality, ltvQuality, worse } from "./quality.ts";
import type { Moment } from "./source.ts";

/** Everything one evaluation depends on. */
export interface EvaluationInputs {
  readonly book: AccountBook;
  /** By asset index. */
  readonly market: readonly AssetMarket[];
  readonly now: Moment;
}

/** The policy with its strategy, made once. */
export interface Rules {
  readonly policy: Policy;
  readonly strategy: HedgeStrategy;
}

/** What an evaluation found. Target quantities follow from `memory.hedges` and the book; they are computed when written. */
export interface Evaluation {
  readonly quality: InputQuality;
  readonly state: RiskState;
  readonly ltv: number | undefined;
  readonly effectiveLtv: number | undefined;
  /** USD. */
  readonly debtUsd: number;
  readonly memory: Memory;
  /** A jump over a level waits for a second witness. */
  readonly isHeld: boolean;
}

function debtValueUsd(book: AccountBook, market: readonly AssetMarket[]): number {
  let sum = 0;
  for (const { asset, qty } of book.debts) sum += asset < 0 ? qty : qty * (market[asset]?.accepted?.high ?? Number.NaN);
  return sum;
}

function collateralUsd(book: AccountBook, market: readonly AssetMarket[]): number {
  let sum = 0;
  for (const { asset, qty, brackets } of book.collateral) {
    const valueUsd = asset < 0 ? qty : qty * (market[asset]?.accepted?.low ?? Number.NaN);
    sum += collateralValueUsd(valueUsd, brackets);
  }
  return sum;
}

function reportsSeen(book: AccountBook, market: readonly AssetMarket[]): number {
  let sum = 0;
  for (const asset of book.assets) sum += market[asset]?.priceReports ?? 0;
  return sum;
}

/**
 * A jump over a level needs a second witness: mark or index beside every price, the venue's own LTV, or a later report
 * that says the same. The first level an account ever gets is no jump.
 */
function isJumpWitnessed(inputs: EvaluationInputs, policy: Policy, before: Memory, asked: RiskLevel): boolean {
  const { book, market } = inputs;
  if (before.level === undefined || asked <= before.level + 1) return true;
  if (before.jumpHeldAt !== undefined && reportsSeen(book, market) > before.jumpHeldAt) return true;
  if (book.venueLtv !== undefined && levelAt(book.venueLtv, policy.levels) >= asked) return true;
  return book.assets.every((asset) => market[asset]?.isWitnessed === true);
}

/** The state a reader sees: never NORMAL on inputs that are missing or old. */
function publishedState(level: RiskLevel | undefined, quality: InputQuality): RiskState {
  if (level === undefined) return RiskState.RISK_STATE_UNSPECIFIED;
  if (level === RISK_LEVEL.NORMAL && quality !== InputQuality.INPUT_QUALITY_FRESH)
    return RiskState.RISK_STATE_UNSPECIFIED;
  return level;
}

/** Value of everything that could be hedged, USD. */
function longValueUsd(book: AccountBook, market: readonly AssetMarket[]): number {
  let sum = 0;
  for (const { asset, longQty } of book.exposures) {
    if (longQty > 0) sum += longQty * (market[asset]?.accepted?.low ?? Number.NaN);
  }
  return sum;
}

function nextHedges(
  inputs: EvaluationInputs,
  strategy: HedgeStrategy,
  before: Memory,
  level: RiskLevel,
  ltv: number,
  debtUsd: number,
): readonly (HedgeMemory | undefined)[] {
  const { book, market } = inputs;
  const totalUsd = longValueUsd(book, market);
  let changed: (HedgeMemory | undefined)[] | undefined;
  for (const { asset, longQty, positionQty } of book.exposures) {
    const price = market[asset]?.accepted?.low;
    if (price === undefined) continue;
    const known = before.hedges[asset];
    // Without a memory what is there counts: a restart with an empty history must not trade for its own sake.
    const memory = known ?? { ratio: quantiseRatio(hedgedRatio(longQty, positionQty)), troughPrice: price };
    const next = strategy.decide({ level, effectiveLtv: ltv, debtUsd, longValueUsd: totalUsd, price }, memory);
    if (next === known) continue;
    changed ??= [...before.hedges];
    changed[asset] = next;
  }
  return changed ?? before.hedges;
}

/**
 * One account at one moment. Pure. While an input of the LTV is missing or old the level is kept and the dwell starts
 * anew; while any input is, the hedge is kept as it was last decided: neither new risk nor a false all-clear.
 */
export function evaluate(inputs: EvaluationInputs, rules: Rules, before: Memory): Evaluation {
  const { book, market, now } = inputs;
  const { policy } = rules;
  let ltvInputs = ltvQuality(book, market, policy, now);
  const debtUsd = book.owes ? debtValueUsd(book, market) : 0;
  const ltv =
    book.surfaces.loan === undefined ? undefined : loanToValue(debtUsd, book.owes ? collateralUsd(book, market) : 0);
  const worst = effectiveLtv(ltv, book.owes ? book.venueLtv : undefined);
  if (worst === undefined) ltvInputs = InputQuality.INPUT_QUALITY_UNKNOWN;
  const quality = worse(ltvInputs, hedgeQuality(book, market, policy, now));
  if (worst === undefined || ltvInputs !== InputQuality.INPUT_QUALITY_FRESH) {
    const memory = before.relaxSinceMs === 0 ? before : { ...before, relaxSinceMs: 0 };
    return {
      quality,
      state: publishedState(before.level, quality),
      ltv,
      effectiveLtv: worst,
      debtUsd,
      memory,
      isHeld: false,
    };
  }
  const isFresh = quality === InputQuality.INPUT_QUALITY_FRESH;
  const asked = levelAt(worst, policy.levels);
  if (!isJumpWitnessed(inputs, policy, before, asked)) {
    const memory = before.jumpHeldAt === undefined ? { ...before, jumpHeldAt: reportsSeen(book, market) } : before;
    return {
      quality,
      state: publishedState(before.level, quality),
      ltv,
      effectiveLtv: worst,
      debtUsd,
      memory,
      isHeld: true,
    };
  }
  const next = levelAfter(book, policy, before, worst, now.venueMs, isFresh);
  const hedges = isFresh ? nextHedges(inputs, rules.strategy, before, next.level, worst, debtUsd) : before.hedges;
  const isSame =
    next.level === before.level &&
    next.relaxSinceMs === before.relaxSinceMs &&
    hedges === before.hedges &&
    before.jumpHeldAt === undefined;
  const memory = isSame
    ? before
    : { level: next.level, relaxSinceMs: next.relaxSinceMs, jumpHeldAt: undefined, hedges };
  return {
    quality,
    state: publishedState(next.level, quality),
    ltv,
    effectiveLtv: worst,
    debtUsd,
    memory,
    isHeld: false,
  };
}

function levelAfter(
  book: AccountBook,
  policy: Policy,
  before: Memory,
  ltv: number,
  nowMs: number,
  isFresh: boolean,
): ReturnType<typeof nextLevel> {
  // Nothing owed is known safety, not a rebound that might be false: no dwell.
  if (!book.owes) return { level: RISK_LEVEL.NORMAL, relaxSinceMs: 0 };
  if (before.level === undefined) return { level: levelAt(ltv, policy.levels), relaxSinceMs: 0 };
  return nextLevel(policy, { level: before.level, relaxSinceMs: before.relaxSinceMs }, ltv, nowMs, isFresh);
}
