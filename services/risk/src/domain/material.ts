import { InputQuality, RiskState } from "@hedgelock/contracts";

import type { AccountBook } from "./book.ts";
import type { Evaluation } from "./evaluate.ts";
import { targetQty } from "./targets.ts";

/** What the last written decision of an account said, as far as the next one depends on it. */
export interface Published {
  readonly version: number;
  readonly epoch: number;
  readonly state: RiskState;
  readonly quality: InputQuality;
  readonly policyVersion: string;
  /** By asset index; undefined where it had no target. */
  readonly targets: readonly (number | undefined)[];
  readonly decidedTimeUs: number;
}

/** Why a decision is written. */
export type Reason = "first" | "state_change" | "quality_change" | "target_change" | "policy_change" | "refresh";

const NOTHING: readonly Reason[] = [];

interface Comparison {
  readonly book: AccountBook;
  readonly evaluation: Evaluation;
  readonly published: Published | undefined;
  /** By asset index: smallest hedge, which is also the band. */
  readonly minHedgeQty: readonly number[];
  readonly policyVersion: string;
  readonly nowUs: number;
  readonly refreshUs: number;
}

function hasMovedTarget({ book, evaluation, minHedgeQty }: Comparison, published: Published): boolean {
  if (evaluation.quality === InputQuality.INPUT_QUALITY_UNKNOWN) return false;
  for (const exposure of book.exposures) {
    const band = minHedgeQty[exposure.asset] ?? 0;
    const target = targetQty(exposure, band, evaluation.memory);
    const before = published.targets[exposure.asset];
    if (Number.isNaN(target)) continue;
    if (before === undefined ? target !== 0 : target !== before && Math.abs(target - before) >= band) return true;
  }
  return false;
}

/** Somebody acts on this account, or should: then silence would be indistinguishable from a dead engine. */
function needsRefresh({ book, evaluation, minHedgeQty }: Comparison): boolean {
  if (evaluation.state !== RiskState.RISK_STATE_NORMAL) return true;
  for (const exposure of book.exposures) {
    const band = minHedgeQty[exposure.asset] ?? 0;
    const target = targetQty(exposure, band, evaluation.memory);
    if (target !== 0 || Math.abs(exposure.positionQty - target) > band) return true;
  }
  return false;
}

/** Why this evaluation has to be written down; empty when it need not be. Allocates nothing in that case. */
export function reasonsToWrite(comparison: Comparison): readonly Reason[] {
  const { evaluation, published } = comparison;
  if (published === undefined) return ["first"];
  let reasons: Reason[] | undefined;
  if (evaluation.state !== published.state) (reasons ??= []).push("state_change");
  if (evaluation.quality !== published.quality) (reasons ??= []).push("quality_change");
  if (hasMovedTarget(comparison, published)) (reasons ??= []).push("target_change");
  if (comparison.policyVersion !== published.policyVersion) (reasons ??= []).push("policy_change");
  if (reasons !== undefined) return reasons;
  const isDue = comparison.nowUs - published.decidedTimeUs >= comparison.refreshUs;
  return isDue && needsRefresh(comparison) ? ["refresh"] : NOTHING;
}
