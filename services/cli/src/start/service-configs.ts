import type { NatsUser } from "@hedgelock/bus";

import type { DemoAccount } from "./accounts.ts";
import { baseOf, rulesOf } from "./assets.ts";
import { DEMO_TIERS } from "./collateral-tiers.ts";
import type { PriceSource } from "./price-source.ts";
import type { StartOptions } from "./start-options.ts";

/** Configuration of one service, as it goes into its file. */
export type ServiceConfig = Readonly<Record<string, unknown>>;

/** A key pair of one account. */
export interface KeyPair {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** An account with the keys made for this run. */
export interface KeyedAccount extends DemoAccount {
  readonly read: KeyPair;
  readonly trade: KeyPair;
  readonly readKeyFile: string;
  readonly tradeKeyFile: string;
}

/** How one part reaches the bus: as a user of its own. */
export interface NatsConfig {
  readonly servers: readonly string[];
  readonly user: NatsUser;
  readonly passwordFile: string;
}

/** How the services reach the exchange. */
export interface VenueConfig {
  readonly environment: "paper";
  readonly restUrl: string;
  readonly wsUrl: string;
}

/** The recording passes many times faster than life, so must the time that a state is held: seconds instead of half an hour. */
const DEMO_DWELL_MS = 5000;
const LOAN_POLL_MS = { perAccount: 20, min: 1000, max: 10_000 } as const;
/** The paper exchange: prices, accounts with both key pairs, collateral tiers. Starts paused. */
export function paperConfig(
  options: StartOptions,
  prices: PriceSource,
  accounts: readonly KeyedAccount[],
): ServiceConfig {
  return {
    seed: options.seed,
    ticksPerSecond: options.ticksPerSecond,
    speed: options.speed,
    prices: prices.series.map(({ symbol, file }) => ({ symbol, file })),
    fromMs: prices.fromMs,
    toMs: prices.toMs,
    autostart: false,
    collateralTiers: DEMO_TIERS,
    accounts: accounts.map((account) => ({
      account: account.account,
      uid: account.uid,
      keys: [
        { ...account.read, permission: "read" },
        { ...account.trade, permission: "trade" },
      ],
      wallet: { USDT: account.walletUsdt },
      loan: { collateral: account.collateral, debt: { USDT: account.debtUsdt } },
    })),
  };
}

/** Reads market and accounts with the read keys. */
export function collectorConfig(
  nats: NatsConfig,
  venue: VenueConfig,
  symbols: readonly string[],
  accounts: readonly KeyedAccount[],
): ServiceConfig {
  return {
    nats,
    venue,
    instruments: symbols.flatMap((symbol) => [
      { category: "spot", symbol },
      { category: "linear", symbol },
    ]),
    accounts: accounts.map(({ account, readKeyFile }) => ({ account, keyFile: readKeyFile })),
    loanPollMs: Math.min(LOAN_POLL_MS.max, Math.max(LOAN_POLL_MS.min, accounts.length * LOAN_POLL_MS.perAccount)),
  };
}

/** Decides; has no keys at all. */
export function riskConfig(nats: NatsConfig, symbols: readonly string[]): ServiceConfig {
  return {
    nats,
    instruments: symbols.map((symbol) => ({
      base: baseOf(symbol),
      hedge: { category: "linear", symbol },
      price: { category: "spot", symbol },
    })),
    policy: {
      version: "demo-1",
      strategy: "NR",
      exitMargin: 0.03,
      dwellMs: DEMO_DWELL_MS,
      minHedgeBaseQty: Object.fromEntries(symbols.map((symbol) => [baseOf(symbol), rulesOf(symbol).smallestHedge])),
    },
  };
}

/** Trades with the trade keys, within limits. */
export function hedgerConfig(
  nats: NatsConfig,
  venue: VenueConfig,
  symbols: readonly string[],
  accounts: readonly KeyedAccount[],
): ServiceConfig {
  return {
    nats,
    venue,
    accounts: accounts.map(({ account, tradeKeyFile }) => ({ account, keyFile: tradeKeyFile })),
    limits: {
      perSymbol: Object.fromEntries(
        symbols.map((symbol) => [
          symbol,
          { maxOrderQty: rulesOf(symbol).maxOrderQty, maxDayQty: rulesOf(symbol).maxDayQty },
        ]),
      ),
      maxOrdersPerMinute: 20,
      slippageBps: 50,
      hardCapBps: 200,
    },
  };
}
