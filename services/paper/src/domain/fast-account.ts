/** A holding whose USD value follows a market's price; `market` -1 is worth 1 USD each. */
export interface FastHolding {
  readonly market: number;
  readonly amount: number;
  /** Marginal brackets of collateral value; empty counts in full. */
  readonly tiers: readonly FastTier[];
}

export interface FastTier {
  readonly minUsd: number;
  readonly maxUsd: number;
  readonly ratio: number;
}

/** A position in the form of the per-step arithmetic. */
export interface FastPosition {
  readonly market: number;
  /** Signed. */
  readonly qty: number;
  readonly entry: number;
  readonly mmRate: number;
  /** Fee to close less the tier's deduction, settle coin: does not move with the price. */
  readonly mmFixed: number;
  readonly inverse: boolean;
}

/** An account in doubles. Decides nothing that is paid: what crosses a line here is computed again in decimals. */
export interface FastAccount {
  readonly collateral: readonly FastHolding[];
  readonly debt: readonly FastHolding[];
  readonly fund: readonly FastHolding[];
  readonly wallet: readonly FastHolding[];
  /** The wallet after the collateral ratios: what counts as margin. */
  readonly margin: readonly FastHolding[];
  readonly positions: readonly FastPosition[];
}

export const EMPTY_FAST: FastAccount = { collateral: [], debt: [], fund: [], wallet: [], margin: [], positions: [] };

/** Result of {@link evaluateFast}; USD and fractions. */
export interface FastReading {
  /** Loan and unified account together. */
  equityUsd: number;
  /** 0 without debt, Infinity for debt without collateral. */
  ltv: number;
  /** 0 without positions, Infinity when the margin is used up. */
  mmRate: number;
}

function valueOf(holdings: readonly FastHolding[], prices: readonly number[]): number {
  let total = 0;
  for (const holding of holdings) total += holding.amount * (holding.market < 0 ? 1 : (prices[holding.market] ?? 0));
  return total;
}

function haircutValue(holding: FastHolding, prices: readonly number[]): number {
  const value = holding.amount * (holding.market < 0 ? 1 : (prices[holding.market] ?? 0));
  if (holding.tiers.length === 0) return value;
  let counted = 0;
  for (const tier of holding.tiers) {
    if (value <= tier.minUsd) break;
    counted += (Math.min(value, tier.maxUsd) - tier.minUsd) * tier.ratio;
  }
  return counted;
}

/**
 * Equity, LTV and maintenance margin rate at the given prices.
 * @param prices price of each market, in the exchange's order
 * @param reading filled in and returned, so that a step over many accounts allocates nothing
 */
export function evaluateFast(account: FastAccount, prices: readonly number[], reading: FastReading): FastReading {
  const debtUsd = valueOf(account.debt, prices);
  let collateralUsd = 0;
  for (const holding of account.collateral) collateralUsd += haircutValue(holding, prices);
  const pledgedUsd = valueOf(account.collateral, prices);
  const walletUsd = valueOf(account.wallet, prices);
  const marginUsd = valueOf(account.margin, prices);
  let unrealisedUsd = 0;
  let maintenanceUsd = 0;
  for (const position of account.positions) {
    const price = prices[position.market] ?? 0;
    const size = Math.abs(position.qty);
    if (position.inverse) {
      unrealisedUsd += position.qty * (price / position.entry - 1);
      maintenanceUsd += size * position.mmRate + position.mmFixed * price;
    } else {
      unrealisedUsd += position.qty * (price - position.entry);
      maintenanceUsd += size * price * position.mmRate + position.mmFixed;
    }
  }
  reading.equityUsd = pledgedUsd + valueOf(account.fund, prices) - debtUsd + walletUsd + unrealisedUsd;
  reading.ltv = debtUsd === 0 ? 0 : collateralUsd <= 0 ? Number.POSITIVE_INFINITY : debtUsd / collateralUsd;
  const balanceUsd = marginUsd + unrealisedUsd;
  reading.mmRate = maintenanceUsd === 0 ? 0 : balanceUsd <= 0 ? Number.POSITIVE_INFINITY : maintenanceUsd / balanceUsd;
  return reading;
}
