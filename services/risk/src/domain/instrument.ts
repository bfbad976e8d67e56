import type { Category } from "@hedgelock/contracts";
import type { Decimal } from "@hedgelock/finance";

/** Names a product of the venue. */
export interface InstrumentName {
  readonly category: Category;
  readonly symbol: string;
}

/** A base asset that can be priced and hedged. Its place in the list of assets is its index everywhere in the domain. */
export interface Asset {
  readonly base: string;
  /** Where the hedge is held. */
  readonly hedge: InstrumentName;
  /** What values collateral and debt: a spot product, as the venue values loans at spot prices. */
  readonly price: InstrumentName;
  /** Smallest hedge and no-trade band, base quantity. */
  readonly minHedgeQty: Decimal;
}

const PERPETUAL_OR_DATED = /^(?:(?:USDT|USDC|PERP|USD)(?:-\d{1,2}[A-Z]{3}\d{2})?|-\d{1,2}[A-Z]{3}\d{2})$/;

/** True when a derivative's symbol moves with this base asset: BTCUSDT, BTCPERP, BTCUSD, BTC-27DEC24; not BTCDOMUSDT. */
export function isOfBase(symbol: string, base: string): boolean {
  return symbol.startsWith(base) && PERPETUAL_OR_DATED.test(symbol.slice(base.length));
}
