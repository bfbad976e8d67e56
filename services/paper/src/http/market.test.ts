import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { dig, items } from "../testing/json.ts";
import { TRADE_KEY, get, order, post, startTestPaper } from "../testing/paper-server.ts";
import type { TestPaper } from "../testing/paper-server.ts";
import { TestSocket } from "../testing/test-socket.ts";

let paper: TestPaper;
const sockets: TestSocket[] = [];

beforeEach(async () => {
  paper = await startTestPaper([59_000, 59_500, 60_000, 60_010, 59_990, 60_020], { fromMs: 1_760_000_160_000 });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await paper[Symbol.asyncDispose]();
});

async function market(path: string): Promise<(...at: readonly (string | number)[]) => unknown> {
  const reply = await get(paper, `/v5/market/${path}`);
  expect(reply.retCode).toBe(0);
  return (...at) => reply.get(...at);
}

async function open(path: string): Promise<TestSocket> {
  const socket = await TestSocket.open(paper.wsUrl + path);
  sockets.push(socket);
  return socket;
}

describe("candles", () => {
  test("are newest first, whole on their minute, with the recorded minutes before the start as history", async () => {
    await post(paper, "/sim/replay", { action: "step", steps: 12 });
    const kline = await market("kline?category=linear&symbol=BTCUSDT&interval=1");
    expect(kline("symbol")).toBe("BTCUSDT");
    const rows = items(kline("list"));
    const starts = rows.map((row) => Number(dig(row, 0)));
    expect(starts.length).toBeGreaterThanOrEqual(3);
    for (const [index, start] of starts.entries()) expect(start).toBe((starts[0] ?? 0) - index * 60_000);
    expect((starts[0] ?? 1) % 60_000).toBe(0);
    expect(rows.at(-1)).toMatchObject([expect.any(String), "59000", "59000", "59000", "59000", "1.5", "88500"]);
    const mark = await market("mark-price-kline?category=linear&symbol=BTCUSDT&interval=5&limit=1");
    expect(items(mark("list", 0))).toHaveLength(5);
  });

  test("start, end and limit choose", async () => {
    const all = items((await market("kline?category=spot&symbol=BTCUSDT&interval=1"))("list"));
    const second = String(dig(all, 1, 0));
    const one = await market(`kline?category=spot&symbol=BTCUSDT&interval=1&start=${second}&end=${second}`);
    expect(one("list")).toEqual([all[1]]);
    expect(items((await market("kline?category=spot&symbol=BTCUSDT&interval=1&limit=1"))("list"))).toHaveLength(1);
  });

  test.each(["interval=7&symbol=BTCUSDT", "interval=1", "interval=1&symbol=NOPE", "interval=1&symbol=BTCUSDT&start=x"])(
    "a bad request is refused with 10001: %s",
    async (query) => {
      expect((await get(paper, `/v5/market/kline?category=linear&${query}`)).retCode).toBe(10001);
    },
  );

  test("the topic sends the open candle with its end and whether it is confirmed", async () => {
    const socket = await open("/v5/public/linear");
    await socket.subscribe("kline.1.BTCUSDT", "kline.D.BTCUSDT");
    await post(paper, "/sim/replay", { action: "step", steps: 2 });
    const frame = await socket.topic("kline.D.BTCUSDT");
    expect(frame).toMatchObject({ type: "snapshot", data: [{ interval: "D", confirm: false }] });
    const [start, end] = [Number(dig(frame, "data", 0, "start")), Number(dig(frame, "data", 0, "end"))];
    expect(end - start).toBe(86_399_999);
    expect(Object.keys(dig(frame, "data", 0) as object)).toEqual(
      "start end interval open close high low volume turnover confirm timestamp".split(" "),
    );
  });
});

test("recent trades are newest first and the same as on the topic, an account's own among them", async () => {
  const socket = await open("/v5/public/linear");
  await socket.subscribe("publicTrade.BTCUSDT");
  await post(paper, "/sim/replay", { action: "step", steps: 6 });
  await order(paper, TRADE_KEY, { qty: "0.123" });
  await socket.find((frame) => dig(frame, "data", 0, "v") === "0.123", "the account's trade");
  const rows = items((await market("recent-trade?category=linear&symbol=BTCUSDT"))("list"));
  expect(rows[0]).toMatchObject({ size: "0.123", side: "Buy", isBlockTrade: false });
  const told = socket.frames.flatMap((frame) => (frame["topic"] === "publicTrade.BTCUSDT" ? items(frame["data"]) : []));
  expect(
    rows
      .map((row) => dig(row, "execId"))
      .toReversed()
      .slice(-told.length),
  ).toEqual(told.map((one) => dig(one, "i")));
  expect(Object.keys(rows[0] as object)).toEqual(
    "execId symbol price size side time isBlockTrade isRPITrade seq".split(" "),
  );
});

test("inverse: instruments, ticker, book, and a topic of its own; option has none", async () => {
  const rows = items((await market("instruments-info?category=inverse"))("list"));
  expect(rows).toMatchObject([
    { symbol: "BTCUSD", contractType: "InversePerpetual", quoteCoin: "USD", settleCoin: "BTC" },
  ]);
  expect((await market("tickers?category=inverse&symbol=BTCUSD"))("list", 0, "lastPrice")).toBe("59500.00");
  const linear = items((await market("instruments-info?category=linear"))("list"));
  expect(linear.map((row) => dig(row, "symbol"))).toEqual(["BTCUSDT"]);
  expect((await market("instruments-info?category=option&baseCoin=BTC"))("list")).toEqual([]);
  const socket = await open("/v5/public/inverse");
  await socket.subscribe("tickers.BTCUSD", "orderbook.50.BTCUSD");
  expect(await socket.topic("tickers.BTCUSD")).toMatchObject({ type: "snapshot", data: { symbol: "BTCUSD" } });
  expect(dig(await socket.topic("orderbook.50.BTCUSD"), "data", "b", 0, 1)).toMatch(/^\d+$/);
  const refused = await socket.subscribe("tickers.BTCUSDT");
  expect(refused["success"]).toBe(false);
});

test("funding history stands on the interval, and start alone is an error", async () => {
  const rows = items((await market("funding/history?category=linear&symbol=BTCUSDT&limit=3"))("list"));
  expect(rows).toHaveLength(3);
  const times = rows.map((row) => Number(dig(row, "fundingRateTimestamp")));
  expect(times.every((time) => time % 28_800_000 === 0)).toBe(true);
  expect(times[0]).toBeGreaterThan(times[1] ?? 0);
  const wrong = await get(paper, "/v5/market/funding/history?category=linear&symbol=BTCUSDT&startTime=1");
  expect(wrong.retCode).toBe(10001);
});

test("price limits by REST and topic agree; risk tiers rise", async () => {
  const limit = await market("price-limit?category=linear&symbol=BTCUSDT");
  expect(Number(limit("buyLmt"))).toBeGreaterThan(59_500);
  const socket = await open("/v5/public/linear");
  await socket.subscribe("priceLimit.BTCUSDT");
  const frame = await socket.topic("priceLimit.BTCUSDT");
  expect(frame["data"]).toEqual({ symbol: "BTCUSDT", buyLmt: limit("buyLmt"), sellLmt: limit("sellLmt") });
  const tiers = items((await market("risk-limit?category=linear&symbol=BTCUSDT"))("list"));
  const values = tiers.map((tier) => Number(dig(tier, "riskLimitValue")));
  expect(values).toEqual(values.toSorted((left, right) => left - right));
});
