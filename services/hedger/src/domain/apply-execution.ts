import type { Execution, Intent, IntentTrace, LedgerState, SymbolPosition } from "@hedgelock/contracts";
import { formatDecimal, ZERO } from "@hedgelock/finance";

import { contradicted, eventOfFacts, moved, putIntent } from "./advance.ts";
import type { Alarm, Change, LedgerEventBody } from "./change.ts";
import type { LedgerInput } from "./ledger-input.ts";
import {
  earliest,
  findIntent,
  isResolved,
  positionOf,
  qtyOf,
  RECENT_EXEC_IDS,
  signOf,
  withPosition,
} from "./ledger-state.ts";
import { lifeStateOf } from "./order-life.ts";
import { movesPosition } from "./order-status.ts";

/** Fills of one intent that are kept one by one for its trace. */
const MAX_TRACED_FILLS = 256;

type ExecutionInput = Extract<LedgerInput, { kind: "execution" }>;

function isKnown(state: LedgerState, execId: string): boolean {
  return state.recentExecIds.includes(execId) || state.intents.some((intent) => intent.execIds.includes(execId));
}

function executionEvent(execution: Execution): LedgerEventBody {
  return {
    $case: "execution",
    value: {
      linkId: execution.orderLinkId,
      execId: execution.execId,
      symbol: execution.symbol,
      qty: formatDecimal(qtyOf(execution.qty).times(signOf(execution.side))),
      price: execution.price,
      fee: execution.fee,
      feeCurrency: execution.feeCurrency,
      execTimeMs: execution.execTimeMs,
      exchangeSeq: execution.exchangeSeq,
    },
  };
}

/** The position after a fill. A fill that an adopted read already contains changes nothing. */
function filledPosition(position: SymbolPosition, execution: Execution): SymbolPosition {
  const contained = execution.exchangeSeq > 0 && execution.exchangeSeq <= position.snapshotSeq;
  const delta = contained ? ZERO : qtyOf(execution.qty).times(signOf(execution.side));
  return {
    ...position,
    qty: formatDecimal(qtyOf(position.qty).plus(delta)),
    exchangeSeq: Math.max(position.exchangeSeq, execution.exchangeSeq),
    updatedTimeMs: Math.max(position.updatedTimeMs, execution.execTimeMs),
  };
}

/** Adds the fill to what the trace is built from; in an order of their own, so that the order of arrival does not show. */
function tracedFill(trace: IntentTrace, execution: Execution, atUs: number): IntentTrace {
  if (trace.fills.length >= MAX_TRACED_FILLS) return trace;
  const { execId, qty, price, fee, execTimeMs } = execution;
  const fills = [...trace.fills, { execId, qty, price, fee, execTimeMs, knownTimeUs: atUs }];
  return { ...trace, fills: fills.toSorted((left, right) => (left.execId < right.execId ? -1 : 1)) };
}

function filledIntent(intent: Intent, execution: Execution, input: ExecutionInput): Intent {
  const qty = qtyOf(execution.qty);
  const value = execution.value === "" ? qty.times(qtyOf(execution.price)) : qtyOf(execution.value);
  const told = {
    ...intent,
    orderId: intent.orderId === "" ? execution.orderId : intent.orderId,
    sentTimeUs: earliest(intent.sentTimeUs, input.sentTimeUs),
    cumExecQty: formatDecimal(qtyOf(intent.cumExecQty).plus(qty)),
    cumExecValue: formatDecimal(qtyOf(intent.cumExecValue).plus(value)),
    // A fee the venue has not told adds nothing here; the record of the fill keeps the "".
    cumExecFee: formatDecimal(qtyOf(intent.cumExecFee).plus(qtyOf(execution.fee))),
    execIds: [...intent.execIds, execution.execId].toSorted(),
    lastExecSeq: Math.max(intent.lastExecSeq, execution.exchangeSeq),
    lastExecTimeMs: Math.max(intent.lastExecTimeMs, execution.execTimeMs),
    firstFillTimeUs: earliest(intent.firstFillTimeUs, input.atUs),
    lastFillTimeUs: Math.max(intent.lastFillTimeUs, input.atUs),
    notFoundAnswers: 0,
    notFoundSinceMs: 0,
    trace: intent.trace && tracedFill(intent.trace, execution, input.atUs),
  };
  return moved(told, eventOfFacts(told), undefined);
}

function ownFill(state: LedgerState, before: Intent, input: ExecutionInput): Change {
  const { execution } = input;
  const alarms: Alarm[] = [];
  let intent = before;
  if (lifeStateOf(before.state) === "REJECTED") {
    const taken = contradicted(before, `execution ${execution.execId} of ${execution.qty} arrived`);
    intent = taken.intent;
    alarms.push(taken.alarm);
  }
  const after = filledIntent(intent, execution, input);
  const position = filledPosition(positionOf(state, execution.category, execution.symbol), execution);
  if (qtyOf(after.cumExecQty).gt(qtyOf(after.qty))) {
    alarms.push({
      invariant: "filled_more_than_ordered",
      detail: `${after.linkId} ordered ${after.qty} and was filled ${after.cumExecQty}`,
    });
  }
  alarms.push(...overTarget(after, position));
  return {
    event: executionEvent(execution),
    state: putIntent(withPosition(state, position), before, after),
    linkId: before.linkId,
    alarms,
  };
}

/** Our own fill may never carry the position past the target it was ordered for. */
function overTarget(intent: Intent, position: SymbolPosition): readonly Alarm[] {
  if (!isResolved(intent)) return [];
  const beyond = qtyOf(position.qty).minus(qtyOf(intent.targetQty)).times(signOf(intent.side));
  if (beyond.lte(0)) return [];
  return [
    {
      invariant: "position_over_target",
      detail: `after ${intent.linkId} the ${intent.symbol} position is ${position.qty}, beyond the target ${intent.targetQty}`,
    },
  ];
}

/**
 * A fill that belongs to no intent in the state: someone else's order, a liquidation, or an order of ours that was
 * believed gone. It moves the position unless it is older than what the position already contains.
 */
function strangeFill(state: LedgerState, input: ExecutionInput): Change | undefined {
  const { execution, own } = input;
  const position = positionOf(state, execution.category, execution.symbol);
  const seq = execution.exchangeSeq;
  // Without its intent a repeated old fill is known only by its sequence: the list of identities is bounded.
  if (seq > 0 && (seq < position.exchangeSeq || seq <= position.snapshotSeq)) return undefined;
  const next = withPosition(state, filledPosition(position, execution));
  return {
    event: executionEvent(execution),
    state: { ...next, recentExecIds: [...next.recentExecIds, execution.execId].slice(-RECENT_EXEC_IDS) },
    linkId: "",
    alarms: own
      ? [
          {
            invariant: "fill_without_intent",
            detail: `execution ${execution.execId} of ${execution.qty} ${execution.symbol} carries our link id ${execution.orderLinkId}, whose intent was already settled`,
          },
        ]
      : [],
  };
}

/** Merges an execution: its execId is its identity, so it counts once however often and from wherever it comes. */
export function applyExecution(state: LedgerState, input: ExecutionInput): Change | undefined {
  const { execution } = input;
  if (!movesPosition(execution.execType) || isKnown(state, execution.execId)) return undefined;
  const intent = findIntent(state, execution.orderLinkId);
  return intent === undefined ? strangeFill(state, input) : ownFill(state, intent, input);
}
