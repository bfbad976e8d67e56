import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  FinanceInputError,
  formatDecimal,
  formatNumber,
  formatRatio,
  parseDecimal,
  parseNumber,
  sumDecimals,
  toDecimal,
} from "./index.ts";

const GARBAGE = [
  " ",
  "abc",
  "NaN",
  "Infinity",
  "-Infinity",
  "0x10",
  "1_0",
  " 1",
  "1 ",
  "1,5",
  "--1",
  "1e999",
  ".",
  "-",
  "1".repeat(90),
];

function attempt(text: string): number | "refused" | undefined {
  try {
    return parseNumber(text);
  } catch (error) {
    if (error instanceof FinanceInputError) return "refused";
    throw error;
  }
}

describe("wire decimals", () => {
  it("reads an empty text as not told, never as zero", () => {
    expect(parseDecimal("")).toBeUndefined();
    expect(parseNumber("")).toBeUndefined();
    expect(formatDecimal(undefined)).toBe("");
    expect(formatNumber(undefined)).toBe("");
    expect(formatRatio(undefined)).toBe("");
  });

  it.each(GARBAGE)("refuses %j", (text) => {
    expect(() => parseDecimal(text)).toThrow(FinanceInputError);
    expect(() => parseNumber(text)).toThrow(FinanceInputError);
    expect(() => toDecimal(text)).toThrow(FinanceInputError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "gives no text and no decimal for %d",
    (value) => {
      expect(formatNumber(value)).toBe("");
      expect(formatRatio(value)).toBe("");
      expect(() => toDecimal(value)).toThrow(FinanceInputError);
    },
  );

  it("never gives a number for a text that is not one", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eE ]{1,12}$/)), (text) => {
        const outcome = attempt(text);
        const sound = outcome === undefined ? text === "" : outcome === "refused" || Number.isFinite(outcome);
        expect(sound).toBe(true);
      }),
    );
  });

  it("writes a double so that it reads back as the same double, without an exponent", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), (value) => {
        const text = formatNumber(value);
        expect(text).not.toMatch(/e/i);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it("sums exactly and gives no sum when a part is missing", () => {
    expect(formatDecimal(sumDecimals([toDecimal("0.1"), toDecimal("0.2")]))).toBe("0.3");
    expect(sumDecimals([toDecimal("0.1"), undefined])).toBeUndefined();
  });
});
