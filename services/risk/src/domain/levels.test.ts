import { RISK_LEVEL } from "@hedgelock/finance";
import type { RiskLevel } from "@hedgelock/finance";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { levelAt, nextLevel } from "./levels.ts";
import type { LevelMemory } from "./levels.ts";
import { POLICY_DEFAULTS } from "./policy.ts";

const POLICY = { levels: POLICY_DEFAULTS.levels, exitMargin: 0.03, dwellMs: 1000 };
const { NORMAL, CAUTION, DANGER, CRITICAL } = RISK_LEVEL;

interface Step {
  readonly ltv: number;
  readonly afterMs: number;
  readonly mayRelax: boolean;
}

const steps = fc.array(
  fc.record({
    ltv: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.62, 0.65, 0.72, 0.75, 0.8, 0.83)),
    afterMs: fc.integer({ min: 0, max: 700 }),
    mayRelax: fc.boolean(),
  }),
  { maxLength: 60 },
);

function run(
  path: readonly Step[],
  each: (before: LevelMemory, after: LevelMemory, step: Step, nowMs: number) => void,
): void {
  let memory: LevelMemory = { level: NORMAL, relaxSinceMs: 0 };
  let nowMs = 1_000_000;
  for (const step of path) {
    nowMs += step.afterMs;
    const after = nextLevel(POLICY, memory, step.ltv, nowMs, step.mayRelax);
    each(memory, after, step, nowMs);
    memory = after;
  }
}

describe("the state machine", () => {
  it("enters each level at its line", () => {
    const asked = [0, 0.6499, 0.65, 0.7499, 0.75, 0.8299, 0.83, 2].map((ltv) => levelAt(ltv, POLICY.levels));
    expect(asked).toStrictEqual([NORMAL, NORMAL, CAUTION, CAUTION, DANGER, DANGER, CRITICAL, CRITICAL]);
  });

  it("escalates at once, over several levels", () => {
    expect(nextLevel(POLICY, { level: NORMAL, relaxSinceMs: 0 }, 0.9, 5, true)).toStrictEqual({
      level: CRITICAL,
      relaxSinceMs: 0,
    });
  });

  it("leaves a level only below its exit, after the whole dwell time, one at a time", () => {
    const critical: LevelMemory = { level: CRITICAL, relaxSinceMs: 0 };
    expect(nextLevel(POLICY, critical, 0.81, 5000, true)).toBe(critical);
    const started = nextLevel(POLICY, critical, 0.5, 5000, true);
    expect(started).toStrictEqual({ level: CRITICAL, relaxSinceMs: 5000 });
    expect(nextLevel(POLICY, started, 0.5, 5999, true)).toBe(started);
    expect(nextLevel(POLICY, started, 0.5, 6000, true)).toStrictEqual({ level: DANGER, relaxSinceMs: 0 });
    expect(nextLevel(POLICY, started, 0.81, 5500, true)).toStrictEqual({ level: CRITICAL, relaxSinceMs: 0 });
    expect(nextLevel(POLICY, started, 0.5, 9000, false)).toStrictEqual({ level: CRITICAL, relaxSinceMs: 0 });
  });

  it("is never below what the LTV asks for, and falls by at most one level, whatever the path", () => {
    fc.assert(
      fc.property(steps, (path) => {
        run(path, (before, after, step) => {
          expect(after.level).toBeGreaterThanOrEqual(levelAt(step.ltv, POLICY.levels));
          expect(after.level).toBeGreaterThanOrEqual(before.level - 1);
        });
      }),
    );
  });

  it("agrees with a model that keeps the whole history", () => {
    fc.assert(
      fc.property(steps, (path) => {
        const history: { readonly ltv: number; readonly atMs: number; readonly mayRelax: boolean }[] = [];
        let level: RiskLevel = NORMAL;
        let changedAt = 0;
        run(path, (_before, after, step, atMs) => {
          history.push({ ltv: step.ltv, atMs, mayRelax: step.mayRelax });
          const entry = { [NORMAL]: 0, [CAUTION]: 0.65, [DANGER]: 0.75, [CRITICAL]: 0.83 }[level];
          const asked = levelAt(step.ltv, POLICY.levels);
          // The unbroken run of samples, since the last change of level, in which the level below was justified.
          const sinceChange = history.slice(changedAt);
          const broken = sinceChange.findLastIndex(
            (sample) => !(sample.mayRelax && sample.ltv < entry - POLICY.exitMargin),
          );
          const first = sinceChange[broken + 1];
          const isDue =
            level !== NORMAL && first !== undefined && atMs - first.atMs >= POLICY.dwellMs && first.atMs < atMs;
          const expected = asked > level ? asked : isDue ? below(level) : level;
          expect(after.level).toBe(expected);
          if (expected !== level) changedAt = history.length;
          level = expected;
        });
      }),
    );
  });
});

function below(level: RiskLevel): RiskLevel {
  return level === CRITICAL ? DANGER : level === DANGER ? CAUTION : NORMAL;
}
