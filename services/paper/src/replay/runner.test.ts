import { planReplay } from "@hedgelock/prices";
import type { ReplayStep } from "@hedgelock/prices";
import { manualTime } from "@hedgelock/runtime";
import { expect, test } from "vitest";

import { ReplayRunner } from "./runner.ts";

const START_MS = 1_760_000_040_000;
const bars = [100, 101, 99].map((close, index) => ({
  openTimeMs: START_MS + index * 60_000,
  open: close,
  high: close + 0.5,
  low: close - 0.5,
  close,
  volume: 1,
}));
const plan = planReplay([{ symbol: "BTCUSDT", tickSize: "0.1", bars }], { seed: 1, ticksPerSecond: 50 });

function setUp(): {
  readonly time: ReturnType<typeof manualTime>;
  readonly runner: ReplayRunner;
  readonly steps: ReplayStep[];
  finished: number;
} {
  const time = manualTime(0);
  const steps: ReplayStep[] = [];
  const set = { time, steps, finished: 0 };
  const runner = new ReplayRunner({
    plan,
    clock: time,
    timers: time,
    onStep: (step) => void steps.push(step),
    onFinished: () => void (set.finished += 1),
  });
  return Object.assign(set, { runner });
}

test("a running replay keeps the planned pace and ends after the planned time", () => {
  const { time, runner, steps } = setUp();
  time.advance(1000);
  expect(steps).toHaveLength(0);
  runner.start();
  time.advance(199);
  expect(steps).toHaveLength(10);
  time.advance(plan.expectedDurationMs);
  expect(steps).toHaveLength(plan.stepsTotal);
  expect(runner.state).toBe("finished");
});

test("pause stops the recorded clock, start resumes it without catching up", () => {
  const { time, runner, steps } = setUp();
  runner.start();
  time.advance(99);
  runner.pause();
  const done = steps.length;
  time.advance(60_000);
  expect(steps).toHaveLength(done);
  runner.start();
  time.advance(19);
  expect(steps).toHaveLength(done + 1);
});

test("stepping by hand visits every step once and finishes once", () => {
  const set = setUp();
  expect(set.runner.step(plan.stepsTotal + 10)).toBe(plan.stepsTotal);
  expect(set.steps.map((step) => step.index)).toEqual(Array.from({ length: plan.stepsTotal }, (_, index) => index));
  expect(set.runner.step(1)).toBe(0);
  expect([set.runner.state, set.finished]).toEqual(["finished", 1]);
});
