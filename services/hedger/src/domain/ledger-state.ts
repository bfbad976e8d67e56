import type { Intent, LedgerState, SymbolPosition } from "@hedgelock/contracts";
import { type Decimal, toDecimal, ZERO } from "@hedgelock/finance";

import { isFinalState } from "./order-life.ts";

/** Identities of fills kept after their intent has left the state. Fills of an intent in the state are kept with it, all of them. */
export const RECENT_EXEC_IDS = 64;

/** The ledger of an account that has none yet. */
export function emptyLedger(): LedgerState {
  return {
    intents: [],
    positions: [],
    recentExecIds: [],
    lastDecisionVersion: 0,
    lastDecisionEpoch: 0,
    budget: { day: 0, orderedToday: [], recentOrderTimesMs: [] },
    execStreamSeq: 0,
    untraced: [],
  };
}

/** A quantity of the state; "" is a field never written, which for a sum is nothing yet. */
export function qtyOf(text: string): Decimal {
  return text === "" ? ZERO : toDecimal(text);
}

/** +1 for a buy, -1 for a sell. */
export function signOf(side: string): 1 | -1 {
  return side === "Sell" ? -1 : 1;
}

/** The larger of two times that may both be 0, and the smaller of those that are not. */
export function earliest(left: number, right: number): number {
  if (left === 0 || right === 0) return Math.max(left, right);
  return Math.min(left, right);
}

/** Whether everything about the order is known: the venue is done with it and each fill it reported has arrived. */
export function isResolved(intent: Intent): boolean {
  return isFinalState(intent.state) && qtyOf(intent.cumExecQty).gte(qtyOf(intent.reportedExecQty));
}

/** Whether the intent has nothing left to do in the state: resolved, and its postcondition checked if it traded at all. */
export function isDone(intent: Intent): boolean {
  return isResolved(intent) && (intent.postconditionChecked || qtyOf(intent.cumExecQty).isZero());
}

/** Whether the intent traded and still waits for position data newer than its last fill. */
export function awaitsPostcondition(intent: Intent): boolean {
  return isResolved(intent) && !isDone(intent);
}

/**
 * Signed quantity that may still come into the position from this intent: all that is not filled while the venue may
 * yet fill it, and what it reported as filled but has not itemised once it is done.
 */
export function inFlightOf(intent: Intent): Decimal {
  if (isResolved(intent)) return ZERO;
  const whole = isFinalState(intent.state) ? qtyOf(intent.reportedExecQty) : qtyOf(intent.qty);
  return whole.minus(qtyOf(intent.cumExecQty)).times(signOf(intent.side));
}

/** The intent with this link id. */
export function findIntent(state: LedgerState, linkId: string): Intent | undefined {
  return linkId === "" ? undefined : state.intents.find((intent) => intent.linkId === linkId);
}

/** Intents of an instrument that are not resolved; more than one is a broken invariant. */
export function unresolvedOn(state: LedgerState, category: string, symbol: string): readonly Intent[] {
  return state.intents.filter(
    (intent) => intent.symbol === symbol && intent.category === category && !isResolved(intent),
  );
}

/** The position entry of an instrument; flat and untouched when there is none. */
export function positionOf(state: LedgerState, category: string, symbol: string): SymbolPosition {
  const found = state.positions.find((entry) => entry.symbol === symbol && entry.category === category);
  return (
    found ?? {
      category,
      symbol,
      qty: "0",
      exchangeSeq: 0,
      snapshotSeq: 0,
      updatedTimeMs: 0,
      escalation: 0,
      escalatedTimeMs: 0,
    }
  );
}

/** Position plus everything in flight, signed: what sizing works on. */
export function exposureOf(state: LedgerState, category: string, symbol: string): Decimal {
  let sum = qtyOf(positionOf(state, category, symbol).qty);
  for (const intent of unresolvedOn(state, category, symbol)) sum = sum.plus(inFlightOf(intent));
  return sum;
}

/** The state with this position entry in place of the old one. */
export function withPosition(state: LedgerState, position: SymbolPosition): LedgerState {
  const rest = state.positions.filter(
    (entry) => entry.symbol !== position.symbol || entry.category !== position.category,
  );
  const positions = [...rest, position].toSorted((left, right) =>
    `${left.category}/${left.symbol}` < `${right.category}/${right.symbol}` ? -1 : 1,
  );
  return { ...state, positions };
}

/** The state with this intent in place of the one with its link id, or added. */
export function withIntent(state: LedgerState, intent: Intent): LedgerState {
  const known = state.intents.some((entry) => entry.linkId === intent.linkId);
  const intents = known
    ? state.intents.map((entry) => (entry.linkId === intent.linkId ? intent : entry))
    : [...state.intents, intent];
  return { ...state, intents };
}

/**
 * The state without the intents that are done. Done ones stay in the record that finished them, so that a reader sees
 * their last form, and leave with the next that is not about them; the identities of their fills move to the bounded list.
 * @param concerned link id of the intent the next record is about; it stays
 */
export function withoutDone(state: LedgerState, concerned: string): LedgerState {
  const leaves = (intent: Intent): boolean => isDone(intent) && intent.linkId !== concerned;
  const done = state.intents.filter(leaves);
  if (done.length === 0) return state;
  const recentExecIds = [...state.recentExecIds, ...done.flatMap((intent) => intent.execIds)].slice(-RECENT_EXEC_IDS);
  return { ...state, intents: state.intents.filter((intent) => !leaves(intent)), recentExecIds };
}
