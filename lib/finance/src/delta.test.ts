import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FinanceInputError, ZERO, hedgeTargetQty, hedgedRatio, inverseBaseQty, netDelta, toDecimal } from "./index.ts";

const qty = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((digits) => toDecimal(`${digits}e-4`));
const long = fc.integer({ min: 1, max: 1_000_000 }).map((digits) => toDecimal(`${digits}e-4`));
const ratio = fc.double({ min: -0.5, max: 1.5, noNaN: true });

describe("net delta", () => {
  const whole = {
    collateral: toDecimal("1.5"),
    wallet: toDecimal("0.25"),
    linearPerps: toDecimal("-0.5"),
    inversePerps: ZERO,
    debt: toDecimal("0.1"),
  };

  it("counts the collateral being hedged, the wallet, the perpetuals and the debt", () => {
    expect(netDelta(whole)?.toFixed()).toBe("1.15");
  });

  it.each(["collateral", "wallet", "linearPerps", "inversePerps", "debt"] as const)("is unknown when %s is", (part) => {
    expect(netDelta({ ...whole, [part]: undefined })).toBeUndefined();
  });

  it("counts an inverse position by its contracts over its entry price", () => {
    expect(inverseBaseQty(toDecimal("-6000"), toDecimal("60000")).toFixed()).toBe("-0.1");
    expect(() => inverseBaseQty(toDecimal("-6000"), ZERO)).toThrow(FinanceInputError);
  });
});

describe("hedge target", () => {
  it("lies between minus the long delta and 0, so it never flips the net delta", () => {
    fc.assert(
      fc.property(qty, ratio, fc.constantFrom("0", "0.001", "0.1"), (longQty, hedged, min) => {
        const target = hedgeTargetQty(longQty, hedged, toDecimal(min));
        expect(target.lte(0)).toBe(true);
        const after = longQty.plus(target);
        expect(after.abs().lte(longQty.abs())).toBe(true);
        expect(longQty.gt(0) ? after.gte(0) : target.isZero()).toBe(true);
      }),
    );
  });

  it("grows with the ratio and scales with the holdings", () => {
    fc.assert(
      fc.property(
        long,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (longQty, a, b) => {
          const [small, large] = a <= b ? [a, b] : [b, a];
          expect(hedgeTargetQty(longQty, large, ZERO).lte(hedgeTargetQty(longQty, small, ZERO))).toBe(true);
          const difference = hedgeTargetQty(longQty.times(10), a, ZERO).minus(
            hedgeTargetQty(longQty, a, ZERO).times(10),
          );
          expect(difference.abs().lte("1e-11")).toBe(true);
        },
      ),
    );
  });

  it("is nothing below the smallest order and for no number", () => {
    expect(hedgeTargetQty(toDecimal("0.01"), 0.05, toDecimal("0.001")).isZero()).toBe(true);
    expect(hedgeTargetQty(toDecimal("1"), Number.NaN, ZERO).isZero()).toBe(true);
    expect(hedgeTargetQty(toDecimal("1"), 0.5, ZERO).toFixed()).toBe("-0.5");
  });

  it("tells how much of a long asset a position hedges", () => {
    expect(hedgedRatio(2, -0.5)).toBe(0.25);
    expect(hedgedRatio(2, -5)).toBe(1);
    expect(hedgedRatio(2, 1)).toBe(0);
    expect(hedgedRatio(0, -1)).toBe(0);
  });
});
