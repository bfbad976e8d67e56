import { describe, expect, test } from "vitest";

import { T0, accountOf, orderRequest, testExchange } from "../testing/exchange.ts";
import { closedProfit } from "./closed-pnl.ts";
import type { Account } from "./account.ts";
import type { ExchangeEvent } from "./events.ts";
import type { Exchange } from "./exchange.ts";
import { maxReduction } from "./loan-adjust.ts";
import { poolValue } from "./loan-pool.ts";
import { positionMargin, unrealisedPnl } from "./margin.ts";
import type { MoneyCommand } from "./money-commands.ts";
import { decimal, plain } from "./money.ts";
import { applyFill, entryPrice, flatPosition } from "./positions.ts";
import { marketOf } from "./state.ts";
import { withdrawable } from "./withdrawable.ts";

const HOUR = 3_600_000;

function step(exchange: Exchange, price: number, timeMs: number): readonly ExchangeEvent[] {
  return exchange.step([price], { timeMs, replayTimeMs: timeMs });
}

/** Runs a command and answers its code (0 for success). */
function code(exchange: Exchange, command: MoneyCommand, timeMs = T0): number {
  const { result } = exchange.money(accountOf(exchange), command, timeMs);
  return result.ok ? 0 : result.refusal.code;
}

function fund(account: Account, coin: string): string {
  return plain(account.fund.get(coin) ?? decimal("0"));
}

let transfers = 0;
function toFund(amount: string, coin = "USDT"): MoneyCommand {
  transfers += 1;
  const transferId = `00000000-0000-4000-8000-${String(transfers).padStart(12, "0")}`;
  return { kind: "transfer", request: { transferId, coin, amount, fromAccountType: "UNIFIED", toAccountType: "FUND" } };
}

describe("what can leave the unified account", () => {
  /** Short 1 BTC from 60,000 with 10,000 USDT, as treasury arithmetic has it: W 10k, IM about 6k. */
  function hedged(price: number): Exchange {
    const exchange = testExchange({ accounts: [{ wallet: { USDT: "10000" } }], sizePerLevel: "100" });
    exchange.createOrder(accountOf(exchange), orderRequest({ side: "Sell", qty: "1" }), T0);
    step(exchange, price, T0 + 1000);
    return exchange;
  }

  test("an unrealised profit never leaves, but stands in for cash: all of the wallet may go", () => {
    const exchange = hedged(50_000);
    const wallet = accountOf(exchange).wallet.get("USDT")?.walletBalance ?? decimal("0");
    const most = withdrawable(exchange.state, accountOf(exchange), "USDT");
    expect(plain(most)).toBe(plain(wallet));
    expect(code(exchange, toFund(plain(wallet.plus("0.01"))))).toBe(131_212);
    expect(code(exchange, toFund(plain(most)))).toBe(0);
    expect(fund(accountOf(exchange), "USDT")).toBe(plain(wallet));
  });

  test("an unrealised loss counts one for one, and the margin stays", () => {
    const exchange = hedged(61_000);
    const account = accountOf(exchange);
    const position = account.positions.get("BTCUSDT");
    if (position === undefined) throw new Error("no position");
    const { initialMargin, unrealisedPnl: loss } = positionMargin(
      position,
      marketOf(exchange.state, "BTCUSDT"),
      "0.00055",
    );
    const wallet = account.wallet.get("USDT")?.walletBalance ?? decimal("0");
    expect(loss.isLessThan(0)).toBe(true);
    expect(plain(withdrawable(exchange.state, account, "USDT"), 6)).toBe(
      plain(wallet.plus(loss).minus(initialMargin), 6),
    );
  });

  test("a pending transfer has left one wallet and is not in the other until it is due; its id is taken", () => {
    const exchange = testExchange();
    const account = accountOf(exchange);
    exchange.state.bank.transferDelayMs = 5000;
    const command = toFund("100");
    const { result } = exchange.money(account, command, T0);
    expect(result).toMatchObject({ ok: true, value: { status: "PENDING" } });
    expect([plain(account.wallet.get("USDT")?.walletBalance ?? decimal("0")), fund(account, "USDT")]).toEqual([
      "19900",
      "0",
    ]);
    expect(code(exchange, command)).toBe(131_214);
    step(exchange, 60_000, T0 + 5000);
    expect(fund(account, "USDT")).toBe("100");
    expect([...account.transfers.values()].map((one) => one.status)).toEqual(["SUCCESS"]);
  });
});

describe("the loan pool", () => {
  const setup = { collateral: { BTC: "1" }, debt: { USDT: "40000" } };

  test("an hour's interest is added to the debt and compounds; a repayment pays it first", () => {
    const exchange = testExchange({ accounts: [setup] });
    const account = accountOf(exchange);
    account.fund.set("USDT", decimal("1000"));
    step(exchange, 60_000, T0 + HOUR);
    expect(plain(account.loan.debt.get("USDT") ?? decimal("0"))).toBe("40000.26");
    step(exchange, 60_000, T0 + 2 * HOUR);
    expect(plain(account.loan.debt.get("USDT") ?? decimal("0"))).toBe("40000.52000169");
    const repay: MoneyCommand = { kind: "loan_repay", request: { loanCurrency: "USDT", amount: "1" } };
    expect(code(exchange, repay, T0 + 2 * HOUR)).toBe(0);
    expect(account.loan.interest.has("USDT")).toBe(false);
    expect(fund(account, "USDT")).toBe("999");
  });

  test("what was borrowed by hand bears interest every hour, and repaying all ends it", () => {
    const exchange = testExchange();
    const account = accountOf(exchange);
    expect(code(exchange, { kind: "borrow", request: { coin: "USDT", amount: "10000" } })).toBe(0);
    step(exchange, 60_000, T0 + HOUR);
    expect(account.loanBook.charges.map((row) => plain(row.cost))).toEqual(["0.065"]);
    const repay: MoneyCommand = { kind: "repay", request: { coin: undefined, amount: undefined } };
    expect(code(exchange, repay, T0 + HOUR)).toBe(0);
    const balance = account.wallet.get("USDT");
    expect([balance?.spotBorrow, balance?.accruedInterest].map((one) => one?.toFixed())).toEqual(["0", "0"]);
    expect(balance?.walletBalance.toFixed()).toBe("19999.935");
  });

  test("refusals carry the documented codes", () => {
    const exchange = testExchange({ accounts: [setup] });
    accountOf(exchange).fund.set("BTC", decimal("0.5"));
    const repay = (amount: string, loanCurrency = "USDT"): MoneyCommand => ({
      kind: "loan_repay",
      request: { loanCurrency, amount },
    });
    const borrow = (loanAmount: string, coin = "BTC", amount = "0.1"): MoneyCommand => ({
      kind: "loan_borrow",
      request: { loanCurrency: "USDT", loanAmount, collateralList: [{ coin, amount }] },
    });
    expect(code(exchange, repay("1", "BTC"))).toBe(148_032);
    expect(code(exchange, repay("40001"))).toBe(148_038);
    expect(code(exchange, repay("100"))).toBe(148_029);
    expect(code(exchange, repay("0.123456789"))).toBe(148_028);
    expect(code(exchange, borrow("19"))).toBe(148_002);
    expect(code(exchange, borrow("100.00001"))).toBe(148_003);
    expect(code(exchange, borrow("100", "DOGE"))).toBe(148_004);
    expect(code(exchange, borrow("100", "BTC", "0.6"))).toBe(148_012);
    expect(code(exchange, borrow("30000"))).toBe(148_009);
    expect(code(exchange, borrow("1000"))).toBe(0);
    expect(code(exchange, { kind: "loan_adjust", request: { currency: "BTC", amount: "1", direction: 1 } })).toBe(
      148_037,
    );
  });

  test("the most that can be taken back ends at the reduce line, and one unit more is refused", () => {
    const exchange = testExchange({ accounts: [setup] });
    const account = accountOf(exchange);
    const most = maxReduction(exchange.state, account, "BTC");
    expect(
      code(exchange, { kind: "loan_adjust", request: { currency: "BTC", amount: plain(most), direction: 1 } }),
    ).toBe(0);
    expect(poolValue(exchange.state, account.loan).ltv?.toFixed(6)).toBe("0.850000");
    expect(code(exchange, { kind: "loan_adjust", request: { currency: "BTC", amount: "0.00001", direction: 1 } })).toBe(
      148_037,
    );
    expect(account.loanBook.adjustments.map((row) => row.status)).toEqual([1]);
  });

  test("slow processing rests in status 2 and then happens; without means by then it fails with 3", () => {
    const exchange = testExchange({ accounts: [setup] });
    const account = accountOf(exchange);
    account.fund.set("USDT", decimal("150"));
    exchange.state.bank.loanDelayMs = 3000;
    const repay: MoneyCommand = { kind: "loan_repay", request: { loanCurrency: "USDT", amount: "100" } };
    expect(code(exchange, repay)).toBe(0);
    expect(code(exchange, repay)).toBe(148_041);
    expect(account.loanBook.repayments[0]?.status).toBe(2);
    account.fund.set("USDT", decimal("50"));
    step(exchange, 60_000, T0 + 3000);
    expect(account.loanBook.repayments[0]?.status).toBe(3);
    expect(fund(account, "USDT")).toBe("50");
  });

  test("margin call at 85 %, delayed liquidation after its grace at 93 %, not when cured in time", () => {
    const grace = 7_200_000;
    const priceAt = (ltv: number): number => Math.round(40_000 / 0.95 / ltv);
    const exchange = testExchange({ accounts: [setup] });
    const { loan, loanBook } = accountOf(exchange);
    step(exchange, priceAt(0.86), T0 + 1000);
    expect(loanBook.marginCalled).toBe(true);
    step(exchange, priceAt(0.935), T0 + 2000);
    step(exchange, priceAt(0.9), T0 + 3000);
    step(exchange, priceAt(0.935), T0 + grace);
    expect(loan.liquidation).toBeUndefined();
    step(exchange, priceAt(0.935), T0 + 2 * grace);
    expect(loan.liquidation).toBeDefined();
    expect(loanBook.repayments.map((row) => row.repayType)).toEqual([6]);
  });

  test("repaying with collateral sells it for the debt and the fee", () => {
    const exchange = testExchange({ accounts: [setup] });
    const { loan } = accountOf(exchange);
    const request = { loanCurrency: "USDT", collateralCoin: "BTC", amount: "6000" };
    expect(code(exchange, { kind: "loan_repay_collateral", request })).toBe(0);
    expect(plain(loan.debt.get("USDT") ?? decimal("0"))).toBe("34000");
    expect(plain(loan.collateral.get("BTC") ?? decimal("0"))).toBe("0.8999");
  });

  test("a fixed loan is repaid from the funding wallet at its term, and overdue with a penalty when that is empty", () => {
    const exchange = testExchange({ accounts: [{}] });
    const account = accountOf(exchange);
    account.fund.set("BTC", decimal("1"));
    const request = {
      orderCurrency: "USDT",
      orderAmount: "10000",
      annualRate: "0.05",
      term: "7",
      repayType: "1" as const,
      collateralList: [{ coin: "BTC", amount: "1" }],
    };
    expect(code(exchange, { kind: "fixed_borrow", request })).toBe(0);
    const owed = plain(account.loan.fixedDebt.get("USDT") ?? decimal("0"));
    expect([fund(account, "USDT"), owed]).toEqual(["10000", "10009.58904110"].map((text) => plain(decimal(text))));
    const term = 7 * 24 * HOUR;
    step(exchange, 60_000, T0 + term);
    expect(account.loanBook.fixed[0]?.status).toBe(3);
    expect(account.loanBook.fixed[0]?.residualPenalty.isGreaterThan(0)).toBe(true);
    account.fund.set("USDT", decimal("10100"));
    step(exchange, 60_000, T0 + term + HOUR);
    expect(account.loanBook.fixed[0]?.status).toBe(2);
    expect(account.loan.fixedDebt.size).toBe(0);
  });
});

describe("positions", () => {
  test("an inverse short earns coins as the price falls, and a round trip settles to the last place", () => {
    const position = flatPosition("BTCUSD", T0);
    const fill = { qty: decimal("60000"), fee: decimal("0"), timeMs: T0, seq: 1 };
    applyFill(position, { ...fill, side: "Sell", price: decimal("60000") });
    expect([plain(entryPrice(position)), position.settleCoin]).toEqual(["60000", "BTC"]);
    expect(plain(unrealisedPnl(position, decimal("50000")))).toBe("0.2");
    expect(plain(unrealisedPnl(position, decimal("72000")), 6)).toBe("-0.166667");
    const closed = applyFill(position, { ...fill, side: "Buy", price: decimal("50000") });
    expect([plain(closed.pnl), position.entryValue.isZero()]).toEqual(["0.2", true]);
  });

  test("funding is paid by longs at the full interval, as execution, log row and realised profit", () => {
    const exchange = testExchange();
    const account = accountOf(exchange);
    exchange.createOrder(account, orderRequest({ qty: "0.1" }), T0);
    step(exchange, 60_000, T0 + 1000);
    const before = account.wallet.get("USDT")?.walletBalance ?? decimal("0");
    const interval = 8 * HOUR;
    const dueMs = (Math.floor(T0 / interval) + 1) * interval;
    const events = step(exchange, 60_000, dueMs + 500);
    expect(events.map((event) => event.kind)).toEqual(["execution", "position", "wallet"]);
    expect(account.executions.at(-1)).toMatchObject({ execType: "Funding", execTimeMs: dueMs, feeRate: "0.0001" });
    expect(plain(before.minus(account.wallet.get("USDT")?.walletBalance ?? 0))).toBe("0.6");
    const row = account.ledger.at(-1);
    expect([row?.type, plain(row?.funding ?? decimal("0"))]).toEqual(["SETTLEMENT", "-0.6"]);
  });

  test("leverage: refused unchanged, over the tier and without margin; a higher one frees margin", () => {
    const exchange = testExchange({ accounts: [{ wallet: { USDT: "1000" } }] });
    const set = (leverage: string): number =>
      code(exchange, {
        kind: "leverage",
        request: { symbol: "BTCUSDT", buyLeverage: leverage, sellLeverage: leverage },
      });
    expect([set("10"), set("101"), set("20")]).toEqual([110_043, 110_013, 0]);
    exchange.createOrder(accountOf(exchange), orderRequest({ qty: "0.2" }), T0);
    expect([set("5"), set("50")]).toEqual([110_007, 0]);
  });

  test("closed profit is what the wallet gained over the round trip, fees of both ways taken off", () => {
    const exchange = testExchange();
    const account = accountOf(exchange);
    exchange.createOrder(account, orderRequest({ qty: "0.2" }), T0);
    step(exchange, 61_000, T0 + 1000);
    exchange.createOrder(account, orderRequest({ side: "Sell", qty: "0.2", reduceOnly: true }), T0 + 1000);
    const gained = (account.wallet.get("USDT")?.walletBalance ?? decimal("0")).minus(20_000);
    expect([...account.closedPnl.values()].map((row) => plain(closedProfit(row)))).toEqual([plain(gained)]);
  });

  test("a large position is liquidated one risk tier at a time and stops once the margin suffices", () => {
    const exchange = testExchange({ accounts: [{ wallet: { USDT: "450000" } }], sizePerLevel: "1000" });
    const account = accountOf(exchange);
    expect(exchange.createOrder(account, orderRequest({ qty: "70" }), T0).result.ok).toBe(true);
    const { events } = { events: step(exchange, 53_950, T0 + 1000) };
    expect(events.at(-1)?.kind).toBe("unified_liquidated");
    const busts = account.executions.filter((one) => one.execType === "BustTrade");
    expect(busts.length).toBeGreaterThan(0);
    expect(account.positions.get("BTCUSDT")?.qty.isGreaterThan(0)).toBe(true);
  });
});
