import type { Decision } from "@hedgelock/contracts";

import { groupBy } from "./group.ts";
import { isTrade } from "./input.ts";
import type { AuditInput, DecisionEntry, VenueExecution } from "./input.ts";
import { intentKey } from "./intent-history.ts";
import type { IntentHistory } from "./intent-history.ts";
import { ledgerEvent } from "./ledger-event.ts";

/** A fill whose way back to its cause has holes. */
export interface IncompleteTrace {
  readonly account: string;
  readonly execId: string;
  readonly linkId: string;
  readonly traceId: string;
  /** What is missing, in the order of the flow. */
  readonly missing: readonly string[];
}

/** What a decision can be caused by: a market tick, an account snapshot, or time alone (a dwell or an age ran out). */
export type TraceCause = "tick" | "snapshot" | "time";

/** Result of following every fill of the exchange back to the event that caused it. */
export interface TraceAudit {
  readonly fills: number;
  readonly complete: number;
  /** Of the complete ones, by what caused the decision. */
  readonly causes: Readonly<Record<TraceCause, number>>;
  readonly incomplete: readonly IncompleteTrace[];
}

const MARKET = "md.";

/**
 * The cause that a decision names: a tick with its receive and publish times, a snapshot (which carries no publish time)
 * with its receive time, or, for time alone, the market inputs that it was made on. Undefined when it names none.
 */
export function causeOf({ trigger, inputs }: Decision): TraceCause | undefined {
  if (trigger === undefined) {
    return inputs.some((input) => input.subject.startsWith(MARKET) && input.messageId !== "") ? "time" : undefined;
  }
  if (trigger.messageId === "" || trigger.receiveTimeUs === 0) return undefined;
  if (!trigger.subject.startsWith(MARKET)) return "snapshot";
  return trigger.publishTimeUs > 0 ? "tick" : undefined;
}

interface Followed {
  readonly missing: readonly string[];
  readonly cause: TraceCause | undefined;
}

function decisionStep(traceId: string, decisions: readonly DecisionEntry[]): Followed {
  const named = decisions.filter((entry) => entry.traceId === traceId);
  if (named.length === 0) return { missing: ["no decision with this trace id"], cause: undefined };
  const causes = named.map(({ decision }) => causeOf(decision));
  // Several decisions may follow one event; the tick is the better explanation than time.
  const cause = (["tick", "snapshot", "time"] as const).find((kind) => causes.includes(kind));
  const missing = cause === undefined ? ["the decision does not name the event that caused it, with its times"] : [];
  return { missing, cause };
}

function follow(
  execution: VenueExecution,
  history: IntentHistory | undefined,
  decisions: readonly DecisionEntry[],
): Followed {
  const broken = (what: string): Followed => ({ missing: [what], cause: undefined });
  if (history === undefined || history.openings === 0) return broken("no intent in the ledger");
  const opening = history.records.find((record) => ledgerEvent(record).intentOpened !== undefined);
  const traceId = opening?.traceId ?? "";
  if (traceId === "") return broken("the intent has no trace id");
  const fill = history.executions.find((record) => ledgerEvent(record).execution?.execId === execution.execId);
  // An order may be filled before its acknowledgement arrives; then the time of sending shows that it was sent.
  const sent =
    history.acknowledged ??
    history.records.find((record) =>
      record.state?.intents.some((intent) => intent.linkId === history.linkId && intent.sentTimeUs > 0),
    );
  const steps = [
    { name: "send or acknowledgement", record: sent },
    { name: "fill", record: fill },
    { name: "close", record: history.closed },
    { name: "postcondition", record: history.postconditionRecord },
  ];
  const holes = steps.flatMap(({ name, record }) => {
    if (record === undefined) return [`no ${name} in the ledger`];
    const other = record.traceId === "" ? "none" : record.traceId;
    return record.traceId === traceId ? [] : [`the ${name} carries another trace id (${other})`];
  });
  const { missing, cause } = decisionStep(traceId, decisions);
  return { missing: [...missing, ...holes], cause };
}

/** I4: the trace id born at the tick reaches the fill and the check after it, for every fill the exchange knows. */
export function auditTraces(input: AuditInput, histories: ReadonlyMap<string, IntentHistory>): TraceAudit {
  const decisions = groupBy(input.decisions, (entry) => entry.decision.account);
  const causes: Record<TraceCause, number> = { tick: 0, snapshot: 0, time: 0 };
  const incomplete: IncompleteTrace[] = [];
  const trades = input.executions.filter(isTrade);
  for (const execution of trades) {
    const { account, execId, linkId } = execution;
    const history = histories.get(intentKey(account, linkId));
    const { missing, cause } = follow(execution, history, decisions.get(account) ?? []);
    if (missing.length === 0 && cause !== undefined) causes[cause] += 1;
    else incomplete.push({ account, execId, linkId, traceId: history?.records[0]?.traceId ?? "", missing });
  }
  return { fills: trades.length, complete: trades.length - incomplete.length, causes, incomplete };
}
