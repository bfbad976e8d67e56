import type { Intent, LedgerState } from "@hedgelock/contracts";

import { contradicted, eventOfFacts, moved, putIntent } from "./advance.ts";
import type { Alarm, Change } from "./change.ts";
import { judgeNotFound } from "./evidence.ts";
import type { LedgerInput } from "./ledger-input.ts";
import { earliest, findIntent } from "./ledger-state.ts";
import { lifeStateOf } from "./order-life.ts";
import { NEVER_ARRIVED } from "./order-status.ts";
import { sameIntent } from "./same-intent.ts";

type InputOf<Kind extends LedgerInput["kind"]> = Extract<LedgerInput, { kind: Kind }>;

function withSentTime(intent: Intent, sentTimeUs: number): Intent {
  return { ...intent, sentTimeUs: earliest(intent.sentTimeUs, sentTimeUs) };
}

/** Whether the outcome of sending is still open, so that an answer to it can decide something. */
function isSending(intent: Intent): boolean {
  const name = lifeStateOf(intent.state);
  return name === "SENDING" || name === "UNKNOWN";
}

/** Proof of arrival: the venue took the order, or refused the link id as already taken. */
export function applyArrival(
  state: LedgerState,
  input: InputOf<"accepted"> | InputOf<"duplicate">,
): Change | undefined {
  const before = findIntent(state, input.linkId);
  if (before === undefined) return undefined;
  const alarms: Alarm[] = [];
  let intent = before;
  if (before.finalStatus === NEVER_ARRIVED) {
    const taken = contradicted(before, "the venue answered that it has it");
    intent = taken.intent;
    alarms.push(taken.alarm);
  }
  const orderId = input.kind === "accepted" ? input.orderId : "";
  const told = {
    ...withSentTime(intent, input.sentTimeUs),
    orderId: intent.orderId === "" ? orderId : intent.orderId,
    acknowledgedTimeUs: earliest(intent.acknowledgedTimeUs, input.atUs),
    notFoundAnswers: 0,
    notFoundSinceMs: 0,
  };
  const after = moved(told, eventOfFacts(told), undefined);
  if (sameIntent(before, after)) return undefined;
  return {
    event: { $case: "acknowledged", value: { linkId: input.linkId, orderId: after.orderId } },
    state: putIntent(state, before, after),
    linkId: input.linkId,
    alarms,
  };
}

function outcomeUnknown(state: LedgerState, before: Intent, reason: string, sentTimeUs: number): Change | undefined {
  if (lifeStateOf(before.state) !== "SENDING") return undefined;
  const after = moved(withSentTime(before, sentTimeUs), "lose", undefined);
  return {
    event: { $case: "outcomeUnknown", value: { linkId: before.linkId, reason } },
    state: putIntent(state, before, after),
    linkId: before.linkId,
    alarms: [],
  };
}

/** The outcome of this attempt is not known. */
export function applyLost(state: LedgerState, input: InputOf<"lost">): Change | undefined {
  const before = findIntent(state, input.linkId);
  if (before === undefined || before.attempt !== input.attempt) return undefined;
  return outcomeUnknown(state, before, input.reason, input.sentTimeUs);
}

/**
 * A definite refusal of one attempt. It decides the order only when no earlier attempt may still have arrived: the
 * venue checks an order before it looks at the link id, so "insufficient balance" for the second attempt says nothing
 * about the first.
 */
export function applyRefusal(
  state: LedgerState,
  input: InputOf<"rejected"> | InputOf<"not_arrived">,
): Change | undefined {
  const before = findIntent(state, input.linkId);
  if (before === undefined || before.attempt !== input.attempt || !isSending(before)) return undefined;
  const said = input.kind === "rejected" ? `refused with ${input.code} ${input.message}` : input.evidence;
  if (before.earlierAttemptOpen) {
    const reason = `attempt ${input.attempt}: ${said}; an earlier attempt may have arrived`;
    return outcomeUnknown(state, before, reason, input.sentTimeUs);
  }
  const finalStatus = input.kind === "rejected" ? "Rejected" : NEVER_ARRIVED;
  const told = { ...withSentTime(before, input.sentTimeUs), finalStatus };
  const after = moved(told, input.kind === "rejected" ? "reject" : "never_arrived", input.atUs);
  return {
    event:
      input.kind === "rejected"
        ? { $case: "rejected", value: { linkId: input.linkId, code: input.code, message: input.message } }
        : { $case: "neverArrived", value: { linkId: input.linkId, evidence: input.evidence } },
    state: putIntent(state, before, after),
    linkId: input.linkId,
    alarms: [],
  };
}

/** A "not found" answer for an order that is UNKNOWN: evidence once the fence has passed, proof when enough of them agree. */
export function applyNotFound(state: LedgerState, input: InputOf<"not_found">): Change | undefined {
  const before = findIntent(state, input.linkId);
  if (before === undefined || lifeStateOf(before.state) !== "UNKNOWN") return undefined;
  const verdict = judgeNotFound(before, input.venueTimeMs, input.rules);
  if (verdict === "too_early") return undefined;
  const answers = before.notFoundAnswers + 1;
  const counted = {
    ...before,
    notFoundAnswers: answers,
    notFoundSinceMs: before.notFoundAnswers === 0 ? input.venueTimeMs : before.notFoundSinceMs,
  };
  const text = `not found in open orders, history and executions, answer ${answers} of ${input.rules.agreeingAnswers} at venue time ${input.venueTimeMs}; last attempt signed at ${before.signTimeMs}, window ${before.recvWindowMs} ms`;
  const proved = verdict === "proves";
  const after = proved
    ? moved({ ...counted, finalStatus: NEVER_ARRIVED }, "never_arrived", input.atUs)
    : moved(counted, "lose", undefined);
  return {
    event: proved
      ? { $case: "neverArrived", value: { linkId: input.linkId, evidence: text } }
      : { $case: "outcomeUnknown", value: { linkId: input.linkId, reason: text } },
    state: putIntent(state, before, after),
    linkId: input.linkId,
    alarms: [],
  };
}
