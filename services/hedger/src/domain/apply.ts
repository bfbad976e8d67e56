import type { LedgerState } from "@hedgelock/contracts";

import { applyArrival, applyLost, applyNotFound, applyRefusal } from "./apply-answer.ts";
import { applyExecution } from "./apply-execution.ts";
import { applyAttempt, applyOpen } from "./apply-open.ts";
import { applyOrder, applySettle } from "./apply-order.ts";
import { applyAdopt, applyPostcondition } from "./apply-position.ts";
import type { Change } from "./change.ts";
import type { LedgerInput } from "./ledger-input.ts";
import { withoutDone } from "./ledger-state.ts";

function applyRefused(state: LedgerState, input: Extract<LedgerInput, { kind: "refused" }>): Change {
  return {
    event: {
      $case: "refused",
      value: {
        symbol: input.symbol,
        decisionVersion: input.decisionVersion,
        rule: input.rule,
        detail: input.detail,
      },
    },
    state: { ...state, lastDecisionVersion: input.decisionVersion, lastDecisionEpoch: input.decisionEpoch },
    linkId: "",
    alarms: [],
  };
}

/** The link id an input is about; "" for none. */
function concernedLinkId(input: LedgerInput): string {
  switch (input.kind) {
    case "open":
      return input.intent.linkId;
    case "order":
      return input.order.orderLinkId;
    case "execution":
      return input.execution.orderLinkId;
    case "adopt":
    case "refused":
      return "";
    case "attempt":
    case "accepted":
    case "duplicate":
    case "rejected":
    case "not_arrived":
    case "lost":
    case "settle":
    case "not_found":
    case "postcondition":
      return input.linkId;
    default:
      return input satisfies never;
  }
}

/**
 * What an input changes: the record to append, or undefined when it tells nothing new. Pure; applying an input to a
 * state that already contains it changes nothing, so after a lost race it is applied again to what the other wrote.
 * @throws IllegalTransitionError, InvariantError for what only a fault of this program can ask
 */
export function apply(current: LedgerState, input: LedgerInput): Change | undefined {
  const state = withoutDone(current, concernedLinkId(input));
  switch (input.kind) {
    case "open":
      return applyOpen(state, input);
    case "attempt":
      return applyAttempt(state, input);
    case "accepted":
    case "duplicate":
      return applyArrival(state, input);
    case "rejected":
    case "not_arrived":
      return applyRefusal(state, input);
    case "lost":
      return applyLost(state, input);
    case "order":
      return applyOrder(state, input);
    case "execution":
      return applyExecution(state, input);
    case "settle":
      return applySettle(state, input);
    case "not_found":
      return applyNotFound(state, input);
    case "adopt":
      return applyAdopt(state, input);
    case "postcondition":
      return applyPostcondition(state, input);
    case "refused":
      return applyRefused(state, input);
    default:
      return input satisfies never;
  }
}
