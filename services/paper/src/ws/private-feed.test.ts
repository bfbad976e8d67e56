import { afterEach, beforeEach, expect, test } from "vitest";

import { dig, items, keysOf } from "../testing/json.ts";
import { TRADE_KEY, order, post, startTestPaper } from "../testing/paper-server.ts";
import type { TestPaper } from "../testing/paper-server.ts";
import { TestSocket, firstEntry } from "../testing/test-socket.ts";

let paper: TestPaper;
let socket: TestSocket;

beforeEach(async () => {
  paper = await startTestPaper([60_000, 60_010]);
  socket = await TestSocket.open(`${paper.wsUrl}/v5/private`);
  await socket.auth(TRADE_KEY);
});
afterEach(async () => {
  socket.close();
  await paper[Symbol.asyncDispose]();
});

test("in hedge mode one position message tells long and short", async () => {
  await socket.subscribe("position");
  await post(paper, "/v5/position/switch-mode", { category: "linear", symbol: "BTCUSDT", mode: 3 }, TRADE_KEY);
  await order(paper, TRADE_KEY, { positionIdx: 2, side: "Sell" });
  const message = await socket.topic("position", 2);
  expect(items(message["data"]).map((one) => [dig(one, "positionIdx"), dig(one, "size")])).toEqual([
    [1, "0"],
    [2, "0.1"],
  ]);
});

test("a spot fill comes over the spot topics with the coins it changed, and moves no position", async () => {
  await socket.subscribe("order.spot", "execution.spot", "order.linear", "position.linear");
  await socket.subscribe("wallet");
  await order(paper, TRADE_KEY, { category: "spot", qty: "0.01", marketUnit: "baseCoin", orderLinkId: "s" });
  const execution = firstEntry(await socket.topic("execution.spot"));
  expect(execution).toMatchObject({ category: "spot", feeCurrency: "BTC", execQty: "0.01", isLeverage: "0" });
  expect(dig(execution, "execId")).toMatch(/^\d{19}$/);
  const told = firstEntry(await socket.topic("order.spot"));
  expect(told).toMatchObject({ category: "spot", orderStatus: "Filled", cumFeeDetail: { BTC: "0.00001" } });
  expect(keysOf(told)).not.toContain("tpslMode");
  const wallet = firstEntry(await socket.topic("wallet"));
  const coins = items(dig(wallet, "coin")).map((one) => dig(one, "coin"));
  expect(new Set(coins)).toEqual(new Set(["BTC", "USDT"]));
  const others = socket.frames.filter((one) => one["topic"] === "position.linear" || one["topic"] === "order.linear");
  expect(others).toEqual([]);
});
