import { describe, expect, test } from "vitest";

import { T0, accountOf, orderRequest, stepTo, testExchange } from "../testing/exchange.ts";
import type { ExchangeEvent } from "./events.ts";
import type { Exchange } from "./exchange.ts";
import { NO_EXITS } from "./orders.ts";
import type { Order, OrderRequest } from "./orders.ts";
import type { TradingStop } from "./position-exits.ts";

function place(exchange: Exchange, changes: Partial<OrderRequest> = {}): Order {
  const { result } = exchange.createOrder(accountOf(exchange), orderRequest(changes), T0);
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}

function refusalOf(exchange: Exchange, changes: Partial<OrderRequest>): number {
  const { result } = exchange.createOrder(accountOf(exchange), orderRequest(changes), T0);
  return result.ok ? 0 : result.refusal.code;
}

/** Statuses of one order in the order of its messages. */
function statuses(events: readonly ExchangeEvent[], order: Order): readonly string[] {
  return events.flatMap((event) =>
    event.kind === "order" && event.order.orderId === order.orderId ? [event.order.status] : [],
  );
}

function sizeOf(exchange: Exchange): number {
  return accountOf(exchange).positions.get("BTCUSDT")?.qty.toNumber() ?? 0;
}

function trigger(price: string, direction: 1 | 2): Pick<OrderRequest, "trigger"> {
  return { trigger: { price, direction, by: "LastPrice" } };
}

const STOP: TradingStop = {
  category: "linear",
  symbol: "BTCUSDT",
  positionIdx: 0,
  tpslMode: "Full",
  takeProfit: undefined,
  stopLoss: undefined,
  trailingStop: undefined,
  activePrice: undefined,
  tpTriggerBy: "LastPrice",
  slTriggerBy: "LastPrice",
  tpSize: undefined,
  slSize: undefined,
  tpLimitPrice: undefined,
  slLimitPrice: undefined,
};

function setStop(exchange: Exchange, changes: Partial<TradingStop>): number {
  const { result } = exchange.setTradingStop(accountOf(exchange), { ...STOP, ...changes }, T0);
  return result.ok ? 0 : result.refusal.code;
}

function waiting(exchange: Exchange): readonly string[] {
  return [...exchange.state.waiting].map((order) => order.stopOrderType);
}

describe("conditional orders", () => {
  test("wait untriggered without holding margin, then go Triggered and fill", () => {
    const exchange = testExchange();
    const order = place(exchange, { qty: "2", ...trigger("60500", 1) });
    expect(order).toMatchObject({ status: "Untriggered", stopOrderType: "Stop" });
    expect(refusalOf(exchange, { qty: "3" })).toBe(0);
    const account = accountOf(exchange);
    exchange.createOrder(account, orderRequest({ side: "Sell", qty: "3", reduceOnly: true }), T0);
    expect(statuses(stepTo(exchange, 60_400), order)).toEqual([]);
    expect(statuses(stepTo(exchange, 60_500), order)).toEqual(["Triggered", "Filled"]);
    expect(sizeOf(exchange)).toBe(2);
  });

  test("a trigger on the wrong side is refused", () => {
    const exchange = testExchange();
    expect(refusalOf(exchange, trigger("59000", 1))).toBe(110092);
    expect(refusalOf(exchange, trigger("61000", 2))).toBe(110093);
    expect(refusalOf(exchange, trigger("60000.05", 1))).toBe(10001);
  });

  test("one that its margin no longer covers is rejected when it wakes", () => {
    const exchange = testExchange();
    const order = place(exchange, { qty: "10", ...trigger("60500", 1) });
    expect(statuses(stepTo(exchange, 60_600), order)).toEqual(["Triggered", "Rejected"]);
    expect(sizeOf(exchange)).toBe(0);
  });

  test("cancelled before its trigger it is deactivated; at most ten wait for a symbol", () => {
    const exchange = testExchange();
    const order = place(exchange, trigger("60500", 1));
    const name = { symbol: "BTCUSDT", orderId: order.orderId, orderLinkId: undefined };
    exchange.cancelOrder(accountOf(exchange), name, T0);
    expect(order).toMatchObject({ status: "Deactivated", cancelType: "CancelByUser" });
    for (let count = 0; count < 10; count += 1) place(exchange, trigger("60500", 1));
    expect(refusalOf(exchange, trigger("60500", 1))).toBe(110009);
  });

  test("amending moves the trigger", () => {
    const exchange = testExchange();
    const order = place(exchange, trigger("60500", 1));
    const unchanged = { category: "linear", symbol: "BTCUSDT", orderLinkId: undefined, qty: undefined } as const;
    const amend = {
      ...unchanged,
      orderId: order.orderId,
      price: undefined,
      triggerPrice: "60800",
      triggerBy: undefined,
      exits: {},
    };
    expect(exchange.amendOrder(accountOf(exchange), amend, T0).result.ok).toBe(true);
    expect(statuses(stepTo(exchange, 60_600), order)).toEqual([]);
    expect(statuses(stepTo(exchange, 60_800), order)).toEqual(["Triggered", "Filled"]);
  });
});

describe("take profit and stop loss", () => {
  test("ride on an order, appear with its fill, and the one that is left goes when the other closed the position", () => {
    const exchange = testExchange();
    place(exchange, { exits: { ...NO_EXITS, takeProfit: "60400", stopLoss: "59600" } });
    expect(waiting(exchange)).toEqual(["TakeProfit", "StopLoss"]);
    const [profit, loss] = [...exchange.state.waiting];
    if (profit === undefined || loss === undefined) throw new Error("no exits");
    expect(profit).toMatchObject({ createType: "CreateByTakeProfit", side: "Sell", reduceOnly: true });
    const events = stepTo(exchange, 60_450);
    expect(statuses(events, profit)).toEqual(["Triggered", "Filled"]);
    expect(loss).toMatchObject({ status: "Deactivated", cancelType: "CancelByTpSlTsClear" });
    expect(sizeOf(exchange)).toBe(0);
    expect(accountOf(exchange).positions.get("BTCUSDT")).toMatchObject({ takeProfit: "", stopLoss: "" });
  });

  test("on the wrong side of the price they are refused, and never with reduce-only", () => {
    const exchange = testExchange();
    expect(refusalOf(exchange, { exits: { ...NO_EXITS, takeProfit: "59000" } })).toBe(10001);
    expect(refusalOf(exchange, { side: "Sell", exits: { ...NO_EXITS, stopLoss: "59000" } })).toBe(10001);
    place(exchange);
    const exits = { ...NO_EXITS, stopLoss: "61000" };
    expect(refusalOf(exchange, { side: "Sell", reduceOnly: true, exits })).toBe(10001);
  });

  test("whole-position exits follow the size of the position", () => {
    const exchange = testExchange();
    place(exchange);
    expect(setStop(exchange, { stopLoss: "59500" })).toBe(0);
    place(exchange, { qty: "0.2" });
    expect([...exchange.state.waiting].map((order) => order.qty.toNumber())).toEqual([0.3]);
    place(exchange, { side: "Sell", qty: "0.25" });
    expect([...exchange.state.waiting].map((order) => order.qty.toNumber())).toEqual([0.05]);
    stepTo(exchange, 59_400);
    expect(sizeOf(exchange)).toBe(0);
  });

  test('"0" removes, a part closes a part', () => {
    const exchange = testExchange();
    place(exchange, { qty: "0.3" });
    expect(setStop(exchange, { stopLoss: "59500", takeProfit: "61000" })).toBe(0);
    expect(setStop(exchange, { takeProfit: "0" })).toBe(0);
    expect(waiting(exchange)).toEqual(["StopLoss"]);
    expect(setStop(exchange, { stopLoss: "0" })).toBe(0);
    expect(setStop(exchange, { tpslMode: "Partial", stopLoss: "59800", slSize: "0.1" })).toBe(0);
    expect(waiting(exchange)).toEqual(["PartialStopLoss"]);
    stepTo(exchange, 59_700);
    expect(sizeOf(exchange)).toBeCloseTo(0.2, 9);
  });

  test("a trailing stop follows the price up and closes on the way down", () => {
    const exchange = testExchange();
    place(exchange);
    expect(setStop(exchange, { trailingStop: "300", activePrice: "60200" })).toBe(0);
    stepTo(exchange, 59_600);
    expect(sizeOf(exchange)).toBe(0.1);
    stepTo(exchange, 60_900);
    expect([...exchange.state.waiting][0]?.trigger?.price).toBe("60600");
    stepTo(exchange, 60_700);
    expect(sizeOf(exchange)).toBe(0.1);
    stepTo(exchange, 60_600);
    expect(sizeOf(exchange)).toBe(0);
  });
});

describe("reduce-only", () => {
  test("resting orders share the position: oldest first, the last is cut, the idle one cancelled", () => {
    const exchange = testExchange();
    place(exchange, { qty: "0.3" });
    const rest = (qty: string): Order => place(exchange, { side: "Sell", qty, price: "60500", reduceOnly: true });
    const [first, second, third] = [rest("0.1"), rest("0.2"), rest("0.3")];
    place(exchange, { side: "Sell", qty: "0.15" });
    expect(first.qty.toNumber()).toBe(0.1);
    expect(second.qty.toNumber()).toBe(0.05);
    expect(third).toMatchObject({ status: "Cancelled", cancelType: "CancelByReduceOnly" });
    stepTo(exchange, 60_550);
    expect(sizeOf(exchange)).toBe(0);
    expect([first.status, second.status]).toEqual(["Filled", "Filled"]);
  });

  test("quantity 0 with closeOnTrigger closes the whole position", () => {
    const exchange = testExchange();
    place(exchange, { qty: "0.3" });
    place(exchange, { side: "Sell", qty: "0", reduceOnly: true, closeOnTrigger: true });
    expect(sizeOf(exchange)).toBe(0);
    expect(refusalOf(exchange, { side: "Sell", qty: "0", reduceOnly: true, closeOnTrigger: true })).toBe(110017);
  });
});

describe("market orders", () => {
  test("slip no further than they allow", () => {
    const exchange = testExchange({ levels: 50, sizePerLevel: "0.1" });
    const order = place(exchange, { qty: "2", slippage: { type: "TickSize", value: "10" } });
    expect(order).toMatchObject({ status: "Cancelled", rejectReason: "EC_CancelForNoFullFill" });
    expect(order.price.toNumber()).toBe(60_001.1);
    expect(refusalOf(exchange, { slippage: { type: "Percent", value: "11" } })).toBe(110109);
  });
});
