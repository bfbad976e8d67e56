import { BigNumber } from "bignumber.js";

/** Decimal arithmetic for everything that is paid. Throws on anything that is not a number. */
export const Decimal = BigNumber.clone({
  DECIMAL_PLACES: 20,
  ROUNDING_MODE: BigNumber.ROUND_HALF_UP,
  EXPONENTIAL_AT: 1e9,
});
export type Decimal = BigNumber;

export const ZERO = new Decimal(0);
export const ONE = new Decimal(1);

/** Decimal places kept in balances, averages and margins shown to clients. */
export const MONEY_PLACES = 8;

/** @throws when `text` is not a number */
export function decimal(text: string | number): Decimal {
  return new Decimal(text);
}

/** Plain notation without trailing zeros, at most `places` decimals. */
export function plain(value: Decimal, places: number = MONEY_PLACES): string {
  return value.decimalPlaces(places).toFixed();
}

/** Plain notation padded to exactly `places` decimals. */
export function padded(value: Decimal, places: number): string {
  return value.toFixed(places);
}

/** Decimal places of a plain decimal as written: "0.10" has 2. */
export function writtenPlaces(text: string): number {
  return (text.split(".")[1] ?? "").length;
}

/** Plain non-negative decimal as clients send it: no sign, no exponent, no spaces, bounded length. */
export const DECIMAL_TEXT = /^\d{1,18}(?:\.\d{1,18})?$/;

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}

export function smaller(left: Decimal, right: Decimal): Decimal {
  return left.isLessThan(right) ? left : right;
}

export function larger(left: Decimal, right: Decimal): Decimal {
  return left.isGreaterThan(right) ? left : right;
}
