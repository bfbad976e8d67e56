import type { Random } from "@hedgelock/runtime";
import { BigNumber } from "bignumber.js";

import { DEMO_TIERS, FALLBACK_TIERS, tieredValue } from "./collateral-tiers.ts";

/** An asset of the replay, what it costs when the replay starts and at its lowest, USD. */
export interface DemoAsset {
  readonly base: string;
  readonly firstPrice: string;
  readonly lowestPrice: string;
}

/** One account of the demo; amounts are decimal strings. */
export interface DemoAccount {
  readonly account: string;
  readonly uid: string;
  /** LTV at the first price, as the exchange computes it: a fraction. */
  readonly startLtv: string;
  readonly collateral: Readonly<Record<string, string>>;
  readonly debtUsdt: string;
  /** USDT in the unified wallet: margin of the hedge. */
  readonly walletUsdt: string;
}

/** Start LTVs of the first two accounts. */
const FIRST_LTVS = ["0.62", "0.70"] as const;
/** The third starts where this fall carries it just past the exchange's line, but not beyond what a borrower may reach. */
const EDGE_ACCOUNT = 2;
const EDGE_LTV = { atLowest: 0.96, min: 0.79, max: 0.82 } as const;
const OTHER_LTV = { from: 0.55, to: 0.8 } as const;
const COLLATERAL_BTC = { from: 0.9, to: 1.1 } as const;
const FIRST_ASSET_SHARE = { from: 0.5, to: 0.7 } as const;
const HEDGE_MARGIN = { from: 0.15, to: 0.2 } as const;
const FIRST_UID = 100_001;

function between(random: Random, range: { readonly from: number; readonly to: number }): number {
  return range.from + (range.to - range.from) * random.next();
}

/** Shares of the collateral's value: all in one asset, or mixed. */
function shares(random: Random, count: number): number[] {
  if (count === 1) return [1];
  const first = between(random, FIRST_ASSET_SHARE);
  return [first, ...Array.from({ length: count - 1 }, () => (1 - first) / (count - 1))];
}

/** Value of the collateral that counts for the loan, USD. */
function countedValue(
  collateral: Readonly<Record<string, string>>,
  assets: readonly DemoAsset[],
  price: (asset: DemoAsset) => string,
): BigNumber {
  return assets.reduce((sum, asset) => {
    const value = new BigNumber(collateral[asset.base] ?? 0).times(price(asset));
    return sum.plus(tieredValue(value, DEMO_TIERS[asset.base] ?? FALLBACK_TIERS));
  }, new BigNumber(0));
}

function startLtvOf(index: number, random: Random, fall: number): string {
  // Drawn for every account, so that the others stay the same whatever the first start at.
  const drawn = between(random, OTHER_LTV).toFixed(4);
  if (index === EDGE_ACCOUNT)
    return Math.min(EDGE_LTV.max, Math.max(EDGE_LTV.min, EDGE_LTV.atLowest * fall)).toFixed(4);
  return FIRST_LTVS[index] ?? drawn;
}

/**
 * Accounts of the demo, the same for the same seed. The collateral is worth about one unit of the first asset, the debt
 * follows from the wanted LTV after the exchange's haircut.
 * @param random seeded @param assets at least one
 */
export function demoAccounts(count: number, assets: readonly DemoAsset[], random: Random): readonly DemoAccount[] {
  const [main] = assets;
  if (main === undefined) return [];
  return Array.from({ length: count }, (_unused, index): DemoAccount => {
    const number = index + 1;
    const worth = new BigNumber(main.firstPrice).times(between(random, COLLATERAL_BTC).toFixed(4));
    const parts = shares(random, assets.length);
    const collateral = Object.fromEntries(
      assets.map((asset, position) => {
        const qty = worth.times((parts[position] ?? 0).toFixed(4)).div(asset.firstPrice);
        return [asset.base, qty.decimalPlaces(4, BigNumber.ROUND_DOWN).toFixed()];
      }),
    );
    const counted = countedValue(collateral, assets, (asset) => asset.firstPrice);
    const atLowest = countedValue(collateral, assets, (asset) => asset.lowestPrice);
    const startLtv = startLtvOf(index, random, atLowest.div(counted).toNumber());
    return {
      account: `acct-${String(number).padStart(3, "0")}`,
      uid: String(FIRST_UID + index),
      startLtv,
      collateral,
      debtUsdt: counted.times(startLtv).decimalPlaces(2, BigNumber.ROUND_DOWN).toFixed(),
      walletUsdt: worth.times(between(random, HEDGE_MARGIN).toFixed(4)).decimalPlaces(2).toFixed(),
    };
  });
}
