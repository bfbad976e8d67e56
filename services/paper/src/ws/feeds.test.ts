import { afterEach, beforeEach, describe, expect, test } from "vitest";

import captured from "../fixtures/captured-frames.json" with { type: "json" };
import { dig, items } from "../testing/json.ts";
import { OTHER_KEY, TRADE_KEY, order, post, startTestPaper } from "../testing/paper-server.ts";
import type { TestPaper } from "../testing/paper-server.ts";
import { TestSocket, firstEntry } from "../testing/test-socket.ts";

let paper: TestPaper;
const sockets: TestSocket[] = [];

async function open(path: string): Promise<TestSocket> {
  const socket = await TestSocket.open(paper.wsUrl + path);
  sockets.push(socket);
  return socket;
}

/** What a value looks like: key order, and for decimals how many places are written. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]);
  return typeof value;
}

/** Decimal places of every text of an object. */
function places(value: unknown, keys: readonly string[]): readonly (number | undefined)[] {
  return keys.map((key) => String(dig(value, key)).split(".")[1]?.length);
}

beforeEach(async () => {
  paper = await startTestPaper([60_000, 60_010.5, 59_990, 56_842.2, 56_842.1, 57_000]);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await paper[Symbol.asyncDispose]();
});

describe("public feeds look like the captured ones", () => {
  test("linear: acknowledgement, ticker snapshot and delta, book, trade", async () => {
    const socket = await open("/v5/public/linear");
    socket.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
    const ack = await socket.find((frame) => frame["op"] === "subscribe");
    expect({ ...ack, conn_id: "" }).toEqual({ ...captured.linearAck, conn_id: "" });
    expect(Object.keys(ack)).toEqual(Object.keys(captured.linearAck));
    const ticker = await socket.topic("tickers.BTCUSDT");
    expect(shapeOf(ticker)).toEqual(shapeOf(captured.linearTickerSnapshot));
    const decimals = [
      "lastPrice",
      "markPrice",
      "bid1Price",
      "bid1Size",
      "openInterestValue",
      "turnover24h",
      "volume24h",
    ];
    expect(places(ticker["data"], decimals)).toEqual(places(captured.linearTickerSnapshot.data, decimals));
    await socket.subscribe("orderbook.1.BTCUSDT", "orderbook.50.BTCUSDT", "publicTrade.BTCUSDT");
    expect(shapeOf(await socket.topic("orderbook.1.BTCUSDT"))).toEqual(shapeOf(captured.linearBookSnapshot));
    await post(paper, "/sim/replay", { action: "step", steps: 8 });
    const delta = await socket.topic("tickers.BTCUSDT", 2);
    expect(delta["type"]).toBe("delta");
    expect(Object.keys(delta)).toEqual(Object.keys(captured.linearTickerDelta));
    expect(shapeOf(await socket.topic("publicTrade.BTCUSDT"))).toEqual(shapeOf(captured.linearTrade));
    expect(shapeOf(await socket.topic("orderbook.50.BTCUSDT", 2))).toEqual(shapeOf(captured.linearBookDelta));
  });

  test("spot: acknowledgement without req_id, ticker, book, trade", async () => {
    const socket = await open("/v5/public/spot");
    socket.send({ op: "subscribe", args: ["tickers.BTCUSDT", "orderbook.1.BTCUSDT", "publicTrade.BTCUSDT"] });
    const ack = await socket.find((frame) => frame["op"] === "subscribe");
    expect({ ...ack, conn_id: "" }).toEqual({ ...captured.spotAck, conn_id: "" });
    expect(shapeOf(await socket.topic("tickers.BTCUSDT"))).toEqual(shapeOf(captured.spotTicker));
    expect(shapeOf(await socket.topic("orderbook.1.BTCUSDT"))).toEqual(shapeOf(captured.spotBookSnapshot));
    await post(paper, "/sim/replay", { action: "step", steps: 8 });
    expect(shapeOf(await socket.topic("publicTrade.BTCUSDT"))).toEqual(shapeOf(captured.spotTrade));
    expect((await socket.topic("tickers.BTCUSDT", 2))["type"]).toBe("snapshot");
  });

  test("a book merged from snapshot and deltas equals the book read by REST, and u has no gap", async () => {
    const socket = await open("/v5/public/linear");
    await socket.subscribe("orderbook.50.BTCUSDT");
    await post(paper, "/sim/replay", { action: "step", steps: 12 });
    const rest: unknown = await (
      await fetch(`${paper.baseUrl}/v5/market/orderbook?category=linear&symbol=BTCUSDT&limit=50`)
    ).json();
    await socket.find((frame) => dig(frame, "data", "seq") === dig(rest, "result", "seq"), "the last delta");
    const merged = { b: new Map<unknown, unknown>(), a: new Map<unknown, unknown>() };
    let u = 0;
    for (const frame of socket.frames.filter((one) => one["topic"] === "orderbook.50.BTCUSDT")) {
      const next = Number(dig(frame, "data", "u"));
      if (frame["type"] === "delta") expect(next).toBe(u + 1);
      u = next;
      for (const side of ["b", "a"] as const) {
        for (const level of items(dig(frame, "data", side))) {
          if (dig(level, 1) === "0") merged[side].delete(dig(level, 0));
          else merged[side].set(dig(level, 0), dig(level, 1));
        }
      }
    }
    const sorted = (side: Map<unknown, unknown>): unknown =>
      [...side].toSorted(([left], [right]) => Number(left) - Number(right));
    expect(sorted(merged.a)).toEqual(dig(rest, "result", "a"));
    expect(sorted(merged.b)).toEqual(items(dig(rest, "result", "b")).toReversed());
  });

  test("every step that moves the price sends a frame, with rising sequence; silence is broken within a second", async () => {
    const socket = await open("/v5/public/linear");
    await socket.subscribe("tickers.BTCUSDT");
    await socket.topic("tickers.BTCUSDT", 3);
    await post(paper, "/sim/replay", { action: "step", steps: 20 });
    await socket.find((frame) => dig(frame, "data", "lastPrice") !== undefined && frame["type"] === "delta", "a move");
    const sequences = socket.frames.filter((frame) => frame["topic"] !== undefined).map((frame) => Number(frame["cs"]));
    expect(sequences).toEqual([...new Set(sequences)].toSorted((left, right) => left - right));
  });
});

describe("commands", () => {
  test("one bad topic refuses the whole request, and nothing of it is subscribed", async () => {
    const socket = await open("/v5/public/linear");
    const ack = await socket.subscribe("tickers.BTCUSDT", "orderbook.7.BTCUSDT");
    expect(ack).toMatchObject({ success: false, ret_msg: "error:handler not found,topic:orderbook.7.BTCUSDT" });
    await post(paper, "/sim/replay", { action: "step", steps: 8 });
    socket.send({ op: "ping" });
    await socket.find((frame) => frame["ret_msg"] === "pong");
    expect(socket.frames.some((frame) => frame["topic"] !== undefined)).toBe(false);
    const spot = await open("/v5/public/spot");
    const many = Array.from({ length: 11 }, () => "tickers.BTCUSDT");
    expect(await spot.subscribe(...many)).toMatchObject({ success: false, ret_msg: "args size >10" });
  });

  test("req_id comes back with its type; pongs are those of each connection, in compact JSON", async () => {
    const linear = await open("/v5/public/linear");
    linear.send({ op: "ping", req_id: 7 });
    expect(await linear.find((frame) => frame["req_id"] === 7)).toMatchObject({
      success: true,
      ret_msg: "pong",
      op: "ping",
    });
    linear.send({ op: "ping" });
    expect(await linear.find((frame) => frame["req_id"] === "")).toMatchObject({ ret_msg: "pong" });
    expect(linear.texts.every((text) => text.includes('"ret_msg":"pong"'))).toBe(true);
    const priv = await open("/v5/private?max_active_time=1m");
    priv.send({ op: "ping", req_id: "p1" });
    const pong = await priv.find((frame) => frame["op"] === "pong");
    expect(Object.keys(pong)).toEqual(["req_id", "op", "args", "conn_id"]);
    const option = await open("/v5/public/option");
    option.send({ op: "ping" });
    expect(Object.keys(await option.find((frame) => frame["op"] === "pong"))).toEqual(["args", "op"]);
    option.send({ op: "subscribe", args: ["tickers.X"] });
    expect(await option.find((frame) => frame["type"] === "COMMAND_RESP")).toMatchObject({
      data: { failTopics: ["tickers.X"], successTopics: [] },
    });
  });

  test("garbage is answered, not fatal; unsubscribe ends a topic; unknown paths are refused", async () => {
    const socket = await open("/v5/public/linear");
    for (const text of ["{", "[]", '"x"', '{"op":5}', '{"op":"dance"}']) socket.send(text);
    await socket.find(() => socket.frames.filter((frame) => frame["success"] === false).length === 5, "five refusals");
    await socket.subscribe("tickers.BTCUSDT");
    socket.send({ op: "unsubscribe", req_id: "u", args: ["tickers.BTCUSDT"] });
    await socket.find((frame) => frame["req_id"] === "u");
    const before = socket.frames.length;
    await post(paper, "/sim/replay", { action: "step", steps: 8 });
    socket.send({ op: "ping", req_id: "end" });
    await socket.find((frame) => frame["req_id"] === "end");
    expect(socket.frames.length).toBe(before + 1);
    await expect(TestSocket.open(`${paper.wsUrl}/v5/nowhere`)).rejects.toThrow("404");
  });
});

describe("the private feed", () => {
  test("authentication: right, wrong, expired, and none", async () => {
    const socket = await open("/v5/private");
    expect(await socket.subscribe("order")).toMatchObject({ success: false, ret_msg: "Request not authorized" });
    const wrong = await open("/v5/private");
    expect(await wrong.auth({ ...TRADE_KEY, apiSecret: "no" })).toMatchObject({
      success: false,
      ret_msg: "Params Error",
    });
    const late = await open("/v5/private");
    late.send({ op: "auth", args: [TRADE_KEY.apiKey, "1700000000000", "00"] });
    expect(await late.find((frame) => frame["op"] === "auth")).toMatchObject({ success: false });
    expect(await socket.auth(TRADE_KEY)).toMatchObject({ success: true, ret_msg: "", op: "auth" });
    expect(await socket.subscribe("order", "execution", "position", "wallet")).toMatchObject({ success: true });
    expect(await socket.subscribe("order", "order.linear")).toMatchObject({ success: false });
    expect(await socket.subscribe("position.spot")).toMatchObject({ success: false });
  });

  test("auth and subscribe sent at once are handled in order", async () => {
    const socket = await open("/v5/private");
    const authed = socket.auth(TRADE_KEY);
    const subscribed = socket.subscribe("wallet");
    expect((await authed)["success"]).toBe(true);
    expect((await subscribed)["success"]).toBe(true);
    expect(socket.frames.map((frame) => frame["op"])).toEqual(["auth", "subscribe"]);
  });

  test("a fill tells execution, order, position, wallet, in full, to its own account only", async () => {
    const mine = await open("/v5/private");
    const other = await open("/v5/private");
    for (const [socket, key] of [
      [mine, TRADE_KEY],
      [other, OTHER_KEY],
    ] as const) {
      await socket.auth(key);
      await socket.subscribe("order.linear", "execution.linear", "execution.fast.linear", "position.linear", "wallet");
    }
    const created = await order(paper, TRADE_KEY, { side: "Sell", orderLinkId: "ws-1", qty: "0.25" });
    const wallet = await mine.topic("wallet");
    const topics = mine.frames.map((frame) => frame["topic"]).filter((topic) => topic !== undefined);
    expect(topics).toEqual(["execution.fast.linear", "execution.linear", "order.linear", "position.linear", "wallet"]);
    const execution = await mine.topic("execution.linear");
    expect(execution["id"]).toMatch(/^900001_BTCUSDT_\d+$/);
    expect((await mine.topic("order.linear"))["id"]).toBe(execution["id"]);
    expect(firstEntry(execution)).toMatchObject({
      category: "linear",
      execPrice: "60000.00",
      execQty: "0.250",
      execFee: "8.25",
      execPnl: "0",
    });
    expect(firstEntry(await mine.topic("order.linear"))).toMatchObject({
      orderId: created.get("orderId"),
      orderStatus: "Filled",
      tpslMode: "UNKNOWN",
      leavesQty: "0.000",
      avgPrice: "60000",
    });
    expect(firstEntry(await mine.topic("position.linear"))).toMatchObject({
      entryPrice: "60000",
      size: "0.25",
      side: "Sell",
    });
    expect(dig(firstEntry(wallet), "coin", 0, "walletBalance")).toBe("19991.75");
    other.send({ op: "ping", req_id: "end" });
    await other.find((frame) => frame["req_id"] === "end");
    expect(other.frames.some((frame) => frame["topic"] !== undefined)).toBe(false);
  });
});

describe("clients that misbehave", () => {
  test("one that dies in the middle disturbs nobody", async () => {
    const dying = await open("/v5/public/linear");
    const living = await open("/v5/public/linear");
    for (const socket of [dying, living]) await socket.subscribe("tickers.BTCUSDT");
    dying.close();
    await post(paper, "/sim/replay", { action: "step", steps: 8 });
    expect((await living.topic("tickers.BTCUSDT", 2))["type"]).toBe("delta");
  });

  test("one that does not read is disconnected, and the others go on", async () => {
    await paper[Symbol.asyncDispose]();
    paper = await startTestPaper(
      [60_000, ...Array.from({ length: 40 }, (_, index) => 60_000 + ((index % 2) + 1) * 50)],
      {
        maxBufferedBytes: 65_536,
      },
    );
    const stuck = await open("/v5/public/linear");
    await stuck.subscribe("orderbook.200.BTCUSDT");
    stuck.raw.pause();
    const living = await open("/v5/public/linear");
    await living.subscribe("tickers.BTCUSDT");
    for (let round = 0; round < 40 && !paper.logged.some((line) => line.event === "paper.slow_client"); round += 1) {
      await post(paper, "/sim/replay", { action: "step", steps: 10 });
      await living.subscribe("tickers.BTCUSDT");
    }
    expect(paper.logged.map((line) => line.event)).toContain("paper.slow_client");
    living.send({ op: "ping", req_id: "alive" });
    await living.find((frame) => frame["req_id"] === "alive");
  });
});
