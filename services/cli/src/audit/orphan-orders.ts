import { BigNumber } from "bignumber.js";

import type { Finding } from "./findings.ts";
import type { AuditInput, VenueExecution } from "./input.ts";
import { isTrade } from "./input.ts";
import { intentKey } from "./intent-history.ts";
import type { IntentHistory } from "./intent-history.ts";
import { ledgerEvent } from "./ledger-event.ts";
import { signedQty } from "./signed.ts";

function orphan(account: string, subject: string, what: string): Finding {
  return { kind: "orphanOrders", account, subject, what };
}

interface Booked {
  readonly account: string;
  readonly execId: string;
  readonly qty: string;
  readonly times: number;
}

function bookedExecutions(histories: ReadonlyMap<string, IntentHistory>): ReadonlyMap<string, Booked> {
  const booked = new Map<string, Booked>();
  for (const history of histories.values()) {
    for (const record of history.executions) {
      const execution = ledgerEvent(record).execution;
      if (execution === undefined) continue;
      const key = `${record.account}/${execution.execId}`;
      const times = (booked.get(key)?.times ?? 0) + 1;
      booked.set(key, { account: record.account, execId: execution.execId, qty: execution.qty, times });
    }
  }
  return booked;
}

function unbooked(execution: VenueExecution, booked: Booked | undefined): Finding[] {
  const { account, execId, side, qty, symbol, linkId } = execution;
  const fill = `${side} ${qty} ${symbol} of order ${linkId === "" ? execution.orderId : linkId}`;
  if (booked === undefined)
    return [orphan(account, execId, `the exchange filled ${fill} (${execId}); the ledger never booked it`)];
  if (!signedQty(side, qty).eq(booked.qty)) {
    return [orphan(account, execId, `the exchange filled ${fill} (${execId}); the ledger booked ${booked.qty}`)];
  }
  return booked.times === 1
    ? []
    : [orphan(account, execId, `the ledger booked the fill ${execId} ${booked.times} times`)];
}

/** Orders and fills that only one side knows: the exchange's book against the ledger, both ways. */
export function orphanOrders(input: AuditInput, histories: ReadonlyMap<string, IntentHistory>): readonly Finding[] {
  const withoutIntent = input.orders.flatMap((order) => {
    const openings = histories.get(intentKey(order.account, order.linkId))?.openings ?? 0;
    if (openings > 0 || order.byExchange) return [];
    const name = order.linkId === "" ? "without a link id" : `with the link id ${order.linkId}`;
    return [
      orphan(
        order.account,
        order.orderId,
        `the exchange has the order ${order.orderId} ${name}; no ledger has an intent for it`,
      ),
    ];
  });
  const booked = bookedExecutions(histories);
  const trades = input.executions.filter(isTrade);
  const notBooked = trades.flatMap((execution) =>
    unbooked(execution, booked.get(`${execution.account}/${execution.execId}`)),
  );
  const real = new Set(input.executions.map((execution) => `${execution.account}/${execution.execId}`));
  const phantoms = [...booked].flatMap(([key, entry]) =>
    real.has(key)
      ? []
      : [
          orphan(
            entry.account,
            entry.execId,
            `the ledger booked the fill ${entry.execId} of ${new BigNumber(entry.qty).toFixed()}; the exchange has no such fill`,
          ),
        ],
  );
  return [...withoutIntent, ...notBooked, ...phantoms];
}
