import type { HedgeTarget } from "@hedgelock/contracts";
import { type Decimal, roundToStep, toDecimal } from "@hedgelock/finance";

import { qtyOf } from "./ledger-state.ts";
import type { OrderRules, PlanLimits } from "./rules.ts";

const BPS = 10_000;

/** Basis points this order may go from the touch: the budget, once more for each time the last order fell short, up to the cap. */
export function slippageBpsAt(escalation: number, limits: Pick<PlanLimits, "slippageBps" | "hardCapBps">): number {
  return Math.min(limits.slippageBps * (1 + escalation), limits.hardCapBps);
}

/** The price we would trade at now: the bid for a sale, the ask for a purchase; the mark when the book is not known. */
function touch(target: HedgeTarget, side: "Buy" | "Sell"): Decimal | undefined {
  const quoted = qtyOf(side === "Sell" ? target.bidPrice : target.askPrice);
  if (quoted.gt(0)) return quoted;
  const mark = qtyOf(target.markPrice);
  return mark.gt(0) ? mark : undefined;
}

/**
 * Limit price of an immediate-or-cancel order: the touch the decision saw, moved against us by the budget. Rounded to
 * the tick toward the touch, so that the budget is never exceeded. undefined when the decision carries no price.
 */
export function limitPrice(
  target: HedgeTarget,
  side: "Buy" | "Sell",
  bps: number,
  rules: OrderRules,
): Decimal | undefined {
  const from = touch(target, side);
  if (from === undefined) return undefined;
  const tick = toDecimal(rules.tickSize);
  const moved = from.times(side === "Sell" ? BPS - bps : BPS + bps).div(BPS);
  const rounded = roundToStep(moved, tick, side === "Sell" ? "up" : "down");
  const floor = qtyOf(rules.minPrice);
  const ceiling = qtyOf(rules.maxPrice);
  if (rounded.lt(floor)) return roundToStep(floor, tick, "up");
  return ceiling.gt(0) && rounded.gt(ceiling) ? roundToStep(ceiling, tick, "down") : rounded;
}
