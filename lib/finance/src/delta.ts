import { sumDecimals } from "./decimal.ts";
import type { Decimal } from "./decimal.ts";
import { FinanceInputError } from "./errors.ts";

/** Everything of one account that moves with the price of one base asset, in units of the asset. */
export interface AssetHoldings {
  /** Pledged for a loan. */
  readonly collateral: Decimal | undefined;
  /** Coins in the trading account, which is where spot holdings are; without unrealised profit. */
  readonly wallet: Decimal | undefined;
  /** Signed base quantity of all linear perpetuals. */
  readonly linearPerps: Decimal | undefined;
  /** Signed base quantity of all inverse perpetuals, see {@link inverseBaseQty}. */
  readonly inversePerps: Decimal | undefined;
  /** Owed in this asset. */
  readonly debt: Decimal | undefined;
}

/** Net delta in units of the asset: what is gained per USD of price rise. Undefined as soon as one part is missing. */
export function netDelta(holdings: AssetHoldings): Decimal | undefined {
  return sumDecimals([
    holdings.collateral,
    holdings.wallet,
    holdings.linearPerps,
    holdings.inversePerps,
    holdings.debt?.negated(),
  ]);
}

/**
 * Base quantity of an inverse position of `contractsUsd` (signed, one contract is one USD) opened at `entryPrice`.
 * A short of N USD against coin margin is worth `N - N*P/E` USD on top of the coins, so it moves like -N/E coins,
 * counted beside the wallet balance **without** unrealised profit.
 * @throws FinanceInputError when the price is not positive
 */
export function inverseBaseQty(contractsUsd: Decimal, entryPrice: Decimal): Decimal {
  if (!entryPrice.isFinite() || entryPrice.lte(0)) {
    throw new FinanceInputError(`an entry price must be positive, not ${entryPrice.toFixed()}`);
  }
  return contractsUsd.div(entryPrice);
}
