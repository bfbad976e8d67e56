import { FinanceInputError } from "./errors.ts";

/** One marginal bracket of a coin's collateral value. USD; `maxUsd` is Infinity for the last bracket. */
export interface CollateralBracket {
  readonly minUsd: number;
  readonly maxUsd: number;
  /** Fraction of the value inside this bracket that counts, 0 to 1. */
  readonly ratio: number;
}

/**
 * Checks that brackets are usable: ascending, not overlapping, ratios from 0 to 1.
 * @returns the brackets; undefined for none at all, because without them a coin's value is unknown, not zero
 * @throws FinanceInputError
 */
export function checkBrackets(brackets: readonly CollateralBracket[]): readonly CollateralBracket[] | undefined {
  let previousMax = 0;
  for (const { minUsd, maxUsd, ratio } of brackets) {
    if (!(ratio >= 0 && ratio <= 1))
      throw new FinanceInputError(`a collateral ratio must be from 0 to 1, not ${ratio}`);
    if (!(minUsd >= previousMax && maxUsd > minUsd)) {
      throw new FinanceInputError(
        `collateral brackets must ascend without overlap: ${minUsd} to ${maxUsd} after ${previousMax}`,
      );
    }
    previousMax = maxUsd;
  }
  return brackets.length === 0 ? undefined : brackets;
}

/**
 * What a coin's USD value counts for as collateral: each bracket's part of the value times its ratio. The brackets are
 * **marginal** and in USD value (Bybit `collateral-data`; its sample 12,757 USD at 0.8 to 10,000 and 0.7 above gives
 * 9,930). Value beyond the last bracket counts nothing; NaN gives NaN. USD.
 */
export function collateralValueUsd(valueUsd: number, brackets: readonly CollateralBracket[]): number {
  let counted = 0;
  for (const bracket of brackets) {
    if (valueUsd <= bracket.minUsd) break;
    counted += (Math.min(valueUsd, bracket.maxUsd) - bracket.minUsd) * bracket.ratio;
  }
  return counted;
}

/** The ratio at which one further USD of value would count: what a plan has to use instead of the average. */
export function marginalRatio(valueUsd: number, brackets: readonly CollateralBracket[]): number {
  return brackets.find((bracket) => valueUsd >= bracket.minUsd && valueUsd < bracket.maxUsd)?.ratio ?? 0;
}
