import { z } from "zod";

import { INSTRUMENTS, STABLE_COINS } from "./domain/instruments.ts";

const decimalText = z.string().regex(/^\d{1,15}(?:\.\d{1,12})?$/, 'write a plain decimal in quotes, as in "0.5"');
const fraction = decimalText.refine((text) => Number(text) <= 1, "must be a fraction between 0 and 1");
/** Symbols with prices of their own; the inverse perpetuals follow them. */
const symbols = INSTRUMENTS.map((instrument) => instrument.symbol).filter((symbol) => symbol.endsWith("USDT"));
const knownSymbol = z
  .string()
  .refine((symbol) => symbols.includes(symbol), `this exchange knows ${symbols.join(", ")}`);
const amounts = z.record(z.string().regex(/^[A-Z0-9]{2,15}$/, "coins are written in capitals"), decimalText);

const tier = z.strictObject({ minValue: decimalText, maxValue: decimalText, collateralRatio: fraction });

/** Sample tiers of the documentation: 95 % up to a million USD, 90 % beyond. Order is the order of liquidation. */
const DEFAULT_TIERS = Object.fromEntries(
  INSTRUMENTS.map(({ baseCoin }) => [
    baseCoin,
    [
      { minValue: "0", maxValue: "1000000", collateralRatio: "0.95" },
      { minValue: "1000000", maxValue: "99999999999", collateralRatio: "0.9" },
    ],
  ]),
);

const apiKey = z.strictObject({
  apiKey: z.string().min(6).max(64),
  apiSecret: z.string().min(6).max(128),
  permission: z.enum(["read", "trade"]),
});

const account = z.strictObject({
  account: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "use 1 to 64 of the characters A-Z a-z 0-9 _ -"),
  uid: z.string().regex(/^\d{1,15}$/, "a uid is a number in quotes"),
  keys: z.array(apiKey).min(1),
  wallet: amounts.default({}),
  /** Funding wallet. */
  fund: amounts.default({}),
  loan: z.strictObject({ collateral: amounts, debt: amounts }).optional(),
  /** Loans of the closed legacy product: one collateral each. */
  legacyLoans: z
    .array(
      z.strictObject({
        loanCurrency: z.string(),
        loanAmount: decimalText,
        collateralCurrency: z.string(),
        collateralAmount: decimalText,
      }),
    )
    .default([]),
});

const shape = z.strictObject({
  seed: z.int().min(0).default(1),
  ticksPerSecond: z.number().min(0.1).max(5000).default(50),
  /** Divides the wall time of every bar: 2 plays twice as fast with as many steps per second. */
  speed: z.number().min(0.01).max(1000).default(1),
  /** Also trades the inverse perpetual (BTCUSD) of every asset. */
  inverse: z.boolean().default(true),
  venueName: z.string().min(1).max(40).default("paper"),
  prices: z
    .array(
      z.strictObject({
        symbol: knownSymbol,
        file: z.string().min(1),
        /** Multiplies every price: a stand-in for an asset without a recording of its own. */
        scale: z.number().min(1e-9).max(1e9).default(1),
      }),
    )
    .min(1),
  fromMs: z.int().min(0).optional(),
  toMs: z.int().min(0).optional(),
  /** Folder in which everything acknowledged is kept; absent keeps nothing. */
  stateDir: z.string().min(1).optional(),
  autostart: z.boolean().default(false),
  listen: z
    .strictObject({ host: z.string().min(1).default("127.0.0.1"), port: z.int().min(0).max(65535).default(0) })
    .prefault({}),
  feeRates: z
    .strictObject({
      takerLinear: fraction.default("0.00055"),
      makerLinear: fraction.default("0.0002"),
      takerSpot: fraction.default("0.001"),
      makerSpot: fraction.default("0.001"),
    })
    .prefault({}),
  loanLines: z
    .strictObject({
      initial: fraction.default("0.80"),
      marginCall: fraction.default("0.85"),
      liquidation: fraction.default("0.95"),
      liquidationFee: fraction.default("0.02"),
    })
    .prefault({}),
  collateralTiers: z.record(z.string(), z.array(tier).min(1)).default(DEFAULT_TIERS),
  /** Terms of loans and funding that differ from the defaults of domain/bank.ts. */
  bank: z
    .strictObject({
      hourlyRates: z.record(z.string(), decimalText).optional(),
      reduceLine: fraction.optional(),
      delayedLine: fraction.optional(),
      delayedGraceMs: z.int().min(0).optional(),
      repayCollateralFee: fraction.optional(),
      quotaUsd: decimalText.optional(),
    })
    .prefault({}),
  spreadTicks: z.int().min(1).max(10_000).default(1),
  depth: z
    .strictObject({
      levels: z.int().min(1).max(1000).default(200),
      /** Base coin, for every symbol or by symbol; the default suits each instrument. */
      sizePerLevel: z.union([decimalText, z.record(knownSymbol, decimalText)]).optional(),
    })
    .prefault({}),
  enforceRateLimits: z.boolean().default(false),
  /** A client that lets more than this pile up is disconnected, bytes. */
  maxBufferedBytes: z
    .int()
    .min(65_536)
    .default(8 * 1024 * 1024),
  accounts: z.array(account).default([]),
});

type Shape = z.infer<typeof shape>;

function duplicates(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** Rules between keys, as `path: what`. */
function crossProblems(config: Shape): readonly (readonly [string, string])[] {
  const problems: (readonly [string, string])[] = [];
  const unique = (path: string, values: readonly string[]): void => {
    for (const value of duplicates(values)) problems.push([path, `"${value}" is there twice`]);
  };
  unique(
    "prices",
    config.prices.map((series) => series.symbol),
  );
  unique(
    "accounts",
    config.accounts.map((one) => one.account),
  );
  unique(
    "accounts",
    config.accounts.map((one) => one.uid),
  );
  // Never name a key in a message: the words of a secret must not reach a log by way of a typo.
  const keys = config.accounts.flatMap((one) => one.keys.map((key) => key.apiKey));
  if (duplicates(keys).length > 0) problems.push(["accounts", "an apiKey is used twice"]);
  const base = new Map(INSTRUMENTS.map((instrument) => [instrument.symbol, instrument.baseCoin]));
  const valued = [...STABLE_COINS, ...config.prices.map((series) => base.get(series.symbol) ?? "")];
  for (const one of config.accounts) {
    const coins = [one.wallet, one.fund, one.loan?.collateral ?? {}, one.loan?.debt ?? {}].flatMap((held) =>
      Object.keys(held),
    );
    for (const legacy of one.legacyLoans) coins.push(legacy.loanCurrency, legacy.collateralCurrency);
    for (const coin of coins) {
      if (!valued.includes(coin)) problems.push(["accounts", `${one.account} holds ${coin}, which has no prices here`]);
    }
    for (const coin of Object.keys(one.loan?.collateral ?? {})) {
      if (config.collateralTiers[coin] === undefined) {
        problems.push(["collateralTiers", `${coin} is collateral of ${one.account} but has no tiers`]);
      }
    }
  }
  if (config.fromMs !== undefined && config.toMs !== undefined && config.fromMs >= config.toMs) {
    problems.push(["toMs", "must be after fromMs"]);
  }
  return problems;
}

/** Configuration of the paper exchange (docs/paper-exchange.md). Unknown keys are refused. */
export const paperConfig = shape.superRefine((config, context) => {
  for (const [path, message] of crossProblems(config)) context.addIssue({ code: "custom", path: [path], message });
});
export type PaperConfig = z.infer<typeof paperConfig>;
