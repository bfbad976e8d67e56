/**
 * The second axis of risk: maintenance margin / margin balance of the unified account, both USD. The venue liquidates at
 * 1 (Bybit accountMMRate). No position needing margin is 0; a requirement without a balance is Infinity; anything
 * missing is undefined.
 */
export function maintenanceMarginRate(
  maintenanceMarginUsd: number | undefined,
  marginBalanceUsd: number | undefined,
): number | undefined {
  if (maintenanceMarginUsd === undefined || !Number.isFinite(maintenanceMarginUsd) || maintenanceMarginUsd < 0)
    return undefined;
  if (marginBalanceUsd === undefined || !Number.isFinite(marginBalanceUsd)) return undefined;
  if (maintenanceMarginUsd === 0) return 0;
  return marginBalanceUsd <= 0 ? Number.POSITIVE_INFINITY : maintenanceMarginUsd / marginBalanceUsd;
}
