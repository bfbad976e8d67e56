import type { LedgerState } from "@hedgelock/contracts";

import type { Change } from "./change.ts";
import type { LedgerInput } from "./ledger-input.ts";
import { findIntent, unresolvedOn, withIntent } from "./ledger-state.ts";
import { budgetAt, spendQty, spendRequest } from "./order-budget.ts";
import { canHappen, transition } from "./order-life.ts";

/** Thrown for an intent that may not be opened: a fault of this program. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
  readonly code = "HEDGER_INVARIANT";
}

/** Opens an intent. @throws InvariantError when the instrument already has one that is not resolved */
export function applyOpen(state: LedgerState, input: Extract<LedgerInput, { kind: "open" }>): Change {
  const { intent } = input;
  const open = unresolvedOn(state, intent.category, intent.symbol)[0];
  if (open !== undefined) {
    throw new InvariantError(
      `${intent.symbol} already has the unresolved intent ${open.linkId}: ${intent.linkId} may not be opened`,
    );
  }
  if (findIntent(state, intent.linkId) !== undefined) {
    throw new InvariantError(`the link id ${intent.linkId} is already in the ledger`);
  }
  const opened = { ...intent, state: transition(0, "open"), attempt: 1 };
  const budget = spendQty(
    spendRequest(budgetAt(state, input.venueTimeMs), input.venueTimeMs),
    intent.symbol,
    intent.qty,
  );
  return {
    event: { $case: "intentOpened", value: { linkId: intent.linkId } },
    state: {
      ...withIntent(state, opened),
      budget,
      lastDecisionVersion: intent.decisionVersion,
      lastDecisionEpoch: input.decisionEpoch,
    },
    linkId: intent.linkId,
    alarms: [],
  };
}

/** Another attempt under the same link id. */
export function applyAttempt(state: LedgerState, input: Extract<LedgerInput, { kind: "attempt" }>): Change | undefined {
  const intent = findIntent(state, input.linkId);
  if (intent === undefined || intent.attempt !== input.attempt - 1) return undefined;
  // Meanwhile it may have been found, by us or by another hedger: then there is nothing left to attempt.
  if (!canHappen(intent.state, "attempt")) return undefined;
  const moved = transition(intent.state, "attempt");
  const next = {
    ...intent,
    state: moved,
    attempt: input.attempt,
    signTimeMs: input.signTimeMs,
    earlierAttemptOpen: intent.earlierAttemptOpen || !input.provedOut,
    notFoundAnswers: 0,
    notFoundSinceMs: 0,
  };
  const budget = spendRequest(budgetAt(state, input.signTimeMs), input.signTimeMs);
  return {
    event: {
      $case: "attempt",
      value: { linkId: input.linkId, attempt: input.attempt, signTimeMs: input.signTimeMs },
    },
    state: { ...withIntent(state, next), budget },
    linkId: input.linkId,
    alarms: [],
  };
}
