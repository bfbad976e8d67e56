import type { Decimal } from "./decimal.ts";
import { FinanceInputError } from "./errors.ts";

/**
 * Where a value goes when it lies between two steps. The caller says which side is safe; there is no default:
 * a buy limit goes `down`, a sell limit `up`; an order that may not exceed something goes `toward_zero`; a hedge that
 * must cover something goes `away_from_zero`.
 */
export type RoundingDirection = "down" | "up" | "toward_zero" | "away_from_zero";

function goesUp(direction: RoundingDirection, isNegative: boolean): boolean {
  switch (direction) {
    case "up":
      return true;
    case "down":
      return false;
    case "toward_zero":
      return isNegative;
    case "away_from_zero":
      return !isNegative;
    default:
      throw new FinanceInputError(`${String(direction satisfies never)} is not a rounding direction`);
  }
}

/**
 * Rounds to a multiple of `step` (an instrument's lot or tick size) in a stated direction.
 * @throws FinanceInputError when the step is not a positive number
 */
export function roundToStep(value: Decimal, step: Decimal, direction: RoundingDirection): Decimal {
  if (!step.isFinite() || step.lte(0)) throw new FinanceInputError(`a step must be positive, not ${step.toFixed()}`);
  if (!value.isFinite()) throw new FinanceInputError("only a finite value can be rounded");
  // The remainder is exact; a quotient is not (20 decimal places), and would miss the step.
  const remainder = value.mod(step);
  if (remainder.isZero()) return value;
  const below = value.minus(remainder).minus(value.isNegative() ? step : 0);
  return goesUp(direction, value.isNegative()) ? below.plus(step) : below;
}
