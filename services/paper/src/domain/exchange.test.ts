import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { T0, accountOf, orderRequest, testExchange } from "../testing/exchange.ts";
import { ZERO, decimal, sum } from "./money.ts";
import type { ExchangeEvent } from "./events.ts";
import type { Exchange } from "./exchange.ts";
import type { OrderRequest } from "./orders.ts";
import { leavesQty } from "./orders.ts";
import { sideSign } from "./positions.ts";

type Action =
  | { readonly kind: "order"; readonly uid: number; readonly order: Partial<OrderRequest> }
  | { readonly kind: "cancel"; readonly uid: number; readonly pick: number }
  | { readonly kind: "step"; readonly move: number };

const order = fc.record({
  side: fc.constantFrom("Buy" as const, "Sell" as const),
  qty: fc.integer({ min: 1, max: 900 }).map((lots) => (lots / 1000).toFixed(3)),
  price: fc.option(fc.integer({ min: 59_000, max: 61_000 }).map(String), { nil: undefined }),
  timeInForce: fc.constantFrom("GTC" as const, "IOC" as const, "FOK" as const, "PostOnly" as const),
  reduceOnly: fc.boolean(),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("order" as const), uid: fc.nat(1), order }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), uid: fc.nat(1), pick: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("step" as const), move: fc.integer({ min: -400, max: 400 }) }),
  },
);

function run(exchange: Exchange, actions: readonly Action[]): ExchangeEvent[] {
  let price = 60_000;
  return actions.flatMap((one, index): readonly ExchangeEvent[] => {
    const timeMs = T0 + index * 10;
    if (one.kind === "step") {
      price += one.move;
      return exchange.step([price], { timeMs, replayTimeMs: timeMs });
    }
    const account = accountOf(exchange, String(900_001 + one.uid));
    if (one.kind === "order") {
      const request = orderRequest({ ...one.order, orderLinkId: `l-${index}` });
      return exchange.createOrder(account, request, timeMs).events;
    }
    const orderId = [...account.openOrders][one.pick]?.orderId;
    return exchange.cancelOrder(account, { symbol: "BTCUSDT", orderId, orderLinkId: undefined }, timeMs).events;
  });
}

const twoAccounts = { accounts: [{}, {}], levels: 5, sizePerLevel: "0.1" };

describe("whatever is commanded", () => {
  test("the executions add up to the position, the orders, the wallet and the fees", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const exchange = testExchange(twoAccounts);
        run(exchange, actions);
        for (const account of exchange.state.accounts.values()) {
          const { executions, orders } = account;
          const net = sum(executions.map((one) => one.execQty.times(sideSign(one.side))));
          const position = account.positions.get("BTCUSDT");
          expect(net.toFixed()).toBe((position?.qty ?? ZERO).toFixed());
          const realised = sum(executions.map((one) => one.execPnl.minus(one.execFee)));
          const balance = account.wallet.get("USDT")?.walletBalance ?? ZERO;
          expect(balance.minus(20_000).toFixed()).toBe(realised.toFixed());
          expect((position?.cumRealisedPnl ?? ZERO).toFixed()).toBe(realised.toFixed());
          for (const one of orders) {
            const fills = executions.filter((execution) => execution.orderId === one.orderId);
            expect(sum(fills.map((fill) => fill.execQty)).toFixed()).toBe(one.cumExecQty.toFixed());
            expect(sum(fills.map((fill) => fill.execFee)).toFixed()).toBe(one.cumExecFee.toFixed());
            expect(one.cumExecQty.isLessThanOrEqualTo(one.qty)).toBe(true);
            expect(one.status === "Filled").toBe(one.cumExecQty.isEqualTo(one.qty));
            expect(account.openOrders.has(one)).toBe(one.status === "New" || one.status === "PartiallyFilled");
            if (!account.openOrders.has(one)) expect(leavesQty(one).isZero()).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("the same seed and commands give the same events; ids never repeat", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const first = run(testExchange(twoAccounts), actions);
        const second = run(testExchange(twoAccounts), actions);
        expect(JSON.stringify(second)).toBe(JSON.stringify(first));
        const ids = first.flatMap((event) =>
          event.kind === "execution" ? event.executions.map((one) => one.execId) : [],
        );
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 50 },
    );
  });

  test("a fill never trades beyond its limit, and sequence numbers only rise", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const events = run(testExchange(twoAccounts), actions);
        let last = 0;
        for (const event of events) {
          if (event.kind !== "execution") continue;
          expect(event.seq).toBeGreaterThan(last);
          last = event.seq;
          for (const fill of event.executions) {
            const better =
              sideSign(fill.side) === 1 ? fill.execPrice.lte(fill.orderPrice) : fill.execPrice.gte(fill.orderPrice);
            expect(better).toBe(true);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("one account's trading changes nothing of another's", () => {
    const exchange = testExchange({ accounts: [{}, {}] });
    const other = accountOf(exchange, "900002");
    const before = JSON.stringify([[...other.wallet], [...other.positions], other.orders, other.executions]);
    exchange.createOrder(accountOf(exchange), orderRequest({ qty: "1" }), T0);
    expect(JSON.stringify([[...other.wallet], [...other.positions], other.orders, other.executions])).toBe(before);
    expect(accountOf(exchange).positions.get("BTCUSDT")?.qty.isEqualTo(decimal("1"))).toBe(true);
  });
});
