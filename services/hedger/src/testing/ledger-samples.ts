import type { Intent, LedgerState } from "@hedgelock/contracts";

import { apply } from "../domain/apply.ts";
import type { LedgerInput } from "../domain/ledger-input.ts";
import { emptyLedger, findIntent } from "../domain/ledger-state.ts";
import { newIntent } from "../domain/new-intent.ts";
import type { OrderDraft } from "../domain/plan.ts";
import { aDecision } from "./samples.ts";

export const LINK_ID = "hl-00000000000000-1";
export const SIGNED_MS = 1_785_600_000_000;

/** A draft to sell a quarter, as the plan makes it. */
export function aDraft(changes: Partial<OrderDraft> = {}): OrderDraft {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    side: "Sell",
    qty: "0.25",
    limitPrice: "59700",
    timeInForce: "IOC",
    reduceOnly: false,
    targetQty: "-0.25",
    bandQty: "0.005",
    escalation: 0,
    ...changes,
  };
}

/** The intent of such a draft. */
export function anIntent(changes: Partial<OrderDraft> = {}, linkId = LINK_ID): Intent {
  return newIntent(aDraft(changes), aDecision(), {
    linkId,
    signTimeMs: SIGNED_MS,
    recvWindowMs: 5000,
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    decisionReceiveTimeUs: SIGNED_MS * 1000,
    openedTimeUs: SIGNED_MS * 1000,
    decisionSpanId: "c7ad6b7169203332",
    decisionTraced: true,
  });
}

/** A ledger with this one intent opened, SENDING. */
export function opened(
  changes: Partial<OrderDraft> = {},
  before: LedgerState = emptyLedger(),
  linkId = LINK_ID,
): LedgerState {
  return applied(before, { kind: "open", intent: anIntent(changes, linkId), decisionEpoch: 1, venueTimeMs: SIGNED_MS });
}

/** The state after the inputs; those that say nothing new change nothing. */
export function applied(state: LedgerState, ...inputs: readonly LedgerInput[]): LedgerState {
  return inputs.reduce((now, input) => apply(now, input)?.state ?? now, state);
}

/** The intent in a state. */
export function intentIn(state: LedgerState, linkId = LINK_ID): Intent {
  const intent = findIntent(state, linkId);
  if (intent === undefined) throw new Error(`no intent ${linkId} in the state`);
  return intent;
}
