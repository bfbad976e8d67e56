import * as fc from "fast-check";
import { expect, test } from "vitest";

import { T0, accountOf, orderRequest, testExchange } from "../testing/exchange.ts";
import { ZERO, sum } from "./money.ts";
import { isOpen } from "./orders.ts";
import type { OrderCategory, OrderRequest } from "./orders.ts";
import type { Exchange } from "./exchange.ts";

type Action =
  | { readonly kind: "order"; readonly order: Partial<OrderRequest> }
  | {
      readonly kind: "amend";
      readonly pick: number;
      readonly price: string | undefined;
      readonly qty: string | undefined;
    }
  | { readonly kind: "cancel"; readonly pick: number }
  | { readonly kind: "cancelAll"; readonly category: OrderCategory }
  | { readonly kind: "stop"; readonly takeProfit: string; readonly stopLoss: string }
  | { readonly kind: "step"; readonly move: number };

const price = fc.option(fc.integer({ min: 59_500, max: 60_500 }).map(String), { nil: undefined });
const qty = fc.integer({ min: 1, max: 300 }).map((lots) => (lots / 1000).toFixed(3));

const anyOrder: fc.Arbitrary<Partial<OrderRequest>> = fc
  .record({
    category: fc.constantFrom("linear" as const, "spot" as const, "spot" as const),
    side: fc.constantFrom("Buy" as const, "Sell" as const),
    qty,
    price,
    timeInForce: fc.constantFrom("GTC" as const, "IOC" as const, "FOK" as const, "PostOnly" as const),
    reduceOnly: fc.boolean(),
    marketUnit: fc.constantFrom("baseCoin" as const, "quoteCoin" as const),
    trigger: fc.option(price, { freq: 3, nil: undefined }),
    orderFilter: fc.constantFrom("StopOrder" as const, "tpslOrder" as const),
  })
  .map(({ trigger, ...rest }): Partial<OrderRequest> => {
    const isSpot = rest.category === "spot";
    const byValue = isSpot && rest.price === undefined && rest.marketUnit === "quoteCoin";
    const at = trigger ?? undefined;
    return {
      ...rest,
      reduceOnly: !isSpot && rest.reduceOnly,
      qty: byValue ? String(Math.round(Number(rest.qty) * 60_000)) : rest.qty,
      trigger:
        at === undefined
          ? undefined
          : { price: at, direction: isSpot ? 0 : Number(at) > 60_000 ? 1 : 2, by: "LastPrice" },
    };
  });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("order" as const), order: anyOrder }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("amend" as const),
      pick: fc.nat(5),
      price,
      qty: fc.option(qty, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), pick: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("cancelAll" as const),
      category: fc.constantFrom("linear" as const, "spot" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("stop" as const),
      takeProfit: fc.constantFrom("60300", "59700", "0"),
      stopLoss: fc.constantFrom("60300", "59700", "0"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("step" as const), move: fc.integer({ min: -250, max: 250 }) }),
  },
);

const NO_PARTS = {
  trailingStop: undefined,
  activePrice: undefined,
  tpTriggerBy: "LastPrice",
  slTriggerBy: "LastPrice",
  tpSize: undefined,
  slSize: undefined,
  tpLimitPrice: undefined,
  slLimitPrice: undefined,
} as const;

function act(exchange: Exchange, one: Action, state: { price: number }, timeMs: number): readonly unknown[] {
  const account = accountOf(exchange);
  switch (one.kind) {
    case "step":
      state.price += one.move;
      return exchange.step([state.price], { timeMs, replayTimeMs: timeMs });
    case "order":
      return exchange.createOrder(account, orderRequest(one.order), timeMs).events;
    case "cancelAll": {
      const scope = { category: one.category, symbol: "BTCUSDT", baseCoin: undefined, settleCoin: undefined };
      return exchange.cancelAllOrders(account, { ...scope, orderFilter: undefined }, timeMs).events;
    }
    case "stop": {
      const { takeProfit, stopLoss } = one;
      const named = { category: "linear", symbol: "BTCUSDT", positionIdx: 0, tpslMode: "Full" } as const;
      return exchange.setTradingStop(account, { ...named, ...NO_PARTS, takeProfit, stopLoss }, timeMs).events;
    }
    case "cancel":
    case "amend": {
      const open = [...account.openOrders][one.pick];
      if (open === undefined) return [];
      const { category, orderId } = open;
      const target = { category, symbol: "BTCUSDT", orderId, orderLinkId: undefined };
      if (one.kind === "cancel") return exchange.cancelOrder(account, target, timeMs).events;
      const changes = { price: one.price, qty: one.qty, triggerPrice: undefined, triggerBy: undefined, exits: {} };
      return exchange.amendOrder(account, { ...target, ...changes }, timeMs).events;
    }
    default:
      return one satisfies never;
  }
}

const options = { levels: 5, sizePerLevel: "0.1", accounts: [{ wallet: { USDT: "20000", BTC: "0.5" } }] };

test("after every command: locked is what open spot orders reserve, nothing is spent twice, open orders are open", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const exchange = testExchange(options);
      const state = { price: 60_000 };
      for (const [index, one] of actions.entries()) {
        act(exchange, one, state, T0 + index * 10);
        const account = accountOf(exchange);
        const open = [...account.openOrders];
        for (const [coin, side] of [
          ["USDT", "Buy"],
          ["BTC", "Sell"],
        ] as const) {
          const reserved = sum(open.filter((order) => order.side === side).map((order) => order.reserved));
          const balance = account.wallet.get(coin);
          expect((balance?.locked ?? ZERO).toFixed()).toBe(reserved.toFixed());
        }
        // Every coin of spot trading is earned before it is spent. The settle coin may lose on positions besides.
        expect((account.wallet.get("BTC")?.walletBalance ?? ZERO).isLessThan(0)).toBe(false);
        for (const order of account.orders) {
          expect(account.openOrders.has(order)).toBe(isOpen(order));
          expect(exchange.state.waiting.has(order)).toBe(order.status === "Untriggered");
          expect(order.filledLots).toBeLessThanOrEqual(order.qtyLots);
        }
        const position = account.positions.get("BTCUSDT");
        const exits = open.filter(
          (order) => order.stopOrderType === "TakeProfit" || order.stopOrderType === "StopLoss",
        );
        if (position === undefined || position.qty.isZero()) expect(exits).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test("the same commands give the same events", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const once = (): string => {
        const exchange = testExchange(options);
        const state = { price: 60_000 };
        return JSON.stringify(actions.map((one, index) => act(exchange, one, state, T0 + index * 10)));
      };
      expect(once()).toBe(once());
    }),
    { numRuns: 50 },
  );
});
