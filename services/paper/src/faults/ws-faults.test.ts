import { manualTime } from "@hedgelock/runtime";
import { expect, test } from "vitest";

import { FaultList } from "./fault-list.ts";
import { faultSpec } from "./fault-spec.ts";
import { WsFaults } from "./ws-faults.ts";
import type { FaultyConnection } from "./ws-faults.ts";

interface Bench {
  readonly faults: FaultList;
  readonly ws: WsFaults;
  readonly time: ReturnType<typeof manualTime>;
  readonly connection: FaultyConnection & { readonly cut: () => number };
  send(frame: unknown): void;
  readonly got: unknown[];
}

function bench(uid?: string): Bench {
  const time = manualTime(0);
  const faults = new FaultList(time);
  const ws = new WsFaults(faults, time);
  let cut = 0;
  const connection = { id: "c1", channel: "linear", uid, terminate: () => void (cut += 1), cut: () => cut };
  ws.opened(connection);
  const got: unknown[] = [];
  const send = (frame: unknown): void => {
    ws.pass(connection, JSON.stringify(frame), (text) => void got.push(JSON.parse(text)));
  };
  return { faults, ws, time, connection, got, send };
}

function put(one: Bench, spec: unknown): string {
  return one.faults.add(faultSpec.parse(spec)).id;
}

const PONG = { success: true, ret_msg: "pong", op: "ping" };

test("a stalled topic is silent while pongs and other topics go on; what was held comes in order when it ends", () => {
  const one = bench();
  const id = put(one, { kind: "ws_stall", topic: "tickers.*" });
  for (const cs of [1, 2]) one.send({ topic: "tickers.BTCUSDT", cs });
  one.send(PONG);
  one.send({ topic: "publicTrade.BTCUSDT" });
  expect(one.got).toEqual([PONG, { topic: "publicTrade.BTCUSDT" }]);
  one.faults.remove(id);
  expect(one.got.slice(2)).toEqual([
    { topic: "tickers.BTCUSDT", cs: 1 },
    { topic: "tickers.BTCUSDT", cs: 2 },
  ]);
});

test("a fault ends by itself after its time", () => {
  const one = bench();
  put(one, { kind: "ws_drop", forMs: 100 });
  one.send({ topic: "order", n: 1 });
  one.time.advance(100);
  one.send({ topic: "order", n: 2 });
  expect(one.got).toEqual([{ topic: "order", n: 2 }]);
  expect(one.faults.size).toBe(0);
});

test("an acknowledgement is lost only when it is named", () => {
  const one = bench();
  put(one, { kind: "ws_drop", topic: "op:order.create", times: 1 });
  one.send({ op: "order.create", retCode: 0, n: 1 });
  one.send({ op: "order.create", retCode: 0, n: 2 });
  expect(one.got).toEqual([{ op: "order.create", retCode: 0, n: 2 }]);
});

test("a gap leaves out a delta and never a snapshot", () => {
  const one = bench();
  put(one, { kind: "book_gap", skip: 1, times: 1 });
  one.send({ topic: "orderbook.50.BTCUSDT", type: "snapshot", u: 1 });
  for (const u of [2, 3, 4]) one.send({ topic: "orderbook.50.BTCUSDT", type: "delta", u });
  expect(one.got).toMatchObject([{ u: 1 }, { u: 2 }, { u: 4 }]);
});

test("a crossed book has its bid above its ask", () => {
  const one = bench();
  put(one, { kind: "book_crossed" });
  one.send({ topic: "orderbook.1.BTCUSDT", data: { b: [["10", "1"]], a: [["11", "2"]], u: 1 } });
  expect(one.got).toMatchObject([{ data: { b: [["11", "2"]], a: [["10", "1"]] } }]);
});

test("duplicates come twice, late ones late, and only to the account that is named", () => {
  const one = bench("900001");
  put(one, { kind: "ws_duplicate", topic: "execution", account: "900001" });
  put(one, { kind: "ws_delay", topic: "position", delayMs: 50 });
  put(one, { kind: "ws_drop", account: "900002" });
  for (const topic of ["execution", "position", "order"]) one.send({ topic });
  expect(one.got).toEqual([{ topic: "execution" }, { topic: "execution" }, { topic: "order" }]);
  one.time.advance(50);
  expect(one.got.at(-1)).toEqual({ topic: "position" });
});

test("a shuffle loses nothing, changes the order, and does the same for the same seed", () => {
  const orders = [7, 7, 8].map((seed) => {
    const one = bench();
    put(one, { kind: "ws_shuffle", window: 8, seed });
    for (let n = 0; n < 16; n += 1) one.send({ topic: "order", n });
    return one.got.map((frame) => (frame as { n: number }).n);
  });
  expect(orders[0]).toEqual(orders[1]);
  expect(orders[0]).not.toEqual(orders[2]);
  expect(orders[0]).not.toEqual(orders[0]?.toSorted((left, right) => left - right));
  expect(orders[0]?.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 16 }, (_unused, n) => n));
  const rest = bench();
  put(rest, { kind: "ws_shuffle", window: 8 });
  rest.send({ topic: "order", n: 1 });
  expect(rest.got).toEqual([]);
  rest.time.advance(500);
  expect(rest.got).toEqual([{ topic: "order", n: 1 }]);
});

test("which of many are struck follows from seed, chance, skip and times", () => {
  const struck = [1, 1, 2].map((seed) => {
    const one = bench();
    put(one, { kind: "ws_drop", probability: 0.5, skip: 2, times: 5, seed });
    for (let n = 0; n < 40; n += 1) one.send({ topic: "order", n });
    expect(one.got.length).toBe(35);
    expect(one.got.slice(0, 2)).toEqual([
      { topic: "order", n: 0 },
      { topic: "order", n: 1 },
    ]);
    return JSON.stringify(one.got);
  });
  expect(struck[0]).toBe(struck[1]);
  expect(struck[0]).not.toBe(struck[2]);
});

test("a cut ends the connections that are open and refuses new ones for a while", () => {
  const one = bench();
  put(one, { kind: "ws_cut", channel: "linear", refuseMs: 100 });
  expect(one.connection.cut()).toBe(1);
  expect([one.ws.refuses("linear"), one.ws.refuses("private")]).toEqual([true, false]);
  one.time.advance(100);
  expect(one.ws.refuses("linear")).toBe(false);
});

test("unknown enum words, new fields and missing fields reach the rows of a message", () => {
  const one = bench();
  put(one, { kind: "field", topic: "order", field: "orderStatus", action: "set", value: "Frozen" });
  put(one, { kind: "field", topic: "order", field: "newField", action: "set", value: { deep: [1] } });
  put(one, { kind: "field", topic: "order", field: "price", action: "remove" });
  one.send({ topic: "order", id: "i", data: [{ orderStatus: "New", price: "1" }] });
  expect(one.got).toEqual([{ topic: "order", id: "i", data: [{ orderStatus: "Frozen", newField: { deep: [1] } }] }]);
});
