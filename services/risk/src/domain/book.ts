import { ZERO, netDelta } from "@hedgelock/finance";
import type { AssetHoldings, CollateralBracket, Decimal } from "@hedgelock/finance";

import { isOfBase } from "./instrument.ts";
import type { Asset } from "./instrument.ts";
import { owes } from "./surfaces.ts";
import type { Surfaces } from "./surfaces.ts";

/** A coin amount that a tick revalues: `asset` is the index of its price, -1 for a stable coin at 1 USD. */
export interface ValuedAmount {
  readonly asset: number;
  readonly qty: number;
}

export interface ValuedCollateral extends ValuedAmount {
  readonly brackets: readonly CollateralBracket[];
}

/** One base asset of one account. Quantities in base units. */
export interface Exposure {
  readonly asset: number;
  readonly holdings: AssetHoldings;
  readonly net: Decimal | undefined;
  /** Signed position in the hedge product. */
  readonly position: Decimal | undefined;
  /** Net delta without the hedge: what there is to hedge. */
  readonly long: Decimal | undefined;
  /** The same as doubles, for the path of every tick; NaN when unknown. */
  readonly longQty: number;
  readonly positionQty: number;
}

/**
 * An account prepared for ticks: made once per snapshot, so that an evaluation only multiplies. Everything that does not
 * move with a price is settled here.
 */
export interface AccountBook {
  readonly surfaces: Surfaces;
  readonly owes: boolean;
  readonly debts: readonly ValuedAmount[];
  readonly collateral: readonly ValuedCollateral[];
  /** Why the loan cannot be valued at any price; "" when it can. */
  readonly unvalued: string;
  readonly venueLtv: number | undefined;
  readonly exposures: readonly Exposure[];
  /** Indices of every asset whose ticks concern this account, ascending. */
  readonly assets: readonly number[];
}

const STABLE = -1;

interface Catalogue {
  readonly assets: readonly Asset[];
  readonly stableCoins: readonly string[];
}

function priceIndex(coin: string, catalogue: Catalogue): number | undefined {
  if (catalogue.stableCoins.includes(coin)) return STABLE;
  const index = catalogue.assets.findIndex((asset) => asset.base === coin);
  return index === -1 ? undefined : index;
}

function valuedLoan(surfaces: Surfaces, catalogue: Catalogue): Pick<AccountBook, "debts" | "collateral" | "unvalued"> {
  const debts: ValuedAmount[] = [];
  const collateral: ValuedCollateral[] = [];
  let unvalued = "";
  for (const { coin, amount } of surfaces.loan?.debts ?? []) {
    const asset = priceIndex(coin, catalogue);
    if (asset === undefined) unvalued = `no price for the debt coin ${coin}`;
    else debts.push({ asset, qty: amount.toNumber() });
  }
  for (const { coin, amount, brackets } of surfaces.loan?.collateral ?? []) {
    const asset = priceIndex(coin, catalogue);
    if (asset === undefined) unvalued = `no price for the collateral coin ${coin}`;
    else if (brackets === undefined) unvalued = `no collateral ratio for ${coin}`;
    else collateral.push({ asset, qty: amount.toNumber(), brackets });
  }
  return { debts, collateral, unvalued };
}

function amountOf(
  list: readonly { readonly coin: string; readonly amount: Decimal }[] | undefined,
  coin: string,
): Decimal | undefined {
  if (list === undefined) return undefined;
  // A coin that is not listed is known to be none: every snapshot is the whole surface.
  return list.reduce((sum, entry) => (entry.coin === coin ? sum.plus(entry.amount) : sum), ZERO);
}

/** Sums every row of the matching products: a venue in hedge mode reports two rows for one symbol. */
function positionSum(surfaces: Surfaces, matches: (category: string, symbol: string) => boolean): Decimal | undefined {
  return surfaces.positions?.positions.reduce(
    (sum, row) => (matches(row.category, row.symbol) ? sum.plus(row.qty) : sum),
    ZERO,
  );
}

function exposureOf(surfaces: Surfaces, asset: Asset, index: number): Exposure {
  const { wallet, loan } = surfaces;
  const inCategory = (wanted: string) => (category: string, symbol: string) =>
    category === wanted && isOfBase(symbol, asset.base);
  const holdings: AssetHoldings = {
    collateral: amountOf(loan?.collateral, asset.base),
    wallet: wallet === undefined ? undefined : wallet.coins.has(asset.base) ? wallet.coins.get(asset.base) : ZERO,
    linearPerps: positionSum(surfaces, inCategory("linear")),
    inversePerps: positionSum(surfaces, inCategory("inverse")),
    debt: amountOf(loan?.debts, asset.base),
  };
  const net = netDelta(holdings);
  const position = positionSum(
    surfaces,
    (category, symbol) => category === asset.hedge.category && symbol === asset.hedge.symbol,
  );
  const long = net === undefined || position === undefined ? undefined : net.minus(position);
  return {
    asset: index,
    holdings,
    net,
    position,
    long,
    longQty: long?.toNumber() ?? Number.NaN,
    positionQty: position?.toNumber() ?? Number.NaN,
  };
}

function hasNone(quantity: Decimal | undefined): boolean {
  return quantity !== undefined && quantity.isZero();
}

/** Exposures that may be something: an asset of which every part is known to be none is left out. */
function exposuresOf(surfaces: Surfaces, assets: readonly Asset[]): Exposure[] {
  return assets
    .map((asset, index) => exposureOf(surfaces, asset, index))
    .filter(({ holdings }) => !Object.values(holdings).every((part: Decimal | undefined) => hasNone(part)));
}

/** Prepares an account for ticks. */
export function accountBook(surfaces: Surfaces, catalogue: Catalogue): AccountBook {
  const loan = valuedLoan(surfaces, catalogue);
  const exposures = exposuresOf(surfaces, catalogue.assets);
  const concerned = new Set([...loan.debts, ...loan.collateral, ...exposures].map((entry) => entry.asset));
  concerned.delete(STABLE);
  return {
    surfaces,
    owes: surfaces.loan !== undefined && owes(surfaces.loan),
    ...loan,
    venueLtv: surfaces.loan?.venueLtv,
    exposures,
    assets: [...concerned].toSorted((a, b) => a - b),
  };
}
