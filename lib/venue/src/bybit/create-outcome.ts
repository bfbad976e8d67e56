import type { SendOutcome } from "../port.ts";
import { DEFINITE_REFUSALS, DUPLICATE_LINK_ID, OUTSIDE_RECEIVE_WINDOW, classOfCode } from "./codes.ts";
import type { CodeClass } from "./codes.ts";
import type { PostAnswer } from "./rest-client.ts";

/**
 * What is known after sending a new order. Only a code the table lists as a definite refusal is `rejected`; whatever
 * else (timeout, 5xx, rate limits, codes nobody has listed) leaves the order's fate open.
 */
export function classifyCreate(answer: PostAnswer, linkId: string): SendOutcome {
  return classify(answer, linkId, DEFINITE_REFUSALS, DUPLICATE_LINK_ID);
}

const CANCEL_REFUSALS: ReadonlySet<CodeClass> = new Set([...DEFINITE_REFUSALS, "order_gone"]);

/** What is known after asking to cancel. "No such order" is definite: there is nothing to cancel, ask for its final state. */
export function classifyCancel(answer: PostAnswer, linkId: string): SendOutcome {
  return classify(answer, linkId, CANCEL_REFUSALS, new Set());
}

function classify(
  answer: PostAnswer,
  linkId: string,
  refusals: ReadonlySet<CodeClass>,
  duplicates: ReadonlySet<number>,
): SendOutcome {
  if (answer.kind === "no_answer") return { kind: "unknown", reason: answer.reason, venueTimeMs: undefined };
  const { status, retCode: code, message, timeMs: venueTimeMs } = answer;
  // A gateway's error page can carry any body: what is behind it may have taken the order.
  if (status >= 500) return { kind: "unknown", reason: `HTTP ${status} with code ${code}`, venueTimeMs };
  if (code === 0) return accepted(status, answer.result, linkId, venueTimeMs);
  if (code === OUTSIDE_RECEIVE_WINDOW) return { kind: "fenced", code, venueTimeMs };
  if (duplicates.has(code)) return { kind: "duplicate", code, venueTimeMs };
  const codeClass = classOfCode(code);
  if (codeClass !== undefined && refusals.has(codeClass)) return { kind: "rejected", code, message, venueTimeMs };
  return { kind: "unknown", reason: `code ${code} (${message})`, venueTimeMs };
}

function accepted(status: number, result: unknown, linkId: string, venueTimeMs: number): SendOutcome {
  const ids = typeof result === "object" && result !== null ? result : {};
  const orderId = "orderId" in ids ? ids.orderId : undefined;
  const echoed = "orderLinkId" in ids ? ids.orderLinkId : undefined;
  if (status !== 200 || typeof orderId !== "string" || orderId === "") {
    return { kind: "unknown", reason: `HTTP ${status} with code 0 but no order id`, venueTimeMs };
  }
  if (typeof echoed === "string" && echoed !== "" && echoed !== linkId) {
    return { kind: "unknown", reason: "the answer names another order link id than the one sent", venueTimeMs };
  }
  return { kind: "accepted", orderId, venueTimeMs };
}
