import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { effectiveLtv, loanToValue, maintenanceMarginRate } from "./index.ts";

const positive = fc.double({ min: 0.01, max: 1e9, noNaN: true });
const missing = fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY);

describe("loan to value", () => {
  it("repeats the venue's documented sample", () => {
    expect(loanToValue(9638.17, 18_381.41)).toBeCloseTo(0.524344, 5);
  });

  it("is known to be 0 without a debt, and unknown (not 0) for a debt without collateral", () => {
    expect(loanToValue(0, undefined)).toBe(0);
    expect(loanToValue(0, 0)).toBe(0);
    expect(loanToValue(100, 0)).toBeUndefined();
    expect(loanToValue(100, undefined)).toBeUndefined();
    expect(loanToValue(-1, 100)).toBeUndefined();
  });

  it("never gives a number for missing inputs", () => {
    fc.assert(
      fc.property(missing, positive, (nothing, value) => {
        expect(loanToValue(nothing, value)).toBeUndefined();
        expect(loanToValue(value, nothing)).toBeUndefined();
        expect(effectiveLtv(nothing, value)).toBeUndefined();
        expect(maintenanceMarginRate(nothing, value)).toBeUndefined();
        expect(maintenanceMarginRate(value, nothing)).toBeUndefined();
      }),
    );
  });

  it("rises with the debt, falls with the collateral, and does not depend on the unit", () => {
    fc.assert(
      fc.property(positive, positive, positive, positive, (debt, collateral, more, scale) => {
        const ltv = loanToValue(debt, collateral) ?? Number.NaN;
        expect(loanToValue(debt + more, collateral)).toBeGreaterThanOrEqual(ltv);
        expect(loanToValue(debt, collateral + more)).toBeLessThanOrEqual(ltv);
        expect((loanToValue(debt * scale, collateral * scale) ?? Number.NaN) / ltv).toBeCloseTo(1, 9);
      }),
    );
  });

  it("takes the worse of ours and the venue's", () => {
    expect(effectiveLtv(0.7, 0.72)).toBe(0.72);
    expect(effectiveLtv(0.74, 0.72)).toBe(0.74);
    expect(effectiveLtv(0.74, undefined)).toBe(0.74);
    expect(effectiveLtv(undefined, 0.9)).toBeUndefined();
  });
});

describe("maintenance margin rate", () => {
  it("is the requirement over the balance, without end when there is no balance", () => {
    expect(maintenanceMarginRate(84, 26_000)).toBeCloseTo(0.00323, 5);
    expect(maintenanceMarginRate(0, 0)).toBe(0);
    expect(maintenanceMarginRate(10, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
