import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { T0, accountOf, orderRequest, testExchange } from "../testing/exchange.ts";
import { loanPosition } from "../views/loan-view.ts";
import type { Account } from "./account.ts";
import type { ExchangeEvent } from "./events.ts";
import type { Exchange } from "./exchange.ts";
import { evaluateFast } from "./fast-account.ts";
import { poolValue } from "./loan-pool.ts";
import { accountMargin } from "./margin.ts";
import type { MoneyCommand } from "./money-commands.ts";
import type { Decimal } from "./money.ts";
import { ZERO, decimal, sum } from "./money.ts";
import { marginRules } from "./state.ts";
import { inTransit } from "./transfers.ts";
import { unreachable } from "./unreachable.ts";
import { withdrawable } from "./withdrawable.ts";

const COINS = ["USDT", "BTC", "ETH"] as const;
const FUND = { USDT: "90000", BTC: "8", ETH: "60" };

const SETUP = {
  wallet: { USDT: "20000", BTC: "0.2" },
  collateral: { BTC: "2", ETH: "10" },
  debt: { USDT: "40000", BTC: "0.2" },
};

/** One random thing that happens to the exchange. */
type Act =
  | { readonly do: "money"; readonly command: MoneyCommand }
  | {
      readonly do: "order";
      readonly side: "Buy" | "Sell";
      readonly lots: number;
      readonly spot: boolean;
      readonly limit: boolean;
    }
  | { readonly do: "cancel" }
  | { readonly do: "delay"; readonly ms: number }
  | { readonly do: "step"; readonly btc: number; readonly eth: number; readonly ms: number };

const amount = fc.integer({ min: 40, max: 30_000 }).map((halves) => String(halves / 2));
const small = fc.integer({ min: 1, max: 1000 }).map((parts) => (parts / 1000).toFixed(3));
const coinAmount = fc.oneof(fc.tuple(fc.constant("USDT"), amount), fc.tuple(fc.constantFrom("BTC", "ETH"), small));

const command: fc.Arbitrary<MoneyCommand> = fc.oneof(
  fc.tuple(coinAmount, fc.boolean(), fc.uuid()).map(([[name, size], up, transferId]): MoneyCommand => ({
    kind: "transfer",
    request: {
      transferId,
      coin: name,
      amount: size,
      fromAccountType: up ? "FUND" : "UNIFIED",
      toAccountType: up ? "UNIFIED" : "FUND",
    },
  })),
  fc
    .tuple(coinAmount, fc.tuple(fc.constantFrom("BTC", "ETH"), small))
    .map(([[loan, size], [pledged, much]]): MoneyCommand => ({
      kind: "loan_borrow",
      request: { loanCurrency: loan, loanAmount: size, collateralList: [{ coin: pledged, amount: much }] },
    })),
  coinAmount.map(([name, size]): MoneyCommand => ({
    kind: "loan_repay",
    request: { loanCurrency: name, amount: size },
  })),
  coinAmount.map(([name, size]): MoneyCommand => ({
    kind: "loan_repay_collateral",
    request: { loanCurrency: name, amount: size, collateralCoin: "BTC,ETH" },
  })),
  fc.tuple(coinAmount, fc.constantFrom(0 as const, 1 as const)).map(([[name, size], direction]): MoneyCommand => ({
    kind: "loan_adjust",
    request: { currency: name, amount: size, direction },
  })),
  fc.tuple(amount, small).map(([size, btc]): MoneyCommand => ({
    kind: "fixed_borrow",
    request: {
      orderCurrency: "USDT",
      orderAmount: size,
      annualRate: "0.06",
      term: "7",
      repayType: "1",
      collateralList: [{ coin: "BTC", amount: btc }],
    },
  })),
  fc.constant<MoneyCommand>({ kind: "fixed_repay", request: { loanId: undefined, loanCurrency: "USDT" } }),
  coinAmount.map(([name, size]): MoneyCommand => ({ kind: "borrow", request: { coin: name, amount: size } })),
  fc.constant<MoneyCommand>({ kind: "repay", request: { coin: undefined, amount: undefined } }),
  fc.constantFrom("5", "10", "20").map((leverage): MoneyCommand => ({
    kind: "leverage",
    request: { symbol: "BTCUSDT", buyLeverage: leverage, sellLeverage: leverage },
  })),
  fc.boolean().map((on): MoneyCommand => ({ kind: "collateral_switch", coin: "BTC", on })),
);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: command.map((one): Act => ({ do: "money", command: one })) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("order" as const),
      side: fc.constantFrom("Buy" as const, "Sell" as const),
      lots: fc.integer({ min: 1, max: 300 }),
      spot: fc.boolean(),
      limit: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ do: "cancel" }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 4000).map((ms): Act => ({ do: "delay", ms })) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("step" as const),
      btc: fc.integer({ min: 45_000, max: 75_000 }),
      eth: fc.integer({ min: 2200, max: 3800 }),
      ms: fc.constantFrom(1000, 5000, 3_600_000, 9 * 3_600_000),
    }),
  },
);

function start(seed: number): Exchange {
  const exchange = testExchange({ ethPrice: 3000, seed, accounts: [SETUP] });
  const account = accountOf(exchange);
  for (const [name, size] of Object.entries(FUND)) account.fund.set(name, decimal(size));
  return exchange;
}

/** Does one thing; the clock only moves on steps. */
function perform(exchange: Exchange, clock: { ms: number }, one: Act): readonly ExchangeEvent[] {
  const account = accountOf(exchange);
  switch (one.do) {
    case "money":
      return exchange.money(account, one.command, clock.ms).events;
    case "order": {
      const price = one.limit ? (one.side === "Buy" ? "59500" : "60500") : undefined;
      const request = orderRequest({
        category: one.spot ? "spot" : "linear",
        side: one.side,
        qty: (one.lots / 1000).toFixed(3),
        ...(one.spot && price === undefined ? { marketUnit: "baseCoin" as const } : {}),
        ...(price === undefined ? {} : { price, orderType: "Limit" as const }),
      });
      return exchange.createOrder(account, request, clock.ms).events;
    }
    case "cancel": {
      const [open] = account.openOrders;
      if (open === undefined) return [];
      const { category, symbol, orderId } = open;
      return exchange.cancelOrder(account, { category, symbol, orderId, orderLinkId: undefined }, clock.ms).events;
    }
    case "delay":
      exchange.state.bank.loanDelayMs = one.ms;
      exchange.state.bank.transferDelayMs = one.ms;
      return [];
    case "step":
      clock.ms += one.ms;
      return exchange.step([one.btc, one.eth], { timeMs: clock.ms, replayTimeMs: clock.ms });
    default:
      return unreachable(one);
  }
}

const total = (rows: Account["ledger"], name: string): Decimal =>
  sum(rows.filter((row) => row.coin === name).map((row) => row.change));

/** The laws of the specification's 14.13, at any moment. */
function expectLaws(exchange: Exchange, account: Account): void {
  const { state } = exchange;
  for (const name of COINS) {
    const balance = account.wallet.get(name);
    const first = account.shadow.wallet.get(name) ?? ZERO;
    // Every change of a balance has a row, and the row says what it left.
    expect((balance?.walletBalance ?? ZERO).toFixed()).toBe(first.plus(total(account.ledger, name)).toFixed());
    expect((account.fund.get(name) ?? ZERO).toFixed()).toBe(
      decimal(FUND[name]).plus(total(account.fundLedger, name)).toFixed(),
    );
    // locked = what the open spot orders have reserved.
    const reserved = sum(
      [...account.openOrders]
        .filter((order) => order.category === "spot" && (order.side === "Buy" ? name === "USDT" : name === "BTC"))
        .map((order) => order.reserved),
    );
    expect((balance?.locked ?? ZERO).toFixed()).toBe(reserved.toFixed());
    expect((balance?.spotBorrow ?? ZERO).isLessThan(0)).toBe(false);
    expect((account.fund.get(name) ?? ZERO).isLessThan(0)).toBe(false);
    expect((account.loan.debt.get(name) ?? ZERO).isLessThan(account.loan.interest.get(name) ?? ZERO)).toBe(false);
    expect((account.loan.collateral.get(name) ?? ZERO).isLessThan(0)).toBe(false);
    // What left one wallet and is not in the other yet is exactly what is under way.
    const moved = sum(
      [...account.ledger, ...account.fundLedger]
        .filter((row) => row.coin === name && row.type.startsWith("TRANSFER"))
        .map((row) => row.change),
    );
    expect(moved.negated().toFixed()).toBe(inTransit(account, name).toFixed());
    // Collateral: what was pledged less what came back and what was sold for debt.
    expect(withdrawable(state, account, name).isLessThan(0)).toBe(false);
  }
  const traded = account.executions.filter((one) => one.category === "linear" && one.execType !== "Funding");
  const held = account.positions.get("BTCUSDT")?.qty ?? ZERO;
  expect(sum(traded.map((one) => (one.side === "Buy" ? one.execQty : one.execQty.negated()))).toFixed()).toBe(
    held.toFixed(),
  );
  expectLtv(exchange, account);
  const margin = accountMargin(account, marginRules(state));
  const fast = evaluateFast(account.fast, state.prices, { equityUsd: 0, ltv: 0, mmRate: 0 });
  expect(Math.abs(fast.mmRate - (margin.mmRate?.toNumber() ?? fast.mmRate))).toBeLessThan(1e-6);
}

/** LTV recomputes from the position's payload to six decimals. */
function expectLtv(exchange: Exchange, account: Account): void {
  const { loan } = account;
  const value = poolValue(exchange.state, loan);
  const payload = loanPosition(loan, value);
  if (value.collateralUsd.isZero()) return;
  const { totalDebt, totalCollateral, ltv } = payload;
  const recomputed = decimal(String(totalDebt)).div(String(totalCollateral));
  expect(Math.abs(recomputed.minus(String(ltv)).toNumber())).toBeLessThan(2e-6);
  expect(loan.fixedDebt.size === 0 || account.loanBook.fixed.some((one) => one.status !== 2)).toBe(true);
}

/** Per coin: funding wallet plus pledged, and funding wallet less debt. */
function pools(account: Account): readonly { readonly pledged: string; readonly owed: string }[] {
  return COINS.map((name) => {
    const fund = account.fund.get(name) ?? ZERO;
    return {
      pledged: fund.plus(account.loan.collateral.get(name) ?? ZERO).toFixed(),
      owed: fund.minus(account.loan.debt.get(name) ?? ZERO).toFixed(),
    };
  });
}

/** Adjusting only moves between funding wallet and pool; repaying pays exactly what the debt falls by. */
function performChecked(exchange: Exchange, clock: { ms: number }, one: Act, done: Map<string, number>): void {
  const account = accountOf(exchange);
  const before = pools(account);
  const quiet = exchange.state.bank.due.length === 0;
  const rows = account.ledger.length + account.fundLedger.length;
  perform(exchange, clock, one);
  if (one.do !== "money") return;
  if (account.ledger.length + account.fundLedger.length > rows) {
    done.set(one.command.kind, (done.get(one.command.kind) ?? 0) + 1);
  }
  const after = pools(account);
  if (!quiet) return;
  if (one.command.kind === "loan_adjust")
    expect(after.map((row) => row.pledged)).toEqual(before.map((row) => row.pledged));
  if (one.command.kind === "loan_repay") expect(after.map((row) => row.owed)).toEqual(before.map((row) => row.owed));
}

describe("whatever is commanded", () => {
  test("the conservation laws hold after every event", () => {
    const done = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(act, { minLength: 15, maxLength: 50, size: "max" }), (acts) => {
        const exchange = start(3);
        const account = accountOf(exchange);
        const clock = { ms: T0 };
        for (const one of acts) {
          performChecked(exchange, clock, one, done);
          expectLaws(exchange, account);
        }
      }),
      { numRuns: 60, seed: 20_260_809, endOnFailure: true },
    );
    // The laws were tried on what succeeded, not on refusals only.
    for (const kind of ["transfer", "loan_borrow", "loan_repay", "loan_adjust", "fixed_borrow", "borrow", "repay"]) {
      expect(done.get(kind) ?? 0, kind).toBeGreaterThan(5);
    }
  });

  test("the same seed and commands give a byte-identical log of events", () => {
    fc.assert(
      fc.property(
        fc.array(act, { minLength: 15, maxLength: 50, size: "max" }),
        fc.integer({ min: 1, max: 1000 }),
        (acts, seed) => {
          const run = (): string => {
            const exchange = start(seed);
            const clock = { ms: T0 };
            return JSON.stringify(acts.map((one) => perform(exchange, clock, one)));
          };
          expect(run()).toBe(run());
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });
});
