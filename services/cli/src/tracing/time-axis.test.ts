import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { timeAxis } from "./time-axis.ts";

describe("the time axis", () => {
  it("is even when nothing dominates", () => {
    const axis = timeAxis([0, 25, 50, 75, 100], 40);
    expect([0, 25, 50, 75, 100].map((us) => axis.column(us))).toEqual([0, 10, 20, 30, 40]);
    expect(axis.compressedUs).toEqual([]);
  });

  it("draws a long wait short, and the rest to scale", () => {
    const axis = timeAxis([0, 10, 20, 30_000, 30_010], 32);
    expect(axis.compressedUs).toEqual([29_980]);
    expect([0, 10, 20, 30_000, 30_010].map((us) => axis.column(us))).toEqual([0, 10, 20, 22, 32]);
    expect(axis.isCompressed(20)).toBe(true);
    expect(axis.isCompressed(19)).toBe(false);
  });

  it("keeps times in order and within its columns, whatever they are", () => {
    const moments = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(moments, fc.integer({ min: 16, max: 120 }), (timesUs, columns) => {
        const axis = timeAxis(timesUs, columns);
        const sorted = [...new Set(timesUs)].toSorted((left, right) => left - right);
        const placed = sorted.map((us) => axis.column(us));
        for (const [index, column] of placed.entries()) {
          expect(column).toBeGreaterThanOrEqual(index === 0 ? 0 : (placed[index - 1] ?? 0));
          expect(column).toBeLessThanOrEqual(columns + 1e-6);
        }
      }),
    );
  });
});
