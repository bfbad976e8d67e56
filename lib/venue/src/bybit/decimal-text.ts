/**
 * Guards for the decimal strings of market frames. Hand-written because they run several times a frame: market frames
 * are the one outer edge that zod does not guard, as it would cost more than the parsing itself.
 */

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;

/** What a text is, as a number: positive, zero, or no unsigned decimal at all. */
export type Magnitude = "positive" | "zero" | "not_decimal";

/** Judges an unsigned decimal: digits with at most one dot between digits. */
export function magnitudeOf(text: string, from: number = 0): Magnitude {
  const length = text.length;
  let dot = -1;
  let positive = false;
  for (let index = from; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (dot !== -1 || index === from || index === length - 1) return "not_decimal";
      dot = index;
    } else if (code < ZERO || code > NINE) {
      return "not_decimal";
    } else if (code !== ZERO) {
      positive = true;
    }
  }
  if (length === from) return "not_decimal";
  return positive ? "positive" : "zero";
}

/** True for a decimal with an optional minus sign. */
export function isSignedDecimal(text: string): boolean {
  return magnitudeOf(text, text.charCodeAt(0) === MINUS ? 1 : 0) !== "not_decimal";
}
