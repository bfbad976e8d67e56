import { seededRandom } from "@hedgelock/runtime";

import type { Account } from "../domain/account.ts";
import type { ExchangeEvent } from "../domain/events.ts";
import { createExchange } from "../domain/exchange.ts";
import type { AccountSetup, Exchange } from "../domain/exchange.ts";
import { INSTRUMENTS } from "../domain/instruments.ts";
import type { OrderRequest } from "../domain/orders.ts";

/** Start of every test exchange, milliseconds since the epoch. */
export const T0 = 1_785_600_000_000;

export interface TestExchangeOptions {
  readonly price?: number;
  readonly ethPrice?: number;
  readonly accounts?: readonly Partial<AccountSetup>[];
  readonly seed?: number;
  readonly levels?: number;
  readonly sizePerLevel?: string;
  readonly ratio?: string;
}

/** A pure exchange with BTCUSDT (and ETHUSDT when a price is given), seeded. */
export function testExchange(options: TestExchangeOptions = {}): Exchange {
  const prices: readonly (number | undefined)[] = [options.price ?? 60_000, options.ethPrice];
  const markets = INSTRUMENTS.flatMap((instrument, index) => {
    const price = prices[index];
    const day = { prevPrice24h: 59_000, prevPrice1h: 59_900, high: 61_000, low: 58_000, volume: 10, turnover: 600_000 };
    const shape = { spreadTicks: 1, levels: options.levels ?? 200, sizePerLevel: options.sizePerLevel };
    return price === undefined ? [] : [{ instrument, price, day, ...shape }];
  });
  const tier = { minValue: "0", maxValue: "99999999999", collateralRatio: options.ratio ?? "0.95" };
  return createExchange({
    markets,
    accounts: (options.accounts ?? [{}]).map((setup, index) => ({
      name: `acc-${index + 1}`,
      uid: String(900_001 + index),
      wallet: { USDT: "20000" },
      collateral: {},
      debt: {},
      ...setup,
    })),
    fees: { takerLinear: "0.00055", makerLinear: "0.0002", takerSpot: "0.001", makerSpot: "0.001" },
    loanLines: { initial: "0.80", marginCall: "0.85", liquidation: "0.95", liquidationFee: "0.02" },
    collateralTiers: new Map([
      ["BTC", [tier]],
      ["ETH", [tier]],
    ]),
    ids: seededRandom(options.seed ?? 1),
    time: { timeMs: T0, replayTimeMs: T0 },
  });
}

/** The account with this uid; the first one by default. */
export function accountOf(exchange: Exchange, uid = "900001"): Account {
  const account = exchange.state.accounts.get(uid);
  if (account === undefined) throw new Error(`no account ${uid}`);
  return account;
}

/** A market buy of 0.1 BTC unless told otherwise. */
export function orderRequest(changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    symbol: "BTCUSDT",
    side: "Buy",
    orderType: changes.price === undefined ? "Market" : "Limit",
    qty: "0.1",
    price: undefined,
    timeInForce: "GTC",
    reduceOnly: false,
    closeOnTrigger: false,
    positionIdx: 0,
    orderLinkId: "",
    ...changes,
  };
}

/** Kinds of the events, in order. */
export function kinds(events: readonly ExchangeEvent[]): readonly string[] {
  return events.map((event) => event.kind);
}

/** Moves BTC (and ETH) to a price one second later each time it is called. */
export function stepTo(exchange: Exchange, ...prices: readonly number[]): readonly ExchangeEvent[] {
  const timeMs = T0 + 1000;
  return exchange.step(prices, { timeMs, replayTimeMs: timeMs });
}
