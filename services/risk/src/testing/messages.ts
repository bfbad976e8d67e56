import type { StoredMessage } from "@hedgelock/bus";
import {
  AccountSnapshot,
  HEADER,
  Tick,
  TickKind,
  accountSubject,
  marketSubject,
  snapshotMessageId,
  tickMessageId,
} from "@hedgelock/contracts";
import type { Category, LoanSnapshot, Position, WalletSnapshot } from "@hedgelock/contracts";

export const PARTITIONS = 16;

/** Wall clock of the tests, milliseconds; messages are made at it unless told otherwise. */
export const START_MS = 1_785_600_000_000;

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

/** A tick with last = mark = index unless told otherwise. */
export function tickOf(price: number, timeMs: number, options: Partial<Tick> = {}): Tick {
  return {
    venue: "bybit",
    category: "spot",
    symbol: "BTCUSDT",
    kind: TickKind.TICK_KIND_TICKER,
    exchangeSeq: timeMs,
    exchangeTimeMs: timeMs,
    receiveTimeUs: timeMs * 1000 + 100,
    publishTimeUs: timeMs * 1000 + 200,
    bidPrice: String(price - 1),
    bidSize: "1",
    askPrice: String(price + 1),
    askSize: "1",
    lastPrice: String(price),
    markPrice: options.category === "linear" ? String(price) : "",
    indexPrice: String(price),
    fundingRate: "",
    nextFundingTimeMs: 0,
    ...options,
  };
}

let sequence = 0;

/** A message as the bus hands it over. */
export function stored(stream: string, subject: string, payload: Uint8Array, messageId: string): StoredMessage {
  sequence += 1;
  return { stream, subject, seq: sequence, payload, messageId, headers: { [HEADER.TRACEPARENT]: TRACEPARENT } };
}

const CATEGORIES: Readonly<Record<string, Category>> = { spot: "spot", linear: "linear" };

export function tickMessage(tick: Tick): StoredMessage {
  const subject = marketSubject(tick.venue, CATEGORIES[tick.category] ?? "inverse", tick.symbol);
  return stored("MD", subject, Tick.encode(tick).finish(), tickMessageId(tick));
}

export function spot(price: number, timeMs: number, options: Partial<Tick> = {}): StoredMessage {
  return tickMessage(tickOf(price, timeMs, options));
}

export function linear(price: number, timeMs: number, options: Partial<Tick> = {}): StoredMessage {
  return tickMessage(tickOf(price, timeMs, { category: "linear", ...options }));
}

export function snapshotOf(
  account: string,
  body: NonNullable<AccountSnapshot["body"]>,
  timeMs: number,
): AccountSnapshot {
  return { account, exchangeTimeMs: timeMs, receiveTimeUs: timeMs * 1000 + 100, body };
}

export function snapshotMessage(snapshot: AccountSnapshot): StoredMessage {
  const surface = snapshot.body?.$case ?? "loan";
  const kind = surface === "positions" ? "position" : surface;
  const payload = AccountSnapshot.encode(snapshot).finish();
  const id = snapshotMessageId(snapshot.account, kind, snapshot.exchangeTimeMs, Buffer.from(payload).toString("hex"));
  return stored("ACCT", accountSubject(snapshot.account, kind, PARTITIONS), payload, id);
}

export function walletOf(coins: Readonly<Record<string, string>> = { USDT: "10000" }): WalletSnapshot {
  return {
    totalEquityUsd: "10000",
    totalWalletBalanceUsd: "10000",
    totalMarginBalanceUsd: "10000",
    totalAvailableBalanceUsd: "10000",
    totalInitialMarginUsd: "0",
    totalMaintenanceMarginUsd: "50",
    maintenanceMarginRate: "0.005",
    initialMarginRate: "0",
    coins: Object.entries(coins).map(([coin, qty]) => ({
      coin,
      walletBalance: qty,
      equity: qty,
      borrowAmount: "0",
      unrealisedPnl: "0",
    })),
  };
}

export function wallet(account: string, timeMs: number, coins?: Readonly<Record<string, string>>): StoredMessage {
  return snapshotMessage(snapshotOf(account, { $case: "wallet", value: walletOf(coins) }, timeMs));
}

export function positionOf(symbol: string, qty: string, options: Partial<Position> = {}): Position {
  return {
    category: "linear",
    symbol,
    qty,
    entryPrice: "60000",
    markPrice: "60000",
    unrealisedPnl: "0",
    leverage: "10",
    liquidationPrice: "",
    initialMargin: "0",
    maintenanceMargin: "0",
    exchangeSeq: 1,
    updatedTimeMs: START_MS,
    positionIdx: 0,
    ...options,
  };
}

export function positions(account: string, timeMs: number, list: readonly Position[] = []): StoredMessage {
  return snapshotMessage(snapshotOf(account, { $case: "positions", value: { positions: list } }, timeMs));
}

/** One BTC pledged at a flat 0.9 against a USDT debt: LTV = debt / (0.9 x price). */
export function loanOf(debtUsdt: string, options: Partial<LoanSnapshot> = {}): LoanSnapshot {
  return {
    debts: debtUsdt === "" ? [] : [{ coin: "USDT", amount: debtUsdt, amountUsd: debtUsdt }],
    collateral: [
      { coin: "BTC", amount: "1", amountUsd: "", tiers: [{ minValueUsd: "0", maxValueUsd: "", ratio: "0.9" }] },
    ],
    venueLtv: "",
    totalDebtUsd: debtUsdt,
    totalCollateralUsd: "",
    ...options,
  };
}

export function loan(
  account: string,
  timeMs: number,
  debtUsdt = "32400",
  options: Partial<LoanSnapshot> = {},
): StoredMessage {
  return snapshotMessage(snapshotOf(account, { $case: "loan", value: loanOf(debtUsdt, options) }, timeMs));
}
