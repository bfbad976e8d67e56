/** What the demo knows about an asset: base quantities as decimal strings. */
export interface AssetRules {
  /** Smallest hedge, which is also the no-trade band around a target. */
  readonly smallestHedge: string;
  readonly maxOrderQty: string;
  readonly maxDayQty: string;
  /** Smallest tradable step of the perpetual. */
  readonly lotSize: string;
}

const FALLBACK: AssetRules = { smallestHedge: "0.001", maxOrderQty: "1", maxDayQty: "10", lotSize: "0.001" };

/** Assets that the paper exchange trades. */
const ASSETS: Readonly<Record<string, AssetRules>> = {
  BTC: FALLBACK,
  ETH: { smallestHedge: "0.01", maxOrderQty: "30", maxDayQty: "300", lotSize: "0.01" },
  SOL: { smallestHedge: "0.1", maxOrderQty: "600", maxDayQty: "6000", lotSize: "0.1" },
};

/** Symbols that can be replayed. */
export const KNOWN_SYMBOLS: readonly string[] = Object.keys(ASSETS).map((base) => `${base}USDT`);

/** BTC of BTCUSDT. */
export function baseOf(symbol: string): string {
  return symbol.replace(/USDT$/, "");
}

/** Rules of the asset of a symbol. */
export function rulesOf(symbol: string): AssetRules {
  return ASSETS[baseOf(symbol)] ?? FALLBACK;
}
