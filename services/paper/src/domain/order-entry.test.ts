import { describe, expect, test } from "vitest";

import { T0, accountOf, kinds, orderRequest, stepTo, testExchange } from "../testing/exchange.ts";
import type { TestExchangeOptions } from "../testing/exchange.ts";
import type { ExchangeEvent } from "./events.ts";
import type { OrderRequest, OrderSnapshot } from "./orders.ts";
import type { Exchange } from "./exchange.ts";

function lastOrder(events: readonly ExchangeEvent[]): OrderSnapshot {
  const found = events.findLast((event) => event.kind === "order");
  if (found?.kind !== "order") throw new Error("no order event");
  return found.order;
}

function place(exchange: Exchange, changes: Partial<OrderRequest> = {}): readonly ExchangeEvent[] {
  const outcome = exchange.createOrder(accountOf(exchange), orderRequest(changes), T0);
  if (!outcome.result.ok) throw new Error(outcome.result.refusal.message);
  return outcome.events;
}

function refusalCode(changes: Partial<OrderRequest>, options: TestExchangeOptions = {}): number {
  const exchange = testExchange(options);
  const { result, events } = exchange.createOrder(accountOf(exchange), orderRequest(changes), T0);
  expect(events).toEqual([]);
  expect(accountOf(exchange).orders).toEqual([]);
  return result.ok ? 0 : result.refusal.code;
}

describe("what is refused, leaving no trace", () => {
  test.each<readonly [string, Partial<OrderRequest>, number]>([
    ["unknown symbol", { symbol: "NOPEUSDT" }, 10001],
    ["zero quantity", { qty: "0" }, 10001],
    ["negative quantity", { qty: "-1" }, 10001],
    ["exponent", { qty: "1e3" }, 10001],
    ["off the lot", { qty: "0.0015" }, 10001],
    ["below the minimum", { qty: "0.0001" }, 10001],
    ["above the market maximum", { qty: "150.001" }, 10001],
    ["limit without price", { orderType: "Limit" }, 10001],
    ["off the tick", { price: "60000.05" }, 10001],
    ["price above the maximum", { price: "2000000" }, 110003],
    ["below the minimum notional", { qty: "0.001", price: "4000", side: "Buy" }, 110094],
    ["hedge-mode index", { positionIdx: 1 }, 10001],
    ["long link id", { orderLinkId: "x".repeat(37) }, 10001],
    ["link id with a dot", { orderLinkId: "a.b" }, 10001],
    ["reduce-only without position", { reduceOnly: true }, 110017],
    ["more than the margin covers", { qty: "10" }, 110007],
  ])("%s", (name, changes, code) => {
    const options = name === "below the minimum notional" ? { price: 4000 } : {};
    expect(refusalCode(changes, options)).toBe(code);
  });

  test("a link id is taken for good by an accepted order, not by a refused one", () => {
    const exchange = testExchange();
    const account = accountOf(exchange);
    const refused = exchange.createOrder(account, orderRequest({ qty: "10", orderLinkId: "a" }), T0);
    expect(refused.result.ok).toBe(false);
    const cancelled = place(exchange, { price: "59000", orderLinkId: "a" });
    exchange.cancelOrder(account, { symbol: "BTCUSDT", orderId: undefined, orderLinkId: "a" }, T0);
    expect(lastOrder(cancelled).orderLinkId).toBe("a");
    const again = exchange.createOrder(account, orderRequest({ orderLinkId: "a" }), T0);
    expect(again.result).toEqual({ ok: false, refusal: { code: 110072, message: "OrderLinkedID is duplicate" } });
  });
});

describe("time in force", () => {
  test("a market order walks the book: several fills, one terminal order message, events in the observed order", () => {
    const exchange = testExchange({ levels: 20, sizePerLevel: "0.02" });
    const events = place(exchange);
    expect(kinds(events)).toEqual(["execution", "order", "position", "wallet"]);
    const [execution] = events;
    if (execution?.kind !== "execution") throw new Error("no execution");
    expect(execution.executions.length).toBeGreaterThan(2);
    const prices = execution.executions.map((fill) => fill.execPrice.toNumber());
    expect(prices).toEqual(prices.toSorted((left, right) => left - right));
    expect(lastOrder(events)).toMatchObject({ status: "Filled", timeInForce: "IOC", rejectReason: "EC_NoError" });
    expect(lastOrder(events).price.toNumber()).toBe(63_000);
  });

  test("size costs slippage, and the taken liquidity is back after the next step", () => {
    const average = (exchange: Exchange): number => {
      const { cumExecValue, cumExecQty } = lastOrder(place(exchange, { qty: "0.2" }));
      return cumExecValue.div(cumExecQty).toNumber();
    };
    const exchange = testExchange({ levels: 50, sizePerLevel: "0.1" });
    const first = average(exchange);
    expect(average(exchange)).toBeGreaterThan(first);
    stepTo(exchange, 60_000);
    expect(average(exchange)).toBeLessThan(first + 2);
  });

  test("IOC fills what it can and cancels the rest; without any liquidity it fills nothing", () => {
    const thin = testExchange({ levels: 1, sizePerLevel: "0.1" });
    const partly = lastOrder(place(thin, { qty: "0.2", price: "60100", timeInForce: "IOC" }));
    expect(partly).toMatchObject({
      status: "Cancelled",
      rejectReason: "EC_CancelForNoFullFill",
      cancelType: "UNKNOWN",
    });
    expect(partly.cumExecQty.isGreaterThan(0)).toBe(true);
    const none = place(testExchange(), { price: "59990", timeInForce: "IOC" });
    expect(kinds(none)).toEqual(["order", "position"]);
    expect(lastOrder(none)).toMatchObject({ status: "Cancelled", rejectReason: "EC_NoImmediateQtyToFill" });
  });

  test("FOK fills in full or not at all", () => {
    const order = { qty: "0.2", price: "60100", timeInForce: "FOK" } as const;
    const thin = lastOrder(place(testExchange({ levels: 1, sizePerLevel: "0.1" }), order));
    expect(thin).toMatchObject({ status: "Cancelled", rejectReason: "EC_NoEnoughQtyToFill", filledLots: 0 });
    expect(lastOrder(place(testExchange(), order)).status).toBe("Filled");
  });

  test("PostOnly that would take is cancelled; otherwise it rests and fills as maker when the price comes", () => {
    const crossing = lastOrder(place(testExchange(), { price: "60001", timeInForce: "PostOnly" }));
    expect(crossing).toMatchObject({ status: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" });
    const exchange = testExchange();
    expect(lastOrder(place(exchange, { price: "59900", timeInForce: "PostOnly" })).status).toBe("New");
    expect(kinds(stepTo(exchange, 59_950))).toEqual([]);
    const events = stepTo(exchange, 59_899);
    expect(kinds(events)).toEqual(["execution", "order", "position", "wallet"]);
    const [execution] = events;
    if (execution?.kind !== "execution") throw new Error("no execution");
    expect(execution.executions[0]).toMatchObject({ isMaker: true, feeRate: "0.0002" });
    expect(execution.executions[0]?.execPrice.toNumber()).toBe(59_900);
  });

  test("a GTC order that crosses takes what is there and rests with the remainder", () => {
    const exchange = testExchange({ levels: 1, sizePerLevel: "0.1" });
    expect(lastOrder(place(exchange, { qty: "0.3", price: "60100" })).status).toBe("PartiallyFilled");
    expect(lastOrder(stepTo(exchange, 60_050)).status).toBe("Filled");
  });

  test("a limit price outside the band is clamped to it, silently", () => {
    expect(lastOrder(place(testExchange(), { price: "70000" })).price.toNumber()).toBe(60_600);
    expect(lastOrder(place(testExchange(), { side: "Sell", price: "50000" })).price.toNumber()).toBe(59_400);
  });
});

describe("reduce-only", () => {
  test("shrinks to the position and never turns it", () => {
    const exchange = testExchange();
    place(exchange, { qty: "0.1" });
    const order = lastOrder(place(exchange, { side: "Sell", qty: "0.5", reduceOnly: true }));
    expect(order.qty.toNumber()).toBe(0.1);
    expect(accountOf(exchange).positions.get("BTCUSDT")?.qty.isZero()).toBe(true);
  });

  test("a resting one is cancelled when the position is gone", () => {
    const exchange = testExchange();
    place(exchange, { qty: "0.1" });
    place(exchange, { side: "Sell", price: "60500", reduceOnly: true, orderLinkId: "tp" });
    place(exchange, { side: "Sell" });
    expect(accountOf(exchange).ordersByLinkId.get("tp")).toMatchObject({
      status: "Cancelled",
      cancelType: "CancelByReduceOnly",
    });
  });
});

test("cancel ends an open order once; the second attempt comes too late", () => {
  const exchange = testExchange();
  const account = accountOf(exchange);
  place(exchange, { price: "59000", orderLinkId: "a" });
  const target = { symbol: "BTCUSDT", orderId: undefined, orderLinkId: "a" };
  const cancelled = exchange.cancelOrder(account, target, T0 + 5);
  expect(kinds(cancelled.events)).toEqual(["order", "position"]);
  expect(lastOrder(cancelled.events)).toMatchObject({
    status: "Cancelled",
    cancelType: "CancelByUser",
    rejectReason: "EC_PerCancelRequest",
    updatedMs: T0 + 5,
  });
  const again = exchange.cancelOrder(account, target, T0 + 6);
  expect(again.result).toMatchObject({ ok: false, refusal: { code: 110001 } });
  expect(stepTo(exchange, 58_000)).toEqual([]);
});
