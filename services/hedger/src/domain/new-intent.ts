import { type Decision, type Intent, OrderState } from "@hedgelock/contracts";

import type { OrderDraft } from "./plan.ts";

/** What an intent needs beside the draft. */
export interface IntentIdentity {
  readonly linkId: string;
  /** Venue time now: the request will be signed with it, whenever it is sent. */
  readonly signTimeMs: number;
  readonly recvWindowMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly decisionReceiveTimeUs: number;
  readonly openedTimeUs: number;
  /** Span id in the decision's header; "" when it had none. */
  readonly decisionSpanId: string;
  /** The risk engine builds the spans up to the decision. */
  readonly decisionTraced: boolean;
}

/** The intent of a draft, as it is opened in the ledger. */
export function newIntent(draft: OrderDraft, decision: Decision, identity: IntentIdentity): Intent {
  const { decisionSpanId, decisionTraced, ...named } = identity;
  return {
    ...draft,
    ...named,
    state: OrderState.ORDER_STATE_SENDING,
    attempt: 1,
    orderId: "",
    cumExecQty: "0",
    cumExecValue: "0",
    cumExecFee: "0",
    lastExecSeq: 0,
    decisionVersion: decision.version,
    tickReceiveTimeUs: decision.trigger?.receiveTimeUs ?? 0,
    decidedTimeUs: decision.decidedTimeUs,
    sentTimeUs: 0,
    acknowledgedTimeUs: 0,
    firstFillTimeUs: 0,
    lastFillTimeUs: 0,
    closedTimeUs: 0,
    notFoundAnswers: 0,
    notFoundSinceMs: 0,
    finalStatus: "",
    reportedExecQty: "",
    execIds: [],
    earlierAttemptOpen: false,
    postconditionChecked: false,
    lastExecTimeMs: 0,
    trace: {
      decisionSpanId,
      decisionTraced,
      cause: decision.trigger ?? decision.continued,
      storedTimeUs: 0,
      fills: [],
      checkedTimeUs: 0,
      postcondition: undefined,
    },
  };
}
