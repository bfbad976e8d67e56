import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FinanceInputError, checkBrackets, collateralValueUsd, marginalRatio } from "./index.ts";
import type { CollateralBracket } from "./index.ts";

const BYBIT_SAMPLE: readonly CollateralBracket[] = [
  { minUsd: 0, maxUsd: 10_000, ratio: 0.8 },
  { minUsd: 10_000, maxUsd: Number.POSITIVE_INFINITY, ratio: 0.7 },
];

/** Contiguous brackets from 0, the last without end. */
const brackets = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => {
    let minUsd = 0;
    return parts.map(([width, ratio], index) => {
      const maxUsd = index === parts.length - 1 ? Number.POSITIVE_INFINITY : minUsd + width;
      const bracket = { minUsd, maxUsd, ratio };
      minUsd = maxUsd;
      return bracket;
    });
  });
const usd = fc.double({ min: 0, max: 5_000_000, noNaN: true });

describe("tiered collateral value", () => {
  it("repeats the venue's documented sample", () => {
    expect(collateralValueUsd(0.12 * 106_311, BYBIT_SAMPLE)).toBeCloseTo(8000 + (0.12 * 106_311 - 10_000) * 0.7, 6);
    expect(Math.round(collateralValueUsd(12_757, BYBIT_SAMPLE))).toBe(9930);
    expect(marginalRatio(9_999, BYBIT_SAMPLE)).toBe(0.8);
    expect(marginalRatio(10_000, BYBIT_SAMPLE)).toBe(0.7);
  });

  it("grows with the value, and never counts more than the value", () => {
    fc.assert(
      fc.property(brackets, usd, usd, (tiers, a, b) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        const atLow = collateralValueUsd(low, tiers);
        const atHigh = collateralValueUsd(high, tiers);
        expect(atHigh).toBeGreaterThanOrEqual(atLow - 1e-6);
        expect(atLow).toBeGreaterThanOrEqual(0);
        expect(atHigh).toBeLessThanOrEqual(high + 1e-6);
      }),
    );
  });

  it("has no jump: a value moved by x moves what counts by at most x, also across an edge", () => {
    fc.assert(
      fc.property(brackets, fc.nat(5), fc.double({ min: 0, max: 1, noNaN: true }), (tiers, index, x) => {
        const edge = tiers[index % tiers.length]?.minUsd ?? 0;
        const low = Math.max(0, edge - x);
        const difference = collateralValueUsd(edge + x, tiers) - collateralValueUsd(low, tiers);
        expect(difference).toBeLessThanOrEqual(edge + x - low + 1e-6);
        expect(difference).toBeGreaterThanOrEqual(-1e-6);
      }),
    );
  });

  it("counts nothing beyond the last bracket", () => {
    const capped = [{ minUsd: 0, maxUsd: 1000, ratio: 0.9 }];
    expect(collateralValueUsd(5000, capped)).toBe(900);
    expect(marginalRatio(5000, capped)).toBe(0);
  });

  it("knows no value without brackets, and refuses broken ones", () => {
    expect(checkBrackets([])).toBeUndefined();
    expect(collateralValueUsd(Number.NaN, BYBIT_SAMPLE)).toBeNaN();
    expect(checkBrackets(BYBIT_SAMPLE)).toBe(BYBIT_SAMPLE);
    expect(() => checkBrackets([{ minUsd: 0, maxUsd: 10, ratio: 1.2 }])).toThrow(FinanceInputError);
    expect(() => checkBrackets([{ minUsd: 0, maxUsd: 10, ratio: Number.NaN }])).toThrow(FinanceInputError);
    expect(() => checkBrackets([{ minUsd: 10, maxUsd: 5, ratio: 0.5 }])).toThrow(FinanceInputError);
    expect(() => checkBrackets([...BYBIT_SAMPLE, ...BYBIT_SAMPLE])).toThrow(FinanceInputError);
  });
});
