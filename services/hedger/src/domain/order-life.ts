import { OrderState } from "@hedgelock/contracts";

/** What can happen to an order intent. */
export const LIFE_EVENTS = [
  "open",
  "attempt",
  "acknowledge",
  "lose",
  "fill_part",
  "fill_whole",
  "request_cancel",
  "close",
  "reject",
  "never_arrived",
  "contradict",
  "verify",
] as const;
export type LifeEvent = (typeof LIFE_EVENTS)[number];

/** States of an intent in the order in which a person reads them; NONE is before it exists. */
export const LIFE_STATES = [
  "NONE",
  "SENDING",
  "UNKNOWN",
  "ACKED",
  "PARTIAL",
  "CANCELLING",
  "FILLED",
  "CANCELLED",
  "REJECTED",
  "VERIFIED",
] as const;
export type LifeState = (typeof LIFE_STATES)[number];

/** What each event means, for the documentation. */
export const LIFE_EVENT_MEANING: Readonly<Record<LifeEvent, string>> = {
  open: "the intent is written to the ledger, with its link id and signing time",
  attempt: "another attempt under the same link id, with a signing time of its own",
  acknowledge: "proof that the order reached the venue: an answer, a duplicate refusal, an order update",
  lose: "the outcome of sending is not known: timeout, 5xx, broken socket, ambiguous code, restart",
  fill_part: "an execution that leaves a remainder",
  fill_whole: "an execution that leaves none, or the venue's word Filled",
  request_cancel: "we asked the venue to cancel",
  close: "the venue's word Cancelled, PartiallyFilledCanceled or Deactivated",
  reject: "a definite refusal: by code of the first open attempt, or the venue's word Rejected",
  never_arrived: "proof that no attempt arrived and none can arrive any more",
  contradict: "evidence that an order exists which was believed refused; always an alarm",
  verify: "the postcondition held on position data newer than the last fill",
};

/**
 * The order life: from state and event to state. A pair that is not here cannot happen; {@link transition} throws.
 * Where a state maps to itself, the event is a late or repeated fact that may add knowledge but not move the state:
 * what is final never regresses.
 */
export const TRANSITIONS: Readonly<Record<LifeState, Readonly<Partial<Record<LifeEvent, LifeState>>>>> = {
  NONE: { open: "SENDING" },
  SENDING: {
    attempt: "SENDING",
    acknowledge: "ACKED",
    lose: "UNKNOWN",
    fill_part: "PARTIAL",
    fill_whole: "FILLED",
    close: "CANCELLED",
    reject: "REJECTED",
    never_arrived: "REJECTED",
  },
  UNKNOWN: {
    attempt: "SENDING",
    acknowledge: "ACKED",
    lose: "UNKNOWN",
    fill_part: "PARTIAL",
    fill_whole: "FILLED",
    close: "CANCELLED",
    reject: "REJECTED",
    never_arrived: "REJECTED",
  },
  ACKED: {
    acknowledge: "ACKED",
    fill_part: "PARTIAL",
    fill_whole: "FILLED",
    request_cancel: "CANCELLING",
    close: "CANCELLED",
    reject: "REJECTED",
  },
  PARTIAL: {
    acknowledge: "PARTIAL",
    fill_part: "PARTIAL",
    fill_whole: "FILLED",
    request_cancel: "CANCELLING",
    close: "CANCELLED",
  },
  CANCELLING: {
    acknowledge: "CANCELLING",
    fill_part: "CANCELLING",
    fill_whole: "FILLED",
    close: "CANCELLED",
    reject: "REJECTED",
  },
  FILLED: {
    acknowledge: "FILLED",
    fill_part: "FILLED",
    fill_whole: "FILLED",
    close: "FILLED",
    verify: "VERIFIED",
  },
  CANCELLED: {
    acknowledge: "CANCELLED",
    fill_part: "CANCELLED",
    fill_whole: "FILLED",
    close: "CANCELLED",
    verify: "VERIFIED",
  },
  REJECTED: { acknowledge: "REJECTED", reject: "REJECTED", close: "CANCELLED", contradict: "UNKNOWN" },
  VERIFIED: {
    acknowledge: "VERIFIED",
    fill_part: "VERIFIED",
    fill_whole: "VERIFIED",
    close: "VERIFIED",
  },
};

/** States after which the venue will do nothing more with the order. */
export const FINAL_STATES: readonly LifeState[] = ["FILLED", "CANCELLED", "REJECTED", "VERIFIED"];

const STATE_OF_NAME: Readonly<Record<Exclude<LifeState, "NONE">, OrderState>> = {
  SENDING: OrderState.ORDER_STATE_SENDING,
  UNKNOWN: OrderState.ORDER_STATE_UNKNOWN,
  ACKED: OrderState.ORDER_STATE_ACKED,
  PARTIAL: OrderState.ORDER_STATE_PARTIAL,
  CANCELLING: OrderState.ORDER_STATE_CANCELLING,
  FILLED: OrderState.ORDER_STATE_FILLED,
  CANCELLED: OrderState.ORDER_STATE_CANCELLED,
  REJECTED: OrderState.ORDER_STATE_REJECTED,
  VERIFIED: OrderState.ORDER_STATE_VERIFIED,
};

/** Name of a wire state; NONE for an unspecified one. */
export function lifeStateOf(state: OrderState): LifeState {
  return LIFE_STATES.find((name) => name !== "NONE" && STATE_OF_NAME[name] === state) ?? "NONE";
}

/** Thrown for a pair that the table does not have: a fault of this program, never of the venue. */
export class IllegalTransitionError extends Error {
  override readonly name = "IllegalTransitionError";
  readonly code = "HEDGER_ILLEGAL_TRANSITION";
}

/** The state after the event. @throws IllegalTransitionError */
export function transition(state: OrderState, event: LifeEvent): OrderState {
  const from = lifeStateOf(state);
  const to = TRANSITIONS[from][event];
  if (to === undefined || to === "NONE") {
    throw new IllegalTransitionError(`an order intent that is ${from} cannot ${event}`);
  }
  return STATE_OF_NAME[to];
}

/** Whether the table has the pair. */
export function canHappen(state: OrderState, event: LifeEvent): boolean {
  return TRANSITIONS[lifeStateOf(state)][event] !== undefined;
}

/** Whether the venue is done with an order in this state. */
export function isFinalState(state: OrderState): boolean {
  return FINAL_STATES.includes(lifeStateOf(state));
}
