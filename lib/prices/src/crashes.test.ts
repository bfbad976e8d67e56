import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { CRASHES, DEFAULT_CRASH, crashByName } from "./crashes.ts";
import { readBars } from "./read-bars.ts";
import { planReplay } from "./replay-plan.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TICK: Readonly<Record<string, string>> = { BTCUSDT: "0.10", ETHUSDT: "0.01" };

async function plan(name: string): Promise<ReturnType<typeof planReplay>> {
  const crash = crashByName(name);
  const series = await Promise.all(
    crash.series.map(async ({ symbol, file }) => ({
      symbol,
      tickSize: TICK[symbol] ?? "",
      bars: await readBars(ROOT + file),
    })),
  );
  return planReplay(series, { seed: 1, ticksPerSecond: 50, fromMs: crash.fromMs, toMs: crash.toMs });
}

describe("shipped crashes", () => {
  test("there are at least four, the default among them, one with two assets", () => {
    expect(CRASHES.length).toBeGreaterThanOrEqual(4);
    expect(CRASHES.map((crash) => crash.name)).toContain(DEFAULT_CRASH);
    expect(CRASHES.some((crash) => crash.series.length === 2)).toBe(true);
    expect(() => crashByName("nope")).toThrow("Choose one of: oct-2025");
  });

  test.each(CRASHES.map((crash) => crash.name))(
    "%s: the whole window is in the files and holds the crash",
    async (name) => {
      const crash = crashByName(name);
      const replay = await plan(name);
      expect([replay.fromMs, replay.toMs]).toEqual([crash.fromMs, crash.toMs]);
      const first = [...replay.steps()].map((step) => step.prices[0] ?? 0);
      expect(1 - Math.min(...first) / Math.max(...first)).toBeGreaterThan(0.085);
      expect(replay.expectedDurationMs).toBeLessThan(150_000);
    },
  );

  test("the default falls from above 122k to 102.5k, takes 90 to 130 s and moves within the first 20 s", async () => {
    const replay = await plan(DEFAULT_CRASH);
    const steps = [...replay.steps()];
    const prices = steps.map((step) => step.prices[0] ?? 0);
    expect(Math.max(...prices)).toBeGreaterThan(122_000);
    expect(Math.min(...prices)).toBeCloseTo(102_497.5, 1);
    expect(prices.at(-1)).toBeGreaterThan(111_000);
    expect(replay.expectedDurationMs).toBeGreaterThan(90_000);
    expect(replay.expectedDurationMs).toBeLessThan(130_000);
    const early = prices.slice(0, 20 * replay.ticksPerSecond);
    expect(1 - Math.min(...early) / (prices[0] ?? 1)).toBeGreaterThan(0.02);
  });

  test("a file that is not there is refused by name", async () => {
    await expect(readBars(`${ROOT}data/prices/none.csv`)).rejects.toThrow(
      /PRICES_UNREADABLE|cannot read the price file/,
    );
  });
});
