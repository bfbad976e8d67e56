import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FinanceInputError, roundToStep, toDecimal } from "./index.ts";
import type { RoundingDirection } from "./index.ts";

const decimal = fc
  .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, places]) => toDecimal(`${digits}e-${places}`));
const step = fc.constantFrom("0.001", "0.01", "0.1", "0.5", "1", "5", "0.00001", "0.3").map(toDecimal);
const direction = fc.constantFrom<RoundingDirection>("down", "up", "toward_zero", "away_from_zero");

describe("rounding to a step", () => {
  it.each([
    ["1.2345", "0.001", "down", "1.234"],
    ["1.2345", "0.001", "up", "1.235"],
    ["-1.2345", "0.001", "down", "-1.235"],
    ["-1.2345", "0.001", "up", "-1.234"],
    ["-1.2345", "0.001", "toward_zero", "-1.234"],
    ["-1.2345", "0.001", "away_from_zero", "-1.235"],
    ["1.2345", "0.001", "toward_zero", "1.234"],
    ["60000.13", "0.5", "up", "60000.5"],
    ["0.3", "0.1", "up", "0.3"],
  ] as const)("takes %s to the step %s %s: %s", (value, size, way, rounded) => {
    expect(roundToStep(toDecimal(value), toDecimal(size), way).toFixed()).toBe(rounded);
  });

  it("lands on the step, on the stated side, less than one step away", () => {
    fc.assert(
      fc.property(decimal, step, direction, (value, size, way) => {
        const rounded = roundToStep(value, size, way);
        expect(rounded.mod(size).isZero()).toBe(true);
        expect(rounded.minus(value).abs().lt(size)).toBe(true);
        const onItsSide = {
          down: rounded.lte(value),
          up: rounded.gte(value),
          toward_zero: rounded.abs().lte(value.abs()),
          away_from_zero: rounded.abs().gte(value.abs()),
        };
        expect(onItsSide[way]).toBe(true);
      }),
    );
  });

  it.each(["0", "-0.001"])("refuses the step %s", (size) => {
    expect(() => roundToStep(toDecimal("1"), toDecimal(size), "down")).toThrow(FinanceInputError);
  });
});
