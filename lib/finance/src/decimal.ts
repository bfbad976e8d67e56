import { BigNumber } from "bignumber.js";

import { FinanceInputError } from "./errors.ts";

/** An exact decimal: quantities, balances and prices that are paid. */
export type Decimal = BigNumber;

/** Zero, for sums. Never a stand-in for a missing value. */
export const ZERO: Decimal = new BigNumber(0);

/**
 * A decimal as it stands on the wire. The library alone would also take spaces, underscores, hexadecimal, "NaN" and
 * "Infinity"; none of these is a quantity.
 */
const WIRE_DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?$/;
const MAX_LENGTH = 80;

function checked(text: string): string {
  if (text.length > MAX_LENGTH || !WIRE_DECIMAL.test(text)) {
    throw new FinanceInputError(`${JSON.stringify(text.slice(0, MAX_LENGTH))} is not a decimal number`);
  }
  return text;
}

/**
 * Reads a wire decimal exactly. "" is "not told" and gives undefined, never 0.
 * @throws FinanceInputError for anything that is neither empty nor a finite decimal
 */
export function parseDecimal(text: string): Decimal | undefined {
  return text === "" ? undefined : new BigNumber(checked(text));
}

/**
 * Reads a wire decimal as a double, for ratios and statistics only. "" gives undefined, never 0.
 * @throws FinanceInputError for anything that is neither empty nor a finite decimal
 */
export function parseNumber(text: string): number | undefined {
  return text === "" ? undefined : Number(checked(text));
}

/** Makes a decimal from a text or a finite double (its shortest exact spelling). @throws FinanceInputError */
export function toDecimal(value: string | number): Decimal {
  if (typeof value === "string") return new BigNumber(checked(value));
  if (!Number.isFinite(value)) throw new FinanceInputError(`${value} is not a finite number`);
  return new BigNumber(String(value));
}

/** The wire form: plain digits without an exponent; "" for undefined. */
export function formatDecimal(value: Decimal | undefined): string {
  return value === undefined ? "" : value.toFixed();
}

/** The wire form of a double, its shortest spelling that reads back as the same double; "" for undefined or not finite. */
export function formatNumber(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? "" : new BigNumber(String(value)).toFixed();
}

/** Digits after the point of a ratio on the wire. */
export const RATIO_DIGITS = 6;

/** The wire form of a ratio, {@link RATIO_DIGITS} digits; "" for undefined or not finite. */
export function formatRatio(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? "" : value.toFixed(RATIO_DIGITS);
}

/** Sum of decimals; undefined as soon as one of them is missing. */
export function sumDecimals(values: readonly (Decimal | undefined)[]): Decimal | undefined {
  let sum = ZERO;
  for (const value of values) {
    if (value === undefined) return undefined;
    sum = sum.plus(value);
  }
  return sum;
}
