import { type Decision, InputQuality, type Intent, type LedgerState } from "@hedgelock/contracts";

import { positionOf, qtyOf, signOf } from "./ledger-state.ts";
import { ageMs, isSuperseded } from "./plan.ts";
import type { PlanTime } from "./rules.ts";

/**
 * Whether the newest decision would still have this very order placed: asked before another attempt of it. The gap is
 * taken without the intent itself; the order must fit into it whole.
 */
export function isStillWanted(
  intent: Intent,
  decision: Decision | undefined,
  state: LedgerState,
  now: PlanTime,
  maxDecisionAgeMs: number,
): boolean {
  if (decision === undefined || isSuperseded(decision, state) || ageMs(decision, now) > maxDecisionAgeMs) return false;
  if (decision.inputQuality !== InputQuality.INPUT_QUALITY_FRESH && !intent.reduceOnly) return false;
  const target = decision.targets.find((entry) => entry.symbol === intent.symbol && entry.category === intent.category);
  if (target === undefined) return false;
  const position = qtyOf(positionOf(state, intent.category, intent.symbol).qty);
  const room = qtyOf(target.targetQty).minus(position).times(signOf(intent.side));
  return room.gt(qtyOf(target.bandQty)) && room.gte(qtyOf(intent.qty));
}
