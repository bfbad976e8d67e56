import type { Account } from "./account.ts";
import type { Bank } from "./bank.ts";
import type { FeeRates } from "./fees.ts";
import type { CollateralTiers, LoanLines } from "./loans.ts";
import type { MarginRules } from "./margin.ts";
import { NO_COLLATERAL, UNIFIED_TIERS } from "./margin-tiers.ts";
import type { Market } from "./market.ts";
import { priceOf } from "./market.ts";
import type { Decimal } from "./money.ts";
import { ONE, ZERO } from "./money.ts";
import { QUOTE_COIN, STABLE_COINS } from "./instruments.ts";
import type { Order } from "./orders.ts";
import type { RestingBooks } from "./resting-orders.ts";
import type { Sequence } from "./sequence.ts";

/** Where ids come from: a seeded source makes the whole exchange repeatable. */
export interface IdSource {
  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string;
}

/** Everything the exchange holds. Mutated only by the functions of this folder. */
export interface ExchangeState {
  readonly markets: readonly Market[];
  readonly marketBySymbol: ReadonlyMap<string, Market>;
  readonly marketIndexByCoin: ReadonlyMap<string, number>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly resting: RestingBooks;
  /** Conditional orders that have not triggered. */
  readonly waiting: Set<Order>;
  readonly sequence: Sequence;
  /** Of orders and executions. */
  readonly ids: IdSource;
  readonly fees: FeeRates;
  readonly loanLines: LoanLines;
  readonly collateralTiers: CollateralTiers;
  /** Price of each market, in the order of `markets`. */
  prices: readonly number[];
  ordersCreated: number;
  /** Loans, transfers and funding: terms, delays and what falls due. */
  readonly bank: Bank;
}

export function marketOf(state: ExchangeState, symbol: string): Market {
  const market = state.marketBySymbol.get(symbol);
  if (market === undefined) throw new RangeError(`no market ${symbol}`);
  return market;
}

/** USD price of a coin: spot last price against USDT; 0 for a coin without a market. */
export function usdPrice(state: ExchangeState, coin: string): Decimal {
  if (STABLE_COINS.includes(coin)) return ONE;
  const market = state.markets[state.marketIndexByCoin.get(coin) ?? -1];
  return market === undefined ? ZERO : priceOf(market);
}

export function marginRules(state: ExchangeState): MarginRules {
  return {
    marketOf: (symbol) => marketOf(state, symbol),
    usdPrice: (coin) => usdPrice(state, coin),
    collateralTiers: (coin) => UNIFIED_TIERS.get(coin) ?? NO_COLLATERAL,
    takerRate: state.fees.takerLinear,
  };
}

/** A version 4 style UUID from the exchange's own randomness. */
export function newId(state: ExchangeState): string {
  const hex = state.ids.hex(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Ids of spot orders and executions are numbers of 19 digits. */
export function newSpotId(state: ExchangeState): string {
  const number = BigInt(`0x${state.ids.hex(8)}`) % 10n ** 18n;
  return `2${number.toString().padStart(18, "0")}`;
}

/** The coin every perpetual settles in. */
export const SETTLE_COIN = QUOTE_COIN;
