import { type Decision, type HedgeTarget, InputQuality, type LedgerState } from "@hedgelock/contracts";
import { type Decimal, formatDecimal, roundToStep, toDecimal } from "@hedgelock/finance";

import { exposureOf, positionOf, qtyOf, unresolvedOn } from "./ledger-state.ts";
import { limitPrice, slippageBpsAt } from "./limit-price.ts";
import { budgetAt, orderedToday } from "./order-budget.ts";
import { type OrderRules, type PlanLimits, type PlanTime, type RefusalRule, RESERVED_SHARE } from "./rules.ts";

/** How long a short-filled order goes on widening the next one's price, venue milliseconds. */
export const ESCALATION_MEMORY_MS = 60_000;

/** An order to be opened; the link id, the signing time and the trace come from the ledger and the caller. */
export interface OrderDraft {
  readonly category: string;
  readonly symbol: string;
  readonly side: "Buy" | "Sell";
  readonly qty: string;
  readonly limitPrice: string;
  readonly timeInForce: "IOC";
  readonly reduceOnly: boolean;
  readonly targetQty: string;
  readonly bandQty: string;
  readonly escalation: number;
}

/** Why there is nothing to do. */
export type Idle = "old_decision" | "in_flight" | "in_band";

export type Plan =
  | { readonly kind: "open"; readonly draft: OrderDraft }
  | { readonly kind: "refused"; readonly symbol: string; readonly rule: RefusalRule; readonly detail: string }
  | { readonly kind: "nothing"; readonly reason: Idle };

export interface PlanRequest {
  readonly decision: Decision;
  readonly target: HedgeTarget;
  readonly state: LedgerState;
  /** undefined when the venue's rules of this instrument are not known. */
  readonly rules: OrderRules | undefined;
  readonly limits: PlanLimits;
  readonly now: PlanTime;
}

/** Whether a decision may still be acted on, as far as its order among decisions goes: a lower epoch is fenced off. */
export function isSuperseded(decision: Decision, state: LedgerState): boolean {
  if (decision.epoch !== state.lastDecisionEpoch) return decision.epoch < state.lastDecisionEpoch;
  return decision.version < state.lastDecisionVersion;
}

/** Age of a decision in milliseconds, by the wall clock both processes keep. */
export function ageMs(decision: Decision, now: PlanTime): number {
  return (now.nowUs - decision.decidedTimeUs) / 1000;
}

interface Gap {
  /** Signed: what is missing to the target, on position and in flight. */
  readonly qty: Decimal;
  readonly position: Decimal;
  readonly side: "Buy" | "Sell";
  readonly reduceOnly: boolean;
}

function gapOf({ target, state }: PlanRequest): Gap {
  const exposure = exposureOf(state, target.category, target.symbol);
  const qty = toDecimal(target.targetQty).minus(exposure);
  const position = qtyOf(positionOf(state, target.category, target.symbol).qty);
  const reduceOnly = !position.isZero() && position.isNegative() !== qty.isNegative();
  return { qty, position, side: qty.isNegative() ? "Sell" : "Buy", reduceOnly };
}

/**
 * What to do about one target of a decision. Sized on position plus everything in flight; one order at a time for an
 * instrument; rounded down to the lot, so that the target is never passed; reduce-only when it only shrinks the
 * position, and never through zero in one order.
 */
export function plan(request: PlanRequest): Plan {
  const { decision, target, state } = request;
  if (isSuperseded(decision, state)) return { kind: "nothing", reason: "old_decision" };
  if (unresolvedOn(state, target.category, target.symbol).length > 0) return { kind: "nothing", reason: "in_flight" };
  const gap = gapOf(request);
  if (gap.qty.isZero() || gap.qty.abs().lte(qtyOf(target.bandQty))) return { kind: "nothing", reason: "in_band" };
  const refused = (rule: RefusalRule, detail: string): Plan => ({
    kind: "refused",
    symbol: target.symbol,
    rule,
    detail,
  });
  const age = ageMs(decision, request.now);
  if (age > request.limits.maxDecisionAgeMs) {
    return refused("decision_too_old", `decision ${decision.version} is ${Math.round(age)} ms old`);
  }
  if (decision.inputQuality !== InputQuality.INPUT_QUALITY_FRESH && !gap.reduceOnly) {
    return refused("input_quality_not_fresh", `new risk needs fresh inputs; ${formatDecimal(gap.qty)} not ordered`);
  }
  return sized(request, gap, refused);
}

type Refuse = (rule: RefusalRule, detail: string) => Plan;

function sized(request: PlanRequest, gap: Gap, refused: Refuse): Plan {
  const { target, rules, limits, now, state } = request;
  const symbolLimits = limits.perSymbol[target.symbol];
  if (symbolLimits === undefined)
    return refused("no_limits_configured", `no limits are configured for ${target.symbol}`);
  if (rules === undefined) return refused("unknown_instrument", `the venue's rules of ${target.symbol} are not known`);

  const step = toDecimal(rules.qtyStep);
  const budget = budgetAt(state, now.venueTimeMs);
  const wanted = gap.reduceOnly ? smaller(gap.qty.abs(), gap.position.abs()) : gap.qty.abs();
  const dayLeft = toDecimal(symbolLimits.maxDayQty).minus(orderedToday(budget, target.symbol));
  let qty = smaller(wanted, smaller(toDecimal(rules.maxOrderQty), toDecimal(symbolLimits.maxOrderQty)));
  const minQty = gap.reduceOnly
    ? toDecimal(rules.minOrderQty)
    : larger(toDecimal(rules.minOrderQty), qtyOf(symbolLimits.minOrderQty ?? ""));
  if (roundToStep(qty, step, "toward_zero").lt(minQty)) {
    return refused(
      "below_minimum_lot",
      `${formatDecimal(gap.qty)} is left, the smallest order is ${formatDecimal(minQty)}`,
    );
  }
  if (!gap.reduceOnly) {
    qty = smaller(qty, dayLeft);
    if (roundToStep(larger(qty, toDecimal("0")), step, "toward_zero").lt(minQty)) {
      return refused("max_day_qty", `${symbolLimits.maxDayQty} a day; ${formatDecimal(dayLeft)} left of it`);
    }
  }
  const mayRequest = gap.reduceOnly
    ? limits.maxOrdersPerMinute
    : Math.max(1, Math.floor(limits.maxOrdersPerMinute * (1 - RESERVED_SHARE)));
  if (budget.recentOrderTimesMs.length >= mayRequest) {
    return refused(
      "max_orders_per_minute",
      `${budget.recentOrderTimesMs.length} within the last minute, ${mayRequest} allowed`,
    );
  }
  return priced(request, gap, roundToStep(qty, step, "toward_zero"), rules, refused);
}

function priced(request: PlanRequest, gap: Gap, qty: Decimal, rules: OrderRules, refused: Refuse): Plan {
  const { target, limits, now, state } = request;
  const position = positionOf(state, target.category, target.symbol);
  const recent = now.venueTimeMs - position.escalatedTimeMs < ESCALATION_MEMORY_MS;
  const escalation = recent ? position.escalation : 0;
  const price = limitPrice(target, gap.side, slippageBpsAt(escalation, limits), rules);
  if (price === undefined)
    return refused("no_price", `decision ${request.decision.version} carries no price of ${target.symbol}`);
  const notional = price.times(qty);
  if (!gap.reduceOnly && notional.lt(qtyOf(rules.minNotional))) {
    return refused("min_notional", `${formatDecimal(notional)} is below the venue's minimum ${rules.minNotional}`);
  }
  return {
    kind: "open",
    draft: {
      category: target.category,
      symbol: target.symbol,
      side: gap.side,
      qty: formatDecimal(qty),
      limitPrice: formatDecimal(price),
      timeInForce: "IOC",
      reduceOnly: gap.reduceOnly,
      targetQty: target.targetQty,
      bandQty: target.bandQty,
      escalation,
    },
  };
}

function smaller(left: Decimal, right: Decimal): Decimal {
  return left.lt(right) ? left : right;
}

function larger(left: Decimal, right: Decimal): Decimal {
  return left.gt(right) ? left : right;
}
