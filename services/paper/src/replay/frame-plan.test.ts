import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { dig } from "../testing/json.ts";
import { get, logLine, post, startTestPaper } from "../testing/paper-server.ts";
import { barsOf, planFrames } from "./frame-plan.ts";
import { parseFramePrices, readFramePrices } from "./frame-prices.ts";

const EXCERPT = fileURLToPath(new URL("../../../../lib/venue/fixtures/bybit-v5-public-excerpt.jsonl", import.meta.url));

test("a recording of real frames gives the perpetual's last prices in their own time", async () => {
  const samples = await readFramePrices(EXCERPT, "BTCUSDT");
  expect(samples[0]?.price).toBe(65_114.3);
  expect(samples.map(({ timeMs }) => timeMs)).toEqual(
    samples.map(({ timeMs }) => timeMs).toSorted((left, right) => left - right),
  );
  const plan = planFrames([{ symbol: "BTCUSDT", samples }], { ticksPerSecond: 10, speed: 1 });
  const steps = [...plan.steps()];
  expect(steps).toHaveLength(plan.stepsTotal);
  expect(steps.at(-1)?.prices).toEqual([samples.at(-1)?.price]);
  expect(steps[0]).toMatchObject({ index: 0, barIndex: 0, opensBar: true, prices: [65_114.3] });
});

test("twice the speed takes half the steps and ends at the same price", () => {
  const samples = [0, 1000, 2000, 3000].map((timeMs, index) => ({ timeMs, price: 100 + index }));
  const plan = (speed: number): readonly number[] =>
    [...planFrames([{ symbol: "A", samples }], { ticksPerSecond: 1, speed }).steps()].flatMap(({ prices }) => prices);
  expect(plan(1)).toEqual([100, 101, 102, 103]);
  expect(plan(2)).toEqual([100, 102, 103]);
});

test("minutes without a frame are flat", () => {
  const bars = barsOf([
    { timeMs: 1000, price: 5 },
    { timeMs: 2000, price: 7 },
    { timeMs: 185_000, price: 6 },
  ]);
  expect(bars.map(({ open, high, low, close }) => [open, high, low, close])).toEqual([
    [5, 7, 5, 7],
    [7, 7, 7, 7],
    [7, 7, 7, 7],
    [6, 6, 6, 6],
  ]);
});

test.each([
  ["{", "x.jsonl, line 1: not a JSON line"],
  ["", "has no ticker frame of BTCUSDT"],
  ['{"topic":"tickers.BTCUSDT","ts":1,"data":{"symbol":"BTCUSDT","lastPrice":"0"}}', "is not above 0"],
])("a recording that is no good is refused with the reason: %s", (text, why) => {
  expect(() => parseFramePrices(text, "BTCUSDT", "x.jsonl")).toThrow(why);
});

test("the exchange replays recorded frames to the end", async () => {
  const prices = [{ symbol: "BTCUSDT", file: EXCERPT }];
  await using paper = await startTestPaper([60_000], { prices, speed: 20, accounts: [] });
  expect(dig((await get(paper, "/sim/status")).body, "symbols", "BTCUSDT", "mark")).toBe("65114.30");
  await post(paper, "/sim/replay", { action: "start" });
  await logLine(paper, "paper.replay_finished");
  const ticker = await get(paper, "/v5/market/tickers?category=linear&symbol=BTCUSDT");
  const samples = await readFramePrices(EXCERPT, "BTCUSDT");
  expect(Number(ticker.get("list", 0, "lastPrice"))).toBe(samples.at(-1)?.price);
});
