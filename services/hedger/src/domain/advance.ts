import type { Intent, LedgerState } from "@hedgelock/contracts";

import type { Alarm } from "./change.ts";
import { earliest, isResolved, positionOf, qtyOf, withIntent, withPosition } from "./ledger-state.ts";
import { isFinalState, type LifeEvent, lifeStateOf, transition } from "./order-life.ts";
import { giveBack } from "./order-budget.ts";
import { statusMeaning } from "./order-status.ts";

/** The life event that the facts gathered in an intent amount to. The state follows from the facts, not from their order. */
export function eventOfFacts(intent: Intent): LifeEvent {
  const filled = qtyOf(intent.cumExecQty);
  if (intent.finalStatus === "Filled" || filled.gte(qtyOf(intent.qty))) return "fill_whole";
  if (statusMeaning(intent.finalStatus) === "closed") {
    const nothingFilled = filled.isZero() && qtyOf(intent.reportedExecQty).isZero();
    return intent.finalStatus === "Rejected" && nothingFilled ? "reject" : "close";
  }
  return filled.gt(0) ? "fill_part" : "acknowledge";
}

/** Time at which the order was settled: its last fill when it was filled whole, else the first closing word. */
function closedTimeUs(intent: Intent, closedAtUs: number | undefined): number {
  if (!isFinalState(intent.state)) return 0;
  if (lifeStateOf(intent.state) === "FILLED" && intent.lastFillTimeUs > 0) return intent.lastFillTimeUs;
  return closedAtUs === undefined ? intent.closedTimeUs : earliest(intent.closedTimeUs, closedAtUs);
}

/**
 * Moves an intent on by what is now known of it.
 * @param closedAtUs when the word that closes it arrived; undefined for any other fact
 * @throws IllegalTransitionError
 */
export function moved(intent: Intent, event: LifeEvent, closedAtUs: number | undefined): Intent {
  const next = { ...intent, state: transition(intent.state, event) };
  return { ...next, closedTimeUs: closedTimeUs(next, closedAtUs) };
}

/**
 * Takes back a refusal that a new fact contradicts: the order exists after all, so it is ours again and counts again.
 * The alarm is for a person; what follows is decided on the facts.
 */
export function contradicted(intent: Intent, fact: string): { readonly intent: Intent; readonly alarm: Alarm } {
  return {
    intent: { ...intent, state: transition(intent.state, "contradict"), finalStatus: "", closedTimeUs: 0 },
    alarm: {
      invariant: "fill_after_refusal",
      detail: `order ${intent.linkId} was believed refused (${intent.finalStatus}), but ${fact}`,
    },
  };
}

/** Puts the moved intent into the state; the step that resolves it also gives back budget and counts escalation. */
export function putIntent(state: LedgerState, before: Intent, after: Intent): LedgerState {
  const next = withIntent(state, after);
  if (isResolved(before) || !isResolved(after)) return next;
  return escalated(giveBack(next, after), after);
}

/** An order that ended short widens the next one's price; one that was filled whole takes the widening back. */
function escalated(state: LedgerState, intent: Intent): LedgerState {
  const position = positionOf(state, intent.category, intent.symbol);
  switch (lifeStateOf(intent.state)) {
    case "CANCELLED":
      return withPosition(state, {
        ...position,
        escalation: intent.escalation + 1,
        escalatedTimeMs: intent.signTimeMs,
      });
    case "FILLED":
      if (position.escalation === 0 && position.escalatedTimeMs === 0) return state;
      return withPosition(state, { ...position, escalation: 0, escalatedTimeMs: 0 });
    case "REJECTED":
    case "VERIFIED":
    case "NONE":
    case "SENDING":
    case "UNKNOWN":
    case "ACKED":
    case "PARTIAL":
    case "CANCELLING":
      return state;
    default:
      return state;
  }
}
