import { manualTime, silentLogger } from "@hedgelock/runtime";
import type { ManualTime } from "@hedgelock/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { OrderRequest, VenueTrading } from "../port.ts";
import type { FakeAnswer } from "../testing/fake-venue.ts";
import { FakeVenue } from "../testing/fake-venue.ts";
import { executionRow, linearInstrumentRow, orderRow, positionRow } from "../testing/sample-rows.ts";
import { bybitReference } from "./reference.ts";
import { bybitTrading } from "./trading.ts";

const LINK = "hl-0001";
const order: OrderRequest = {
  category: "linear",
  symbol: "BTCUSDT",
  side: "Sell",
  qty: "0.25",
  limitPrice: "60100",
  timeInForce: "IOC",
  reduceOnly: true,
  linkId: LINK,
};

let venue: FakeVenue;
let time: ManualTime;
let trading: VenueTrading;
const signing = { timestampMs: 1_785_600_000_123, recvWindowMs: 4000 };

beforeEach(async () => {
  venue = await FakeVenue.start();
  time = manualTime(venue.timeMs);
  const credentials = { apiKey: "simKey01", apiSecret: "simSecret01" };
  trading = bybitTrading({
    restUrl: venue.restUrl,
    credentials,
    clock: time,
    timers: time,
    log: silentLogger,
    deadlineMs: 3000,
  });
});
afterEach(async () => {
  trading.close();
  await venue[Symbol.asyncDispose]();
});

const list = (...rows: readonly unknown[]): FakeAnswer => ({
  result: { category: "linear", list: rows, nextPageCursor: "" },
});

test("an order is a limit order, signed with the time of the intent", async () => {
  venue.on("/v5/order/create", () => ({ result: { orderId: "o1", orderLinkId: LINK } }));
  expect(await trading.createOrder(order, signing)).toEqual({
    kind: "accepted",
    orderId: "o1",
    venueTimeMs: venue.timeMs,
  });
  const [request] = venue.to("/v5/order/create");
  expect(JSON.parse(request?.body ?? "")).toEqual({
    category: "linear",
    symbol: "BTCUSDT",
    side: "Sell",
    orderType: "Limit",
    qty: "0.25",
    price: "60100",
    timeInForce: "IOC",
    orderLinkId: LINK,
    reduceOnly: true,
    positionIdx: 0,
  });
  expect(request?.headers).toMatchObject({ "x-bapi-timestamp": "1785600000123", "x-bapi-recv-window": "4000" });
});

test("a fenced order is told as such and the clock is measured anew", async () => {
  venue.timeMs += 30_000;
  venue.on("/v5/order/create", () => ({ result: {}, retCode: 10002 }));
  expect(await trading.createOrder(order, signing)).toMatchObject({ kind: "fenced", code: 10002 });
  await vi.waitFor(() => expect(trading.venueTimeMs()).toBe(venue.timeMs));
  expect(venue.to("/v5/order/create").length).toBe(1);
});

test("a silent order is unknown at its deadline", async () => {
  venue.on("/v5/order/create", () => "silence");
  const outcome = trading.createOrder(order, signing);
  await vi.waitFor(() => expect(venue.to("/v5/order/create").length).toBe(1));
  time.advance(3000);
  expect(await outcome).toMatchObject({ kind: "unknown", venueTimeMs: undefined });
});

test("cancelling an order that is gone is definite", async () => {
  venue.on("/v5/order/cancel", () => ({
    result: {},
    retCode: 110001,
    retMsg: "order not exists or too late to cancel",
  }));
  expect(await trading.cancelOrder("linear", "BTCUSDT", LINK, signing)).toMatchObject({
    kind: "rejected",
    code: 110001,
  });
});

test("the clock is measured every hour", async () => {
  await trading.syncClock();
  expect(venue.to("/v5/market/time").length).toBe(3);
  venue.on("/v5/market/time", () => "break");
  time.advance(3_597_500);
  await vi.waitFor(() => expect(venue.to("/v5/market/time").length).toBeGreaterThan(3));
  venue.on("/v5/market/time", () => ({ result: {} }));
  venue.timeMs += 3_600_000 + 5_000;
  time.advance(2_500);
  await vi.waitFor(() => expect(trading.venueTimeMs()).toBe(venue.timeMs));
});

test("a connection is kept warm between orders, and nothing runs after close", async () => {
  time.advance(2_500);
  await vi.waitFor(() => expect(venue.to("/v5/market/time").length).toBe(1));
  time.advance(2_500);
  await vi.waitFor(() => expect(venue.to("/v5/market/time").length).toBe(2));
  expect(new Set(venue.requests.map((request) => request.socket)).size).toBe(1);
  trading.close();
  time.advance(3_600_000);
  expect(venue.requests.length).toBe(2);
});

test("an order is looked for among open ones, then in history, then among executions", async () => {
  venue.on("/v5/order/realtime", () => list());
  venue.on("/v5/order/history", () => list(orderRow));
  venue.on("/v5/execution/list", () => list(executionRow));
  const found = await trading.findOrder("linear", "BTCUSDT", LINK);
  expect(found).toMatchObject({
    kind: "found",
    order: { orderId: orderRow.orderId },
    executions: [{ execId: executionRow.execId }],
  });
  expect(venue.requests.map((request) => request.path)).toEqual([
    "/v5/order/realtime",
    "/v5/order/history",
    "/v5/execution/list",
  ]);
});

test("not found means that all three have answered; one failure is unavailable", async () => {
  const places = ["/v5/order/realtime", "/v5/order/history", "/v5/execution/list"];
  for (const place of places) venue.on(place, () => list());
  expect(await trading.findOrder("linear", "BTCUSDT", LINK)).toEqual({ kind: "not_found", venueTimeMs: venue.timeMs });
  const failures: readonly FakeAnswer[] = [
    "break",
    { result: {} },
    { result: {}, retCode: 10016 },
    list({ garbled: true }),
  ];
  for (const place of places) {
    for (const answer of failures) {
      venue.on(place, () => answer);
      expect((await trading.findOrder("linear", "BTCUSDT", LINK)).kind).toBe("unavailable");
    }
    venue.on(place, () => list());
  }
});

test("rows of other link ids do not count, executions without an order are no answer yet, two orders are an alarm", async () => {
  venue.on("/v5/order/realtime", () => list({ ...orderRow, orderLinkId: "other" }));
  venue.on("/v5/order/history", () => list());
  venue.on("/v5/execution/list", () => list({ ...executionRow, orderLinkId: "other" }));
  expect((await trading.findOrder("linear", "BTCUSDT", LINK)).kind).toBe("not_found");
  venue.on("/v5/execution/list", () => list(executionRow));
  expect((await trading.findOrder("linear", "BTCUSDT", LINK)).kind).toBe("unavailable");
  venue.on("/v5/order/realtime", () => list(orderRow, { ...orderRow, orderId: "second" }));
  expect(await trading.findOrder("linear", "BTCUSDT", LINK)).toMatchObject({
    kind: "unavailable",
    reason: expect.stringContaining("two orders") as string,
  });
});

test("positions are read for both settle coins and over all pages; a failed page is never a flat account", async () => {
  venue.on("/v5/position/list", ({ query }) => {
    if (query.get("settleCoin") === "USDC") return list();
    if (query.get("cursor") === null) return { result: { list: [positionRow], nextPageCursor: "p%3A2" } };
    expect(query.get("cursor")).toBe("p%3A2");
    return list({ ...positionRow, symbol: "ETHUSDT" });
  });
  expect((await trading.positions("linear")).map((row) => [row.symbol, row.qty])).toEqual([
    ["BTCUSDT", "-0.25"],
    ["ETHUSDT", "-0.25"],
  ]);
  venue.on("/v5/position/list", ({ query }) => (query.get("settleCoin") === "USDC" ? "break" : list()));
  await expect(trading.positions("linear")).rejects.toMatchObject({ code: "VENUE_UNREACHABLE" });
  venue.on("/v5/position/list", () => list({ ...positionRow, size: "" }));
  await expect(trading.positions("linear")).rejects.toMatchObject({ code: "VENUE_BAD_ANSWER" });
  venue.on("/v5/position/list", () => ({ result: { list: [positionRow], nextPageCursor: "again" } }));
  await expect(trading.positions("linear")).rejects.toMatchObject({ code: "VENUE_BAD_ANSWER" });
});

test("instrument rules come for a known symbol; an unknown one is an error", async () => {
  const reference = bybitReference({ restUrl: venue.restUrl, clock: time, timers: time });
  venue.on("/v5/market/instruments-info", ({ query }) =>
    list(...(query.get("symbol") === "BTCUSDT" ? [linearInstrumentRow] : [])),
  );
  expect(await reference.instrumentRules("linear", "BTCUSDT")).toMatchObject({ qtyStep: "0.001", tickSize: "0.1" });
  await expect(reference.instrumentRules("linear", "NOPEUSDT")).rejects.toMatchObject({ code: "VENUE_UNKNOWN_SYMBOL" });
  reference.close();
});
