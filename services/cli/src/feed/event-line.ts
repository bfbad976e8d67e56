import type { Decision, HedgeRecord, Intent } from "@hedgelock/contracts";

import { ledgerEvent } from "../audit/ledger-event.ts";
import { changesState, stateName } from "../report/state-names.ts";

/** What kind of thing happened; stands as a word at the head of the line. */
export type EventWord =
  | "ready"
  | "replay"
  /** Where the replay stands: for the line mode, the view shows it anyway. */
  | "progress"
  | "state"
  | "intent"
  | "fill"
  | "closed"
  | "verified"
  | "residual"
  | "refused"
  | "rejected"
  | "unknown"
  | "liquidated"
  | "report"
  | "note";

/** One thing that happened, for the line mode and the list in the live view. */
export interface EventLine {
  readonly word: EventWord;
  /** "" when it concerns no account. */
  readonly account: string;
  readonly text: string;
  /** "" without one. */
  readonly traceId: string;
}

/** A plain remark about the run. */
export function note(word: EventWord, text: string, account = ""): EventLine {
  return { word, account, text, traceId: "" };
}

function ltvText(ltv: string): string {
  return ltv === "" ? "an unknown LTV" : `LTV ${Number(ltv).toFixed(4)}`;
}

/** The line for a decision; undefined for one that changes no state. */
export function decisionLine(decision: Decision, traceId: string): EventLine | undefined {
  if (!changesState(decision)) return undefined;
  const targets = decision.targets
    .map((target) => `${target.symbol} ${Number(target.targetQty).toFixed(3)}`)
    .join(", ");
  const from = stateName(decision.previousState);
  const step = from === "NONE" ? stateName(decision.state) : `${from} -> ${stateName(decision.state)}`;
  const text = `${step} at ${ltvText(decision.effectiveLtv)}${targets === "" ? "" : `, target ${targets}`}`;
  return { word: "state", account: decision.account, text, traceId };
}

function intentText(intent: Intent | undefined, linkId: string): string {
  if (intent === undefined) return linkId;
  const reduce = intent.reduceOnly ? " reduce-only" : "";
  return `${intent.side.toUpperCase()} ${intent.qty} ${intent.symbol} limit ${intent.limitPrice}${reduce}, target ${intent.targetQty}`;
}

function wordAndText(record: HedgeRecord): readonly [EventWord, string] | undefined {
  const event = ledgerEvent(record);
  const intentOf = (linkId: string): Intent | undefined =>
    record.state?.intents.find((intent) => intent.linkId === linkId);
  if (event.intentOpened !== undefined) {
    const { linkId } = event.intentOpened;
    return ["intent", intentText(intentOf(linkId), linkId)];
  }
  if (event.execution !== undefined) {
    const { qty, symbol, price, fee, feeCurrency } = event.execution;
    return ["fill", `${qty} ${symbol} at ${price}, fee ${fee} ${feeCurrency}`];
  }
  if (event.closed !== undefined && event.closed.orderStatus !== "Filled") {
    const { orderStatus, reason } = event.closed;
    return ["closed", `${orderStatus}${reason === "" ? "" : `: ${reason}`}`];
  }
  if (event.postcondition !== undefined) {
    const { satisfied, positionQty, targetQty, residualQty, reason } = event.postcondition;
    return satisfied
      ? ["verified", `position ${positionQty}, target ${targetQty}`]
      : [
          "residual",
          `position ${positionQty}, target ${targetQty}, missing ${residualQty}${reason === "" ? "" : `: ${reason}`}`,
        ];
  }
  if (event.refused !== undefined) {
    const { symbol, rule, detail } = event.refused;
    return ["refused", `${symbol} by ${rule}${detail === "" ? "" : `: ${detail}`}`];
  }
  if (event.rejected !== undefined)
    return ["rejected", `by the exchange, code ${event.rejected.code}: ${event.rejected.message}`];
  if (event.outcomeUnknown !== undefined)
    return ["unknown", `${event.outcomeUnknown.linkId}: ${event.outcomeUnknown.reason}`];
  if (event.neverArrived !== undefined) return ["closed", `never arrived: ${event.neverArrived.evidence}`];
  return undefined;
}

/** The line for a ledger record; undefined for one that is book-keeping only (acknowledged, filled and closed). */
export function recordLine(record: HedgeRecord): EventLine | undefined {
  const found = wordAndText(record);
  if (found === undefined) return undefined;
  const [word, text] = found;
  return { word, account: record.account, text, traceId: record.traceId };
}

const WORD_WIDTH = 10;
const ACCOUNT_WIDTH = 9;

/** A line for standard output. @param sinceStartMs time since the run began */
export function formatLine(line: EventLine, sinceStartMs: number): string {
  const seconds = `+${(sinceStartMs / 1000).toFixed(2)}s`.padStart(9);
  const account = line.account === "" ? "" : `${line.account.padEnd(ACCOUNT_WIDTH)} `;
  const trace = line.traceId === "" ? "" : `  trace=${line.traceId}`;
  return `${seconds}  ${line.word.padEnd(WORD_WIDTH)} ${account}${line.text}${trace}`;
}
