import { BigNumber } from "bignumber.js";

import { ZERO } from "./decimal.ts";
import type { Decimal } from "./decimal.ts";

/** Decimal places kept of a target: finer than any venue's lot. */
const TARGET_DIGITS = 12;

/**
 * The absolute position that hedges `ratio` of a long asset: from -`longQty` to 0, never beyond, so a hedge only ever
 * reduces the net delta and never flips it. Nothing is hedged when the asset is not long, or when the target is below
 * the smallest order.
 * @param longQty net delta **without** the hedge position itself, base quantity
 * @param ratio fraction of it to be hedged; outside [0, 1] it is clamped
 * @param minQty smallest quantity worth an order
 */
export function hedgeTargetQty(longQty: Decimal, ratio: number, minQty: Decimal): Decimal {
  if (!Number.isFinite(ratio) || !longQty.isFinite() || longQty.lte(0)) return ZERO;
  const clamped = Math.min(1, Math.max(0, ratio));
  const qty = longQty.times(String(clamped)).decimalPlaces(TARGET_DIGITS, BigNumber.ROUND_DOWN);
  return qty.lt(minQty) || qty.isZero() ? ZERO : qty.negated();
}

/** The fraction of a long asset that `positionQty` hedges now, clamped to [0, 1]. */
export function hedgedRatio(longQty: number, positionQty: number): number {
  if (!(longQty > 0) || !(positionQty < 0)) return 0;
  return Math.min(1, -positionQty / longQty);
}
