import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { BAR_MS } from "./bar.ts";
import type { Bar } from "./bar.ts";
import { planReplay } from "./replay-plan.ts";
import type { ReplaySeries } from "./replay-plan.ts";

const START_MS = 1_760_000_040_000;

function series(symbol: string, closes: readonly number[], startMs = START_MS, spread = 5): ReplaySeries {
  const bars = closes.map((close, index): Bar => {
    const open = closes[index - 1] ?? close;
    return {
      openTimeMs: startMs + index * BAR_MS,
      open,
      high: Math.max(open, close) + spread,
      low: Math.min(open, close) - spread,
      close,
      volume: 1,
    };
  });
  return { symbol, tickSize: "0.10", bars };
}

const BTC = series("BTCUSDT", [100_000, 100_010, 98_000, 97_000, 97_100]);
const ETH = series("ETHUSDT", [4000, 4000, 3900, 3950, 3940, 3930], START_MS - BAR_MS);

describe("planReplay", () => {
  test("the steps are as many as the plan says and take as long as it says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(), (ticksPerSecond, seed) => {
        const plan = planReplay([BTC], { seed, ticksPerSecond });
        const steps = [...plan.steps()];
        expect(steps).toHaveLength(plan.stepsTotal);
        expect(plan.expectedDurationMs).toBe(Math.round((plan.stepsTotal / ticksPerSecond) * 1000));
        expect(steps.map((step) => step.index)).toEqual(steps.map((_, index) => index));
        expect(steps.filter((step) => step.opensBar)).toHaveLength(plan.bars);
      }),
      { numRuns: 20 },
    );
  });

  test("every bar's range is walked in full and not left, in whole ticks, with time moving forward", () => {
    const steps = [...planReplay([BTC], { seed: 3, ticksPerSecond: 50 }).steps()];
    for (const [barIndex, bar] of BTC.bars.entries()) {
      const prices = steps.filter((step) => step.barIndex === barIndex).map((step) => step.prices[0]);
      expect(prices[0]).toBe(bar.open);
      expect(prices.at(-1)).toBe(bar.close);
      expect(Math.max(...prices.map(Number))).toBe(bar.high);
      expect(Math.min(...prices.map(Number))).toBe(bar.low);
      for (const price of prices) expect(Number((Number(price) * 10).toFixed(6))).toBe(Math.round(Number(price) * 10));
    }
    for (const [index, step] of steps.entries()) {
      expect(step.replayTimeMs).toBeGreaterThan(steps[index - 1]?.replayTimeMs ?? 0);
    }
  });

  test("two symbols move together on the minutes both have", () => {
    const plan = planReplay([BTC, ETH], { seed: 1, ticksPerSecond: 20 });
    expect([plan.fromMs, plan.toMs]).toEqual([START_MS, START_MS + 5 * BAR_MS]);
    const closing = [...plan.steps()].filter((_, index, all) => all[index + 1]?.opensBar ?? true);
    expect(closing.map((step) => step.prices)).toEqual([
      [100_000, 4000],
      [100_010, 3900],
      [98_000, 3950],
      [97_000, 3940],
      [97_100, 3930],
    ]);
  });

  test("same seed, same path; the window does not change the path inside it", () => {
    const all = [...planReplay([BTC], { seed: 9, ticksPerSecond: 50 }).steps()].map((step) => [
      step.replayTimeMs,
      step.prices,
    ]);
    const again = [...planReplay([BTC], { seed: 9, ticksPerSecond: 50 }).steps()].map((step) => [
      step.replayTimeMs,
      step.prices,
    ]);
    const other = [...planReplay([BTC], { seed: 10, ticksPerSecond: 50 }).steps()].map((step) => [
      step.replayTimeMs,
      step.prices,
    ]);
    expect(again).toEqual(all);
    expect(other).not.toEqual(all);
    const tail = [...planReplay([BTC], { seed: 9, ticksPerSecond: 50, fromMs: START_MS + 3 * BAR_MS }).steps()];
    expect(tail.map((step) => step.prices)).toEqual(all.slice(-tail.length).map(([, prices]) => prices));
  });

  test("a wild minute gets more wall time; a higher rate gives more steps in about the same time", () => {
    const plan = planReplay([BTC], { seed: 1, ticksPerSecond: 100 });
    const perBar = [0, 1, 2, 3, 4].map((bar) => [...plan.steps()].filter((step) => step.barIndex === bar).length);
    expect(perBar[2]).toBe(100);
    expect(perBar[0]).toBeLessThan(10);
    const faster = planReplay([BTC], { seed: 1, ticksPerSecond: 1000 });
    expect(faster.stepsTotal).toBeGreaterThan(plan.stepsTotal * 8);
    expect(Math.abs(faster.expectedDurationMs - plan.expectedDurationMs)).toBeLessThan(plan.expectedDurationMs * 0.1);
  });

  test("a window without a common minute is refused", () => {
    const later = series("ETHUSDT", [1000], START_MS + 100 * BAR_MS);
    expect(() => planReplay([BTC, later], { seed: 1, ticksPerSecond: 50 })).toThrow("there is no minute to replay");
    expect(() => planReplay([BTC], { seed: 1, ticksPerSecond: 50, fromMs: START_MS + 999 * BAR_MS })).toThrow(
      expect.objectContaining({ code: "REPLAY_EMPTY" }),
    );
    expect(() => planReplay([], { seed: 1, ticksPerSecond: 50 })).toThrow("there is no minute to replay");
  });
});
