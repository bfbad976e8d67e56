/** A margin tier of a linear perpetual: positions up to `limitUsdt` of value. */
export interface RiskTier {
  readonly limitUsdt: string;
  /** Fraction of the position value. */
  readonly maintenanceMargin: string;
  readonly initialMargin: string;
  readonly maxLeverage: string;
  /** Makes the marginal tiers continuous; USDT. */
  readonly mmDeduction: string;
}

/** Rules of a USDT perpetual, decimal strings as Bybit writes them. */
export interface LinearInstrument {
  readonly symbol: string;
  readonly symbolId: number;
  readonly baseCoin: string;
  readonly launchTime: string;
  /** Decimal places of every price in market data. */
  readonly priceScale: number;
  readonly tickSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly qtyStep: string;
  readonly minOrderQty: string;
  readonly maxOrderQty: string;
  readonly maxMktOrderQty: string;
  readonly minNotionalValue: string;
  readonly maxLeverage: string;
  readonly fundingIntervalMinutes: number;
  /** Cap of the funding rate, both signs. */
  readonly fundingCap: string;
  readonly priceLimitRatioX: string;
  readonly priceLimitRatioY: string;
  readonly riskTiers: readonly RiskTier[];
}

/** Rules of a spot pair, decimal strings as Bybit writes them. */
export interface SpotInstrument {
  readonly symbol: string;
  readonly symbolId: number;
  readonly baseCoin: string;
  readonly basePrecision: string;
  readonly quotePrecision: string;
  readonly minOrderQty: string;
  readonly maxOrderQty: string;
  readonly maxMarketOrderQty: string;
  readonly postOnlyMaxLimitOrderSize: string;
  readonly minOrderAmt: string;
  readonly maxOrderAmt: string;
  readonly tickSize: string;
  readonly priceLimitRatioX: string;
  readonly priceLimitRatioY: string;
}

/** One traded asset: its perpetual, its spot pair, and how thick the synthetic book is. */
export interface Instrument {
  readonly symbol: string;
  readonly baseCoin: string;
  readonly linear: LinearInstrument;
  readonly spot: SpotInstrument;
  /** Size of one level of the synthetic book, base coin. */
  readonly bookSizePerLevel: string;
  /** Distance between two levels of the synthetic book, ticks. */
  readonly bookLevelTicks: number;
  /** Open interest shown in tickers, base coin. */
  readonly openInterest: string;
}

/** Everything here is settled and quoted in USDT. */
export const QUOTE_COIN = "USDT";

/** Coins taken as worth 1 USD. */
export const STABLE_COINS: readonly string[] = ["USDT", "USDC"];

/** Tiers as the documentation's sample has them; deductions follow from continuity. */
const RISK_TIERS: readonly RiskTier[] = [
  { limitUsdt: "2000000", maintenanceMargin: "0.005", initialMargin: "0.01", maxLeverage: "100.00", mmDeduction: "" },
  {
    limitUsdt: "10000000",
    maintenanceMargin: "0.0075",
    initialMargin: "0.02",
    maxLeverage: "50.00",
    mmDeduction: "5000",
  },
  {
    limitUsdt: "20000000",
    maintenanceMargin: "0.015",
    initialMargin: "0.03",
    maxLeverage: "33.33",
    mmDeduction: "80000",
  },
  {
    limitUsdt: "50000000",
    maintenanceMargin: "0.03",
    initialMargin: "0.06",
    maxLeverage: "16.67",
    mmDeduction: "380000",
  },
  {
    limitUsdt: "1000000000",
    maintenanceMargin: "0.1",
    initialMargin: "0.2",
    maxLeverage: "5.00",
    mmDeduction: "3880000",
  },
];

const LINEAR_COMMON = {
  minNotionalValue: "5",
  maxLeverage: "100.00",
  fundingIntervalMinutes: 480,
  fundingCap: "0.005",
  riskTiers: RISK_TIERS,
} as const;

const SPOT_COMMON = { minOrderAmt: "5", priceLimitRatioX: "0.005", priceLimitRatioY: "0.01" } as const;

/** Rules as captured from the exchange on 2026-08-09. */
const USDT_INSTRUMENTS: readonly Instrument[] = [
  {
    symbol: "BTCUSDT",
    baseCoin: "BTC",
    bookSizePerLevel: "2",
    bookLevelTicks: 10,
    openInterest: "59891.732",
    linear: {
      ...LINEAR_COMMON,
      symbol: "BTCUSDT",
      symbolId: 5,
      baseCoin: "BTC",
      launchTime: "1584230400000",
      priceScale: 2,
      tickSize: "0.10",
      minPrice: "0.10",
      maxPrice: "1999999.80",
      qtyStep: "0.001",
      minOrderQty: "0.001",
      maxOrderQty: "1500.000",
      maxMktOrderQty: "150.000",
      priceLimitRatioX: "0.01",
      priceLimitRatioY: "0.02",
    },
    spot: {
      ...SPOT_COMMON,
      symbol: "BTCUSDT",
      symbolId: 9,
      baseCoin: "BTC",
      basePrecision: "0.000001",
      quotePrecision: "0.0000001",
      minOrderQty: "0.000001",
      maxOrderQty: "230",
      maxMarketOrderQty: "120",
      postOnlyMaxLimitOrderSize: "1150",
      maxOrderAmt: "8000000",
      tickSize: "0.1",
    },
  },
  {
    symbol: "ETHUSDT",
    baseCoin: "ETH",
    bookSizePerLevel: "30",
    bookLevelTicks: 5,
    openInterest: "830090.65",
    linear: {
      ...LINEAR_COMMON,
      symbol: "ETHUSDT",
      symbolId: 6,
      baseCoin: "ETH",
      launchTime: "1615766400000",
      priceScale: 2,
      tickSize: "0.01",
      minPrice: "0.01",
      maxPrice: "199999.98",
      qtyStep: "0.01",
      minOrderQty: "0.01",
      maxOrderQty: "10000.00",
      maxMktOrderQty: "2000.00",
      priceLimitRatioX: "0.02",
      priceLimitRatioY: "0.04",
    },
    spot: {
      ...SPOT_COMMON,
      symbol: "ETHUSDT",
      symbolId: 10,
      baseCoin: "ETH",
      basePrecision: "0.00001",
      quotePrecision: "0.0000001",
      minOrderQty: "0.00001",
      maxOrderQty: "8118",
      maxMarketOrderQty: "2706",
      postOnlyMaxLimitOrderSize: "40590",
      maxOrderAmt: "7000000",
      tickSize: "0.01",
    },
  },
  {
    symbol: "SOLUSDT",
    baseCoin: "SOL",
    bookSizePerLevel: "500",
    bookLevelTicks: 1,
    openInterest: "6738053.9",
    linear: {
      ...LINEAR_COMMON,
      symbol: "SOLUSDT",
      symbolId: 38,
      baseCoin: "SOL",
      launchTime: "1634256000000",
      priceScale: 3,
      tickSize: "0.010",
      minPrice: "0.010",
      maxPrice: "199999.980",
      qtyStep: "0.1",
      minOrderQty: "0.1",
      maxOrderQty: "96000.0",
      maxMktOrderQty: "12000.0",
      priceLimitRatioX: "0.05",
      priceLimitRatioY: "0.1",
    },
    spot: {
      ...SPOT_COMMON,
      symbol: "SOLUSDT",
      symbolId: 42,
      baseCoin: "SOL",
      basePrecision: "0.0001",
      quotePrecision: "0.000001",
      minOrderQty: "0.0001",
      maxOrderQty: "26000",
      maxMarketOrderQty: "13000",
      postOnlyMaxLimitOrderSize: "130000",
      maxOrderAmt: "5000000",
      tickSize: "0.01",
    },
  },
];

/** Tiers of inverse contracts, in the base coin: the USDT tiers at round prices. */
function inverseTiers(coinPerStep: number): readonly RiskTier[] {
  const rates = [
    ["0.005", "0.01", "100.00", 0],
    ["0.01", "0.02", "50.00", 0.005],
    ["0.015", "0.03", "33.33", 0.015],
    ["0.02", "0.04", "25.00", 0.03],
    ["0.025", "0.05", "20.00", 0.05],
  ] as const;
  return rates.map(([maintenanceMargin, initialMargin, maxLeverage, deduction], index) => ({
    limitUsdt: String(coinPerStep * (index + 1)),
    maintenanceMargin,
    initialMargin,
    maxLeverage,
    mmDeduction: deduction === 0 ? "" : String(deduction * coinPerStep),
  }));
}

/** The inverse perpetual of an asset: a contract is worth 1 USD, settled in the base coin. */
function inverseOf(instrument: Instrument, symbolId: number, coinPerTier: number, launchTime: string): Instrument {
  const symbol = `${instrument.baseCoin}USD`;
  return {
    ...instrument,
    symbol,
    linear: {
      ...instrument.linear,
      symbol,
      symbolId,
      launchTime,
      qtyStep: "1",
      minOrderQty: "1",
      maxOrderQty: "25000000",
      maxMktOrderQty: "5000000",
      minNotionalValue: "1",
      riskTiers: inverseTiers(coinPerTier),
    },
    // No spot pair trades under this name: categories tell the two apart (see contractKind).
    bookSizePerLevel: "50000",
    openInterest: "450000000",
  };
}

const INVERSE_OPTIONS: Readonly<Record<string, readonly [symbolId: number, coinPerTier: number, launch: string]>> = {
  BTCUSDT: [1, 150, "1542153600000"],
  ETHUSDT: [2, 2000, "1548374400000"],
  SOLUSDT: [125, 50_000, "1651104000000"],
};

/** The inverse perpetual that follows the price of a USDT instrument. */
export function inverseInstrument(instrument: Instrument): Instrument | undefined {
  const options = INVERSE_OPTIONS[instrument.symbol];
  return options === undefined ? undefined : inverseOf(instrument, ...options);
}

/** USDT instruments, each with perpetual and spot pair, then the inverse perpetuals. */
export const INSTRUMENTS: readonly Instrument[] = [
  ...USDT_INSTRUMENTS,
  ...USDT_INSTRUMENTS.flatMap((one) => inverseInstrument(one) ?? []),
];

export function findInstrument(symbol: string): Instrument | undefined {
  return INSTRUMENTS.find((instrument) => instrument.symbol === symbol);
}

/** The tier a position of `valueUsdt` falls into: the last one when it exceeds them all. */
export function riskTierOf(instrument: LinearInstrument, valueUsdt: number): RiskTier & { readonly id: number } {
  const found = instrument.riskTiers.findIndex((tier) => valueUsdt <= Number(tier.limitUsdt));
  const index = found === -1 ? instrument.riskTiers.length - 1 : found;
  const tier = instrument.riskTiers[index];
  if (tier === undefined) throw new RangeError(`${instrument.symbol} has no risk tiers`);
  return { ...tier, id: index + 1 };
}
