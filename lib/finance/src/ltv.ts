/**
 * Loan to value: debt / collateral after the tiered ratio, both USD (Bybit crypto loans: 9638.17 / 18381.41 = 0.524344).
 * No debt is 0, whatever the collateral: that is known. A debt without collateral has no LTV and gives undefined, as
 * does anything missing: **never 0**, which would read as safe.
 */
export function loanToValue(debtUsd: number | undefined, collateralUsd: number | undefined): number | undefined {
  if (debtUsd === undefined || !Number.isFinite(debtUsd) || debtUsd < 0) return undefined;
  if (debtUsd === 0) return 0;
  if (collateralUsd === undefined || !Number.isFinite(collateralUsd) || collateralUsd <= 0) return undefined;
  return debtUsd / collateralUsd;
}

/**
 * The LTV that drives protection: the worse of ours, which follows every tick, and the venue's, which is polled but
 * decides about liquidation. Ours is needed; the venue's is a witness and may be missing.
 */
export function effectiveLtv(ours: number | undefined, venues: number | undefined): number | undefined {
  if (ours === undefined || !Number.isFinite(ours)) return undefined;
  return venues === undefined || !Number.isFinite(venues) ? ours : Math.max(ours, venues);
}
