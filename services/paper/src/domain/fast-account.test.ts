import * as fc from "fast-check";
import { expect, test } from "vitest";

import { T0, accountOf, orderRequest, testExchange } from "../testing/exchange.ts";
import { evaluateFast } from "./fast-account.ts";
import { loanValue } from "./loans.ts";
import { accountMargin } from "./margin.ts";
import { ZERO, sum } from "./money.ts";
import { marginRules, usdPrice } from "./state.ts";

test("the doubles agree with the decimals on equity, LTV and maintenance margin rate, at any price", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("Buy" as const, "Sell" as const),
      fc.integer({ min: 1, max: 1500 }),
      fc.integer({ min: 45_000, max: 75_000 }),
      fc.integer({ min: 2000, max: 4000 }),
      (side, lots, btc, eth) => {
        const exchange = testExchange({
          ethPrice: 3000,
          accounts: [
            {
              wallet: { USDT: "40000", BTC: "0.2", ETH: "1" },
              collateral: { BTC: "1", ETH: "4" },
              debt: { USDT: "20000", ETH: "1" },
            },
          ],
        });
        const { state } = exchange;
        const account = accountOf(exchange);
        exchange.createOrder(account, orderRequest({ side, qty: (lots / 1000).toFixed(3) }), T0);
        exchange.step([btc, eth], { timeMs: T0, replayTimeMs: T0 });
        const fast = evaluateFast(account.fast, [btc, eth], { equityUsd: 0, ltv: 0, mmRate: 0 });
        const price = (coin: string): ReturnType<typeof usdPrice> => usdPrice(state, coin);
        const loan = loanValue(account.loan, price, state.collateralTiers);
        const margin = accountMargin(account, marginRules(state));
        const pledged = sum([...account.loan.collateral].map(([coin, amount]) => amount.times(price(coin))));
        expect(fast.equityUsd).toBeCloseTo(pledged.minus(loan.debtUsd).plus(margin.totalEquity).toNumber(), 5);
        expect(fast.ltv).toBeCloseTo((loan.ltv ?? ZERO).toNumber(), 10);
        expect(fast.mmRate).toBeCloseTo((margin.mmRate ?? ZERO).toNumber(), 10);
      },
    ),
    { numRuns: 100 },
  );
});
