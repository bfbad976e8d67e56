import * as fc from "fast-check";
import { seededRandom } from "@hedgelock/runtime";
import { expect, test } from "vitest";

import { barPath } from "./bar-path.ts";

const tickBar = fc
  .tuple(
    fc.integer({ min: 1, max: 2_000_000 }),
    fc.nat(50_000),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([low, range, open, close]) => ({
    low,
    high: low + range,
    open: low + Math.round(range * open),
    close: low + Math.round(range * close),
  }));

test("a path opens at the open, closes at the close, visits high and low, and never leaves the range", () => {
  fc.assert(
    fc.property(tickBar, fc.integer({ min: 4, max: 1200 }), fc.nat(), (bar, steps, seed) => {
      const path = barPath(bar, steps, seededRandom(seed));
      expect(path).toHaveLength(steps);
      expect(path[0]).toBe(bar.open);
      expect(path.at(-1)).toBe(bar.close);
      expect(Math.max(...path)).toBe(bar.high);
      expect(Math.min(...path)).toBe(bar.low);
      expect(path.every(Number.isInteger)).toBe(true);
    }),
  );
});

test("the same seed gives the same path, another seed another one", () => {
  const bar = { open: 500, high: 900, low: 100, close: 300 };
  expect(barPath(bar, 100, seededRandom(7))).toEqual(barPath(bar, 100, seededRandom(7)));
  expect(barPath(bar, 100, seededRandom(7))).not.toEqual(barPath(bar, 100, seededRandom(8)));
});

test("fewer steps than turning points are refused", () => {
  expect(() => barPath({ open: 1, high: 1, low: 1, close: 1 }, 3, seededRandom(1))).toThrow("at least 4");
});
