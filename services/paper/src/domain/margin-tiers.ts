import type { Decimal } from "./money.ts";
import { ZERO, decimal, smaller, sum } from "./money.ts";

/** A marginal bracket of a coin's collateral in the unified account, coin units; `maxQty` "" is open. */
export interface UnifiedTier {
  readonly minQty: string;
  readonly maxQty: string;
  readonly collateralRatio: string;
}

const STABLE: readonly UnifiedTier[] = [{ minQty: "0", maxQty: "", collateralRatio: "1" }];

/** Shapes follow the documentation's sample (`/v5/spot-margin-trade/collateral`); the sizes of ETH and SOL are our own. */
export const UNIFIED_TIERS: ReadonlyMap<string, readonly UnifiedTier[]> = new Map([
  ["USDT", STABLE],
  ["USDC", STABLE],
  [
    "BTC",
    [
      { minQty: "0", maxQty: "500", collateralRatio: "0.95" },
      { minQty: "500", maxQty: "", collateralRatio: "0" },
    ],
  ],
  [
    "ETH",
    [
      { minQty: "0", maxQty: "5000", collateralRatio: "0.9" },
      { minQty: "5000", maxQty: "", collateralRatio: "0" },
    ],
  ],
  [
    "SOL",
    [
      { minQty: "0", maxQty: "50000", collateralRatio: "0.8" },
      { minQty: "50000", maxQty: "", collateralRatio: "0" },
    ],
  ],
]);

/** No bracket counts: a coin that is no collateral, or that its owner switched off. */
export const NO_COLLATERAL: readonly UnifiedTier[] = [];

/** How much of `qty` counts as margin: brackets are marginal; a liability counts in full. Coin units. */
export function marginQty(qty: Decimal, tiers: readonly UnifiedTier[]): Decimal {
  if (!qty.isGreaterThan(0)) return qty;
  return sum(
    tiers.map((tier) => {
      const top = tier.maxQty === "" ? qty : smaller(qty, decimal(tier.maxQty));
      const inTier = top.minus(tier.minQty);
      return inTier.isGreaterThan(0) ? inTier.times(tier.collateralRatio) : ZERO;
    }),
  );
}
