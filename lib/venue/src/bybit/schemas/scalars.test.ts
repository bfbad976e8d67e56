import { BigNumber } from "bignumber.js";
import fc from "fast-check";
import { expect, test } from "vitest";

import { canonicalDecimal, decimal, decimalOrEmpty, plainDecimal, wholeOr } from "./scalars.ts";

test("a number is written out without an exponent and without loss", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      fc.pre(!Object.is(value, -0));
      const text = plainDecimal(value);
      expect(text).not.toContain("e");
      expect(Number(text)).toBe(value);
    }),
  );
});

test("one number has one spelling", () => {
  const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  fc.assert(
    fc.property(digits, fc.nat({ max: 12 }), fc.nat({ max: 5 }), (unscaled, scale, padding) => {
      const exact = new BigNumber(unscaled.toString()).shiftedBy(-scale);
      const padded = exact.toFixed(scale) + (scale > 0 ? "0".repeat(padding) : "");
      expect(canonicalDecimal(padded)).toBe(exact.toFixed());
    }),
  );
  expect(canonicalDecimal("-0.00")).toBe("0");
  expect(canonicalDecimal("+007.50")).toBe("7.5");
});

test.each(["", " ", "abc", "1e5", "0x10", "1.", ".5", "1,5", "NaN", "Infinity", "--1", null, undefined, true, {}, []])(
  "%j is not a decimal",
  (value) => {
    expect(decimal.safeParse(value).success).toBe(false);
  },
);

test('"" is "the venue does not say", never 0', () => {
  expect(decimalOrEmpty.parse("")).toBe("");
  expect(decimalOrEmpty.parse(undefined)).toBe("");
  expect(decimalOrEmpty.parse(null)).toBe("");
  expect(decimalOrEmpty.safeParse("garbage").success).toBe(false);
});

test("whole numbers come as numbers and as text", () => {
  expect(wholeOr(-1).parse("1785600000123")).toBe(1_785_600_000_123);
  expect(wholeOr(-1).parse(7)).toBe(7);
  expect(wholeOr(-1).parse("")).toBe(-1);
  expect(wholeOr(-1).safeParse("7.5").success).toBe(false);
});
