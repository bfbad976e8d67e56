import { BigNumber } from "bignumber.js";

/** Marginal bracket of USD value: only the part of the value inside it counts with its ratio. Decimal strings. */
export interface CollateralTier {
  readonly minValue: string;
  /** The last bracket ends beyond anything held. */
  readonly maxValue: string;
  readonly collateralRatio: string;
}

/**
 * Tiers of the demo's paper exchange, in the shape of the venue's `collateralRatioConfig`. The brackets follow the
 * style of the venue's published table (a haircut that grows with size), not its figures of any one day.
 */
export const DEMO_TIERS: Readonly<Record<string, readonly CollateralTier[]>> = {
  BTC: [
    { minValue: "0", maxValue: "1000000", collateralRatio: "0.9" },
    { minValue: "1000000", maxValue: "5000000", collateralRatio: "0.85" },
    { minValue: "5000000", maxValue: "99999999999", collateralRatio: "0.8" },
  ],
  ETH: [
    { minValue: "0", maxValue: "500000", collateralRatio: "0.85" },
    { minValue: "500000", maxValue: "2500000", collateralRatio: "0.8" },
    { minValue: "2500000", maxValue: "99999999999", collateralRatio: "0.75" },
  ],
};

/** For coins without a row of their own. */
export const FALLBACK_TIERS: readonly CollateralTier[] = [
  { minValue: "0", maxValue: "99999999999", collateralRatio: "0.7" },
];

/** Value that counts for the loan: sum over brackets of (value inside) x ratio. @param valueUsd before the haircut */
export function tieredValue(valueUsd: BigNumber, tiers: readonly CollateralTier[]): BigNumber {
  return tiers.reduce((sum, tier) => {
    const upper = BigNumber.min(valueUsd, tier.maxValue);
    const inside = BigNumber.max(0, upper.minus(tier.minValue));
    return sum.plus(inside.times(tier.collateralRatio));
  }, new BigNumber(0));
}
