import fc from "fast-check";
import { expect, test } from "vitest";

import { INTERVALS, candleBounds, candles, recordPrice, tapeAfter } from "./candles.ts";

const ALL = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 1000 };

test("a candle has the first price as open, the last as close, the extremes, and the volume of its minute", () => {
  const tape = tapeAfter([], 0);
  for (const [second, price] of [
    [0, 10],
    [10, 14],
    [20, 9],
    [59, 11],
    [60, 12],
  ] as const)
    recordPrice(tape, second * 1000, price, 2);
  expect(candles(tape, "1", ALL)).toEqual([
    // A minute opens where the one before closed, as on the exchange.
    { startMs: 60_000, open: 11, high: 12, low: 11, close: 12, volume: 2, turnover: 24 },
    { startMs: 0, open: 10, high: 14, low: 9, close: 11, volume: 8, turnover: 88 },
  ]);
  expect(candles(tape, "3", ALL)).toEqual([
    { startMs: 0, open: 10, high: 14, low: 9, close: 12, volume: 10, turnover: 112 },
  ]);
});

test("minutes in which nothing was told are flat at the last price, so there is no gap", () => {
  const tape = tapeAfter([{ open: 1, high: 2, low: 1, close: 2, volume: 1 }], 600_000);
  recordPrice(tape, 785_000, 5, 1);
  const found = candles(tape, "1", ALL).toReversed();
  expect(found.map(({ startMs, close }) => [startMs, close])).toEqual([
    [540_000, 2],
    [600_000, 2],
    [660_000, 2],
    [720_000, 2],
    [780_000, 5],
  ]);
});

test.each([
  ["M", Date.UTC(2024, 1, 29, 12), Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 1)],
  ["M", Date.UTC(2026, 11, 31, 23, 59), Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1)],
  ["W", Date.UTC(2026, 7, 9), Date.UTC(2026, 7, 3), Date.UTC(2026, 7, 10)],
  ["D", Date.UTC(2026, 7, 9, 5), Date.UTC(2026, 7, 9), Date.UTC(2026, 7, 10)],
  ["240", Date.UTC(2026, 7, 9, 5), Date.UTC(2026, 7, 9, 4), Date.UTC(2026, 7, 9, 8)],
] as const)("%s: %i lies in the candle from %i to %i", (interval, timeMs, startMs, endMs) => {
  expect(candleBounds(interval, timeMs)).toEqual([startMs, endMs]);
});

test("every interval keeps the total volume, and its candles lie on their own bounds, newest first", () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(gaps, fc.constantFrom(...INTERVALS), (steps, interval) => {
      const tape = tapeAfter([], 0);
      let timeMs = Date.UTC(2026, 6, 31, 22);
      for (const [gapMs, volume] of steps) recordPrice(tape, (timeMs += gapMs), 100 + volume, volume);
      const found = candles(tape, interval, ALL);
      expect(found.reduce((sum, one) => sum + one.volume, 0)).toBe(steps.reduce((sum, [, volume]) => sum + volume, 0));
      for (const one of found) expect(candleBounds(interval, one.startMs)[0]).toBe(one.startMs);
      expect(found).toEqual(found.toSorted((left, right) => right.startMs - left.startMs));
    }),
  );
});
