import { BigNumber } from "bignumber.js";

import type { Finding } from "./findings.ts";
import { groupBy } from "./group.ts";
import type { AuditInput, VenueExecution, VenueOrder } from "./input.ts";
import { movesPosition } from "./input.ts";
import { intentKey } from "./intent-history.ts";
import type { IntentHistory } from "./intent-history.ts";
import { signedQty } from "./signed.ts";

const DEFAULT_LOT = "0.001";

function duplicate(account: string, subject: string, what: string): Finding {
  return { kind: "duplicateHedges", account, subject, what };
}

/** Two orders of the exchange under one link id: one intent was carried out twice. */
function ordersSharingALinkId(orders: readonly VenueOrder[]): Finding[] {
  const named = orders.filter((order) => order.linkId !== "");
  return [...groupBy(named, (order) => intentKey(order.account, order.linkId)).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < 2) return [];
    const ids = group.map((order) => order.orderId).join(", ");
    return [
      duplicate(
        first.account,
        first.linkId,
        `the exchange has ${group.length} orders for the one intent ${first.linkId}: ${ids}`,
      ),
    ];
  });
}

/** One link id opened by two ledger records: an order then belongs to two intents. */
function intentsOpenedTwice(histories: ReadonlyMap<string, IntentHistory>): Finding[] {
  return [...histories.values()].flatMap((history) =>
    history.openings < 2
      ? []
      : [
          duplicate(
            history.account,
            history.linkId,
            `the ledger opened the intent ${history.linkId} ${history.openings} times`,
          ),
        ],
  );
}

/** Two intents of one account and symbol in flight at once: the second was sized without knowing the first's outcome. */
function overlappingIntents(histories: ReadonlyMap<string, IntentHistory>): Finding[] {
  const opened = [...histories.values()].filter((history) => history.openings > 0);
  const bySymbol = groupBy(opened, (history) => `${history.account}/${history.intent?.symbol ?? ""}`);
  return [...bySymbol.values()].flatMap((group) => {
    const inOrder = group.toSorted((a, b) => a.openedSeq - b.openedSeq);
    return inOrder.flatMap((later, index) => {
      const earlier = inOrder
        .slice(0, index)
        .find((other) => other.endedSeq === undefined || other.endedSeq > later.openedSeq);
      if (earlier === undefined) return [];
      const what = `the intent ${later.linkId} for ${later.intent?.symbol ?? "?"} was opened while ${earlier.linkId} was still unresolved`;
      return [duplicate(later.account, later.linkId, what)];
    });
  });
}

/** Position the account would reach if `order` filled whole, by the exchange's book alone. */
function reachOf(
  order: VenueOrder,
  earlier: ReadonlySet<string>,
  executions: readonly VenueExecution[],
  known: ReadonlySet<string>,
): BigNumber {
  return executions
    .filter(
      (execution) =>
        earlier.has(execution.orderId) ||
        (!known.has(execution.orderId) && execution.execTimeMs <= order.createdTimeMs),
    )
    .reduce((sum, execution) => sum.plus(signedQty(execution.side, execution.qty)), signedQty(order.side, order.qty));
}

/** An order that would carry the position past the target its intent names, beyond rounding. */
function overshoots(input: AuditInput, histories: ReadonlyMap<string, IntentHistory>): Finding[] {
  const trades = groupBy(
    input.executions.filter(movesPosition),
    (execution) => `${execution.account}/${execution.symbol}`,
  );
  return [...groupBy(input.orders, (order) => `${order.account}/${order.symbol}`)].flatMap(([key, orders]) => {
    // The book's own order breaks ties within a millisecond: the sort is stable.
    const inOrder = orders.toSorted((a, b) => a.createdTimeMs - b.createdTimeMs);
    const known = new Set(orders.map((order) => order.orderId));
    const earlier = new Set<string>();
    const findings: Finding[] = [];
    for (const order of inOrder) {
      const target = histories.get(intentKey(order.account, order.linkId))?.intent?.targetQty;
      const reach = reachOf(order, earlier, trades.get(key) ?? [], known);
      earlier.add(order.orderId);
      if (target === undefined || target === "") continue;
      const lot = input.rules.lotSize[order.symbol] ?? DEFAULT_LOT;
      const past = order.side === "Sell" ? new BigNumber(target).minus(reach) : reach.minus(target);
      if (past.lte(lot)) continue;
      const what = `order ${order.linkId} (${order.side} ${order.qty} ${order.symbol}) takes the position to ${reach.toFixed()}, past its target ${target} by ${past.toFixed()}`;
      findings.push(duplicate(order.account, order.linkId, what));
    }
    return findings;
  });
}

/** I1: every order belongs to exactly one intent, one unresolved intent a symbol, sized on position + in flight. */
export function duplicateHedges(input: AuditInput, histories: ReadonlyMap<string, IntentHistory>): readonly Finding[] {
  return [
    ...ordersSharingALinkId(input.orders),
    ...intentsOpenedTwice(histories),
    ...overlappingIntents(histories),
    ...overshoots(input, histories),
  ];
}
