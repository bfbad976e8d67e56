import { z } from "zod";

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

/**
 * A JSON number written out without an exponent: the venue sends strings, but a few fields have come as numbers.
 * Digits are moved as text, so nothing is rounded.
 */
export function plainDecimal(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", lead = "", fraction = "", exponentText = "0"] = match;
  const digits = lead + fraction;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.padEnd(exponent + 1, "0")}`;
}

/**
 * One spelling per number: no sign "+", no needless zeros. The same fact reads "0.250" on the stream and "0.25" in a
 * REST answer, and must have one identity.
 */
export function canonicalDecimal(text: string): string {
  const negative = text.startsWith("-");
  const unsigned = text.replace(/^[+-]/, "");
  const [whole = "0", fraction = ""] = unsigned.split(".");
  const head = whole.replace(/^0+(?=\d)/, "");
  const tail = fraction.replace(/0+$/, "");
  const digits = tail === "" ? head : `${head}.${tail}`;
  return negative && digits !== "0" ? `-${digits}` : digits;
}

/** A decimal that must be there. `""` is refused: it means "not applicable" on this venue and is never 0. */
export const decimal = z
  .union([z.string(), z.number().transform(plainDecimal)])
  .refine((text) => DECIMAL.test(text), "is not a decimal number")
  .transform(canonicalDecimal);

/** A decimal that may be absent, null or `""`: all three become `""`, "the venue does not say". Garbage is refused. */
export const decimalOrEmpty = z
  .union([z.literal(""), decimal])
  .nullish()
  .transform((text) => text ?? "");

/** A whole number, also as text: times and sequences. */
export const whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/, "is not a whole number")
    .transform(Number),
]);

/** A whole number that may be absent, null or `""`. */
export function wholeOr(fallback: number): z.ZodType<number> {
  return z
    .union([z.literal("").transform(() => fallback), whole])
    .nullish()
    .transform((value) => value ?? fallback);
}

/** A text that must be there and say something. */
export const word = z.string().min(1, "is empty");

/** A text that may be absent. New words of the venue pass. */
export const wordOrEmpty = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

/** A flag that may be absent. */
export const flagOrFalse = z
  .boolean()
  .nullish()
  .transform((flag) => flag ?? false);

/** Product family; a message of a family we do not speak of is refused, not misread. */
export const category = z.enum(["linear", "inverse", "spot"]);
