import type { Intent, LedgerState, OrderUpdate } from "@hedgelock/contracts";
import { formatDecimal } from "@hedgelock/finance";

import { contradicted, eventOfFacts, moved, putIntent } from "./advance.ts";
import type { Alarm, Change } from "./change.ts";
import type { LedgerInput } from "./ledger-input.ts";
import { earliest, findIntent, qtyOf } from "./ledger-state.ts";
import { lifeStateOf } from "./order-life.ts";
import { NEVER_ARRIVED, statusMeaning, strongerWord } from "./order-status.ts";
import { sameIntent } from "./same-intent.ts";

/** What is wrong with an order that the venue shows under the link id of an intent. Asked of every update, whether or not it is news. */
export function inspectOrder(intent: Intent, order: OrderUpdate): readonly Alarm[] {
  const alarms: Alarm[] = [];
  if (intent.orderId !== "" && order.orderId !== "" && intent.orderId !== order.orderId) {
    alarms.push({
      invariant: "two_orders_one_link_id",
      detail: `link id ${intent.linkId} names the orders ${intent.orderId} and ${order.orderId}`,
    });
  }
  // A venue may shorten a reduce-only order to the position, never lengthen one.
  const longer = order.qty !== "" && qtyOf(order.qty).gt(qtyOf(intent.qty));
  if (order.symbol !== intent.symbol || order.side !== intent.side || longer) {
    alarms.push({
      invariant: "order_differs_from_intent",
      detail: `order ${order.orderId} under ${intent.linkId} is ${order.side} ${order.qty} ${order.symbol}; the intent is ${intent.side} ${intent.qty} ${intent.symbol}`,
    });
  }
  return alarms;
}

function merged(intent: Intent, order: OrderUpdate, sentTimeUs: number): Intent {
  const told = {
    ...intent,
    orderId: intent.orderId === "" ? order.orderId : intent.orderId,
    sentTimeUs: earliest(intent.sentTimeUs, sentTimeUs),
    notFoundAnswers: 0,
    notFoundSinceMs: 0,
  };
  if (statusMeaning(order.orderStatus) !== "closed") return told;
  // Only a closing word's figure is taken: before that the fills themselves say more, and in their own time.
  const executed = order.cumExecQty === "" && order.orderStatus === "Filled" ? order.qty : order.cumExecQty;
  const reported = qtyOf(executed).gt(qtyOf(intent.reportedExecQty)) ? qtyOf(executed) : qtyOf(intent.reportedExecQty);
  return {
    ...told,
    reportedExecQty: formatDecimal(reported),
    finalStatus: strongerWord(intent.finalStatus, order.orderStatus),
  };
}

/** Merges an order update, from the stream or from a query, in any order and any number of times. */
export function applyOrder(state: LedgerState, input: Extract<LedgerInput, { kind: "order" }>): Change | undefined {
  const { order } = input;
  const before = findIntent(state, order.orderLinkId);
  if (before === undefined) return undefined;
  const alarms: Alarm[] = [];
  let intent = before;
  if (before.finalStatus === NEVER_ARRIVED) {
    const taken = contradicted(before, `the venue shows order ${order.orderId} as ${order.orderStatus}`);
    intent = taken.intent;
    alarms.push(taken.alarm);
  }
  const told = merged(intent, order, input.sentTimeUs);
  const closedAtUs = statusMeaning(order.orderStatus) === "closed" ? input.atUs : undefined;
  const after = moved(told, eventOfFacts(told), closedAtUs);
  if (sameIntent(before, after)) return undefined;
  const closing = after.finalStatus !== before.finalStatus && after.finalStatus !== "";
  // Nothing that matters later: a second word on an order that is acknowledged already.
  const name = lifeStateOf(before.state);
  if (!closing && name !== "SENDING" && name !== "UNKNOWN" && after.orderId === before.orderId && alarms.length === 0) {
    return undefined;
  }
  return {
    event: closing
      ? {
          $case: "closed",
          value: {
            linkId: before.linkId,
            orderStatus: after.finalStatus,
            reason: [order.rejectReason, order.cancelType]
              .filter((word) => word !== "" && word !== "UNKNOWN")
              .join(" "),
          },
        }
      : { $case: "acknowledged", value: { linkId: before.linkId, orderId: after.orderId } },
    state: putIntent(state, before, after),
    linkId: before.linkId,
    alarms,
  };
}

/** Closes an order that its executions filled whole and whose closing word has not come. */
export function applySettle(state: LedgerState, input: Extract<LedgerInput, { kind: "settle" }>): Change | undefined {
  const before = findIntent(state, input.linkId);
  if (before === undefined || lifeStateOf(before.state) !== "FILLED" || before.finalStatus !== "") return undefined;
  return {
    event: {
      $case: "closed",
      value: { linkId: input.linkId, orderStatus: "Filled", reason: "its executions fill it whole" },
    },
    state: putIntent(state, before, { ...before, finalStatus: "Filled", reportedExecQty: before.cumExecQty }),
    linkId: input.linkId,
    alarms: [],
  };
}
