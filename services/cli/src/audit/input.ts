import type { Decision, HedgeRecord } from "@hedgelock/contracts";

/** One order as the exchange's own book has it. Quantities are decimal strings in base units. */
export interface VenueOrder {
  readonly account: string;
  readonly symbol: string;
  readonly orderId: string;
  /** "" when the sender gave none. */
  readonly linkId: string;
  readonly side: "Buy" | "Sell";
  readonly qty: string;
  readonly cumExecQty: string;
  readonly status: string;
  /** The exchange placed it itself, to liquidate: it has no intent. */
  readonly byExchange: boolean;
  readonly createdTimeMs: number;
}

/** One execution as the exchange's own book has it. */
export interface VenueExecution {
  readonly account: string;
  readonly symbol: string;
  readonly execId: string;
  readonly orderId: string;
  readonly linkId: string;
  readonly side: "Buy" | "Sell";
  readonly qty: string;
  readonly price: string;
  /** "Trade", "Funding", …; only what moves the position is audited. */
  readonly execType: string;
  readonly execTimeMs: number;
}

/** One record of the ledger, as stored. */
export interface LedgerEntry {
  readonly seq: number;
  readonly record: HedgeRecord;
}

/** One decision, with the trace id of the message that carried it ("" without one). */
export interface DecisionEntry {
  readonly seq: number;
  readonly traceId: string;
  readonly decision: Decision;
}

/** How the exchange's loan engine saw one account. */
export interface VenueLoan {
  readonly account: string;
  /** The exchange's clock; undefined while the loan lives. */
  readonly liquidatedAtMs: number | undefined;
}

/** What the auditor takes as acceptable. */
export interface AuditRules {
  /** Smallest tradable step per symbol, decimal string: the rounding a target may be off by. */
  readonly lotSize: Readonly<Record<string, string>>;
  /** How long a needed hedge may stay without a fill or a stated reason. */
  readonly hedgeDeadlineMs: { readonly caution: number; readonly other: number };
}

/** Everything the auditor looks at: the exchange's book, the ledger and the decisions, each complete and in order. */
export interface AuditInput {
  readonly orders: readonly VenueOrder[];
  readonly executions: readonly VenueExecution[];
  readonly loans: readonly VenueLoan[];
  readonly ledger: readonly LedgerEntry[];
  readonly decisions: readonly DecisionEntry[];
  /** When the books were read; same clock as the decisions' times. */
  readonly endedAtMs: number;
  readonly rules: AuditRules;
}

const TRADE = "Trade";
/** Kinds of executions that leave the position as it is. */
const PAYMENTS: ReadonlySet<string> = new Set(["Funding", "Settle"]);

/** A fill of an order that an account placed. */
export function isTrade(execution: VenueExecution): boolean {
  return execution.execType === TRADE;
}

/** Trades, and what the exchange itself did to the position (liquidation, auto-deleveraging). */
export function movesPosition(execution: VenueExecution): boolean {
  return !PAYMENTS.has(execution.execType);
}
