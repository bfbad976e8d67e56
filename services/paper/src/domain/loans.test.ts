import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { T0, accountOf, kinds, orderRequest, stepTo, testExchange } from "../testing/exchange.ts";
import { loanPosition } from "../views/loan-view.ts";
import { EMPTY_FAST, evaluateFast } from "./fast-account.ts";
import { collateralValue, createLoan, liquidateLoan, loanValue } from "./loans.ts";
import { decimal, plain } from "./money.ts";

const LINES = { initial: "0.80", marginCall: "0.85", liquidation: "0.95", liquidationFee: "0.02" };

describe("value of collateral", () => {
  test("brackets of USD value are marginal (documented: 12,757 USD at 80 % and 70 % counts 9,930)", () => {
    const tiers = [
      { minValue: "0", maxValue: "10000", collateralRatio: "0.8" },
      { minValue: "10000", maxValue: "99999999", collateralRatio: "0.7" },
    ];
    expect(plain(collateralValue(decimal("12757.32"), tiers), 0)).toBe("9930");
    expect(plain(collateralValue(decimal("5000"), tiers))).toBe("4000");
  });

  test("the documented position: 0.75 BTC at 60,000 and ratio 0.95 against 30,000.42", () => {
    const loan = createLoan([["BTC", "0.75"]], [["USDT", "30000.42"]]);
    const tiers = new Map([["BTC", [{ minValue: "0", maxValue: "99999999", collateralRatio: "0.95" }]]]);
    const value = loanValue(loan, (coin) => decimal(coin === "BTC" ? "60000" : "1"), tiers);
    expect(loanPosition(loan, value)).toMatchObject({
      borrowList: [{ loanCurrency: "USDT", flexibleTotalDebt: "30000.42", flexibleTotalDebtUSD: "30000.42" }],
      collateralList: [{ currency: "BTC", amount: "0.75", amountUSD: "42750" }],
      ltv: "0.701764",
      totalCollateral: "42750",
      totalDebt: "30000.42",
    });
  });
});

test("liquidation conserves value: sold + returned = pledged; proceeds = debt + fee, but for rounding and shortfall", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 50_000 }),
      fc.integer({ min: 1, max: 500_000 }),
      (btcHundredths, ethHundredths, debt) => {
        const pledged = { BTC: (btcHundredths / 100).toFixed(2), ETH: (ethHundredths / 100).toFixed(2) };
        const loan = createLoan(Object.entries(pledged), [["USDT", String(debt)]]);
        const tier = [{ minValue: "0", maxValue: "99999999999", collateralRatio: "0.9" }];
        const tiers = new Map([
          ["BTC", tier],
          ["ETH", tier],
        ]);
        const price = new Map([
          ["BTC", decimal("50000")],
          ["ETH", decimal("2500")],
          ["USDT", decimal("1")],
        ]);
        const usdPrice = (coin: string): ReturnType<typeof decimal> => price.get(coin) ?? decimal("0");
        const value = loanValue(loan, usdPrice, tiers);
        const done = liquidateLoan(loan, value, { usdPrice, tiers, lines: LINES }, { timeMs: T0, replayTimeMs: T0 });
        expect(loan.debt.size + loan.collateral.size).toBe(0);
        let proceeds = decimal("0");
        for (const [coin, amount] of Object.entries(pledged)) {
          const sold = done.sold.get(coin) ?? decimal("0");
          expect(sold.plus(done.returned.get(coin) ?? 0).toFixed()).toBe(decimal(amount).toFixed());
          proceeds = proceeds.plus(sold.times(usdPrice(coin)));
        }
        const owed = done.debtUsd.plus(done.feeUsd);
        expect(done.feeUsd.toFixed()).toBe(done.debtUsd.times("0.02").toFixed());
        const over = proceeds.plus(done.shortfallUsd).minus(owed).toNumber();
        expect(over).toBeGreaterThanOrEqual(0);
        expect(over).toBeLessThan(0.01);
      },
    ),
  );
});

describe("at the line", () => {
  const loaned = { wallet: { USDT: "20000" }, collateral: { BTC: "1" }, debt: { USDT: "51300" } };

  test("nothing happens just under it; at it the loan is sold and the rest returned", () => {
    const exchange = testExchange({ accounts: [loaned] });
    const account = accountOf(exchange);
    // 51,300 / (56,842.2 x 0.95) = 0.94999...; at 56,842.1 it is 0.950000...
    expect(kinds(stepTo(exchange, 56_842.2))).toEqual([]);
    expect(account.loan.debt.size).toBe(1);
    const [event] = stepTo(exchange, 56_842.1);
    if (event?.kind !== "loan_liquidated") throw new Error("not liquidated");
    expect(account.loan.debt.size).toBe(0);
    expect(plain(event.liquidation.feeUsd)).toBe("1026");
    const returned = account.fund.get("BTC")?.toNumber() ?? 0;
    expect(returned).toBeCloseTo(1 - (51_300 * 1.02) / 56_842.1, 7);
    expect(stepTo(exchange, 50_000)).toEqual([]);
    expect(account.stats.highestLtv).toBeGreaterThanOrEqual(0.95);
  });

  test("the figures of the report tell hedged from unhedged", () => {
    const exchange = testExchange({ accounts: [loaned, loaned] });
    const hedged = accountOf(exchange);
    const idle = accountOf(exchange, "900002");
    exchange.createOrder(hedged, orderRequest({ side: "Sell", qty: "0.5" }), T0);
    stepTo(exchange, 57_000);
    stepTo(exchange, 60_000);
    expect(idle.stats.initialEquityUsd).toBe(28_700);
    expect(idle.stats.lowestEquityHedgedUsd).toBe(25_700);
    expect(idle.stats).toMatchObject({ lowestEquityUnhedgedUsd: 25_700, finalEquityHedgedUsd: 28_700, feesPaidUsd: 0 });
    expect(hedged.stats.lowestEquityUnhedgedUsd).toBe(25_700);
    expect(hedged.stats.lowestEquityHedgedUsd).toBeGreaterThan(27_150);
    expect(hedged.stats.feesPaidUsd).toBeCloseTo(16.5, 1);
    expect(hedged.stats.finalEquityHedgedUsd).toBeCloseTo(28_700 - hedged.stats.feesPaidUsd, 0);
  });
});

test("a unified account that loses its margin is taken over, its orders cancelled, its wallet not below zero", () => {
  const exchange = testExchange({ accounts: [{ wallet: { USDT: "2000" } }] });
  const account = accountOf(exchange);
  expect(exchange.createOrder(account, orderRequest({ qty: "0.3" }), T0).result.ok).toBe(true);
  exchange.createOrder(account, orderRequest({ side: "Sell", qty: "0.01", price: "60500" }), T0);
  expect(kinds(stepTo(exchange, 55_000))).toEqual([]);
  const events = stepTo(exchange, 53_000);
  expect(kinds(events)).toEqual(["order", "execution", "order", "position", "wallet", "unified_liquidated"]);
  expect(account.executions.at(-1)?.execType).toBe("BustTrade");
  expect(account.positions.get("BTCUSDT")?.qty.isZero()).toBe(true);
  expect(account.wallet.get("USDT")?.walletBalance.toNumber()).toBe(0);
  expect([...account.openOrders]).toEqual([]);
});

test("a debt without collateral reads as endless LTV, no debt as 0", () => {
  const reading = { equityUsd: 0, ltv: 0, mmRate: 0 };
  const debt = [{ market: -1, amount: 5, tiers: [] }];
  expect(evaluateFast({ ...EMPTY_FAST, debt }, [], reading).ltv).toBe(Number.POSITIVE_INFINITY);
  expect(evaluateFast(EMPTY_FAST, [], reading).ltv).toBe(0);
});
