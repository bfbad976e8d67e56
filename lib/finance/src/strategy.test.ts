import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_NR_PARAMETERS, RISK_LEVEL, nrDesiredRatio, nrStrategy, quantiseRatio, stepStrategy } from "./index.ts";
import type { HedgeMemory, HedgeSituation, RiskLevel } from "./index.ts";

const level = fc.constantFrom<RiskLevel>(RISK_LEVEL.NORMAL, RISK_LEVEL.CAUTION, RISK_LEVEL.DANGER, RISK_LEVEL.CRITICAL);
const situation: fc.Arbitrary<HedgeSituation> = fc.record({
  level,
  effectiveLtv: fc.double({ min: 0, max: 1.2, noNaN: true }),
  debtUsd: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e6, noNaN: true })),
  longValueUsd: fc.double({ min: 1, max: 1e6, noNaN: true }),
  price: fc.double({ min: 1, max: 1e5, noNaN: true }),
});
const memory: fc.Arbitrary<HedgeMemory> = fc.record({
  ratio: fc.double({ min: 0, max: 1, noNaN: true }).map(quantiseRatio),
  troughPrice: fc.double({ min: 1, max: 1e5, noNaN: true }),
});
const strategy = fc.constantFrom(nrStrategy(), stepStrategy());
const { band, rebound } = DEFAULT_NR_PARAMETERS;

describe("every strategy", () => {
  it("stays between nothing and all, hedges all at CRITICAL and nothing without a debt", () => {
    fc.assert(
      fc.property(strategy, situation, memory, (chosen, now, before) => {
        const { ratio } = chosen.decide(now, before);
        expect(ratio).toBeGreaterThanOrEqual(0);
        expect(ratio).toBeLessThanOrEqual(1);
        const forced = now.debtUsd === 0 ? 0 : now.level === RISK_LEVEL.CRITICAL ? 1 : ratio;
        expect(ratio).toBe(forced);
      }),
    );
  });

  it("never hedges less at a higher level", () => {
    fc.assert(
      fc.property(strategy, situation, memory, level, (chosen, now, before, other) => {
        const [low, high] = now.level <= other ? [now.level, other] : [other, now.level];
        expect(chosen.decide({ ...now, level: high }, before).ratio).toBeGreaterThanOrEqual(
          chosen.decide({ ...now, level: low }, before).ratio,
        );
      }),
    );
  });

  it("gives the same answer again, and the same object when nothing changes", () => {
    fc.assert(
      fc.property(strategy, situation, memory, (chosen, now, before) => {
        const once = chosen.decide(now, before);
        expect(chosen.decide(now, before)).toStrictEqual(once);
        expect(chosen.decide(now, once)).toStrictEqual(once);
        const settled = chosen.decide(now, once);
        expect(chosen.decide(now, settled)).toBe(settled);
      }),
    );
  });

  it("does not depend on the unit of money", () => {
    fc.assert(
      fc.property(strategy, situation, memory, fc.constantFrom(2, 8, 1024), (chosen, now, before, scale) => {
        const scaled = {
          ...now,
          debtUsd: now.debtUsd * scale,
          longValueUsd: now.longValueUsd * scale,
          price: now.price * scale,
        };
        const scaledBefore = { ...before, troughPrice: before.troughPrice * scale };
        expect(chosen.decide(scaled, scaledBefore).ratio).toBe(chosen.decide(now, before).ratio);
      }),
    );
  });
});

describe("STEP", () => {
  it("hedges 0, 50, 80 and 100 % by level", () => {
    const now = { effectiveLtv: 0.7, debtUsd: 1, longValueUsd: 2, price: 100 };
    const ratios = Object.values(RISK_LEVEL).map(
      (at) => stepStrategy().decide({ ...now, level: at }, { ratio: 0, troughPrice: 100 }).ratio,
    );
    expect(ratios).toStrictEqual([0, 0.5, 0.8, 1]);
  });
});

describe("NR", () => {
  const below = situation.filter((now) => now.level !== RISK_LEVEL.CRITICAL && now.debtUsd > 0);

  it("ramps from nothing at lo to 1.2 times the debt at hi", () => {
    const at = (effectiveLtv: number): number =>
      nrDesiredRatio(
        { level: RISK_LEVEL.CAUTION, effectiveLtv, debtUsd: 30_000, longValueUsd: 60_000, price: 60_000 },
        DEFAULT_NR_PARAMETERS,
      );
    expect(at(0.6)).toBe(0);
    expect(at(0.65)).toBeCloseTo(0.3, 9);
    expect(at(0.7)).toBeCloseTo(0.6, 9);
    expect(at(0.8)).toBeCloseTo(0.6, 9);
  });

  it("wants more the higher the LTV and the debt", () => {
    fc.assert(
      fc.property(below, fc.double({ min: 0, max: 0.5, noNaN: true }), (now, more) => {
        const ratio = nrDesiredRatio(now, DEFAULT_NR_PARAMETERS);
        expect(
          nrDesiredRatio({ ...now, effectiveLtv: now.effectiveLtv + more }, DEFAULT_NR_PARAMETERS),
        ).toBeGreaterThanOrEqual(ratio);
        expect(
          nrDesiredRatio({ ...now, debtUsd: now.debtUsd * (1 + more) }, DEFAULT_NR_PARAMETERS),
        ).toBeGreaterThanOrEqual(ratio);
      }),
    );
  });

  it("never unwinds before the price has rebounded from its trough, whatever the path", () => {
    fc.assert(
      fc.property(memory, fc.array(below, { minLength: 1, maxLength: 40 }), (start, path) => {
        let before = start;
        let trough = start.troughPrice;
        for (const now of path) {
          const after = nrStrategy().decide(now, before);
          trough = Math.min(trough, now.price);
          const allowed = after.ratio >= before.ratio || now.price >= trough * (1 + rebound);
          expect(allowed).toBe(true);
          if (after.ratio !== before.ratio) trough = now.price;
          expect(after.troughPrice).toBe(trough);
          before = after;
        }
      }),
    );
  });

  it("moves only when off by more than the band, except to take back a hedge that is not wanted at all", () => {
    fc.assert(
      fc.property(below, memory, (now, before) => {
        const desired = quantiseRatio(nrDesiredRatio(now, DEFAULT_NR_PARAMETERS));
        const after = nrStrategy().decide(now, before);
        const inside = desired <= before.ratio + band && desired >= before.ratio - band;
        expect(inside && desired > 0 ? after.ratio : before.ratio).toBe(before.ratio);
        expect(desired > before.ratio + band ? after.ratio : desired).toBe(desired);
        expect([before.ratio, desired]).toContain(after.ratio);
      }),
    );
  });

  it("goes from 96 % to all at CRITICAL although that is inside the band", () => {
    const now = { level: RISK_LEVEL.CRITICAL, effectiveLtv: 0.84, debtUsd: 1, longValueUsd: 1.3, price: 100 };
    expect(nrStrategy().decide(now, { ratio: 0.96, troughPrice: 100 }).ratio).toBe(1);
  });

  it("rounds what it remembers up, to six places", () => {
    expect(quantiseRatio(0.123_456_1)).toBe(0.123457);
    expect(quantiseRatio(0.5)).toBe(0.5);
    expect(quantiseRatio(0.3)).toBe(0.3);
    expect(quantiseRatio(1.7)).toBe(1);
  });
});
