import type { LedgerState } from "@hedgelock/contracts";

import type { Change } from "./change.ts";
import { moved } from "./advance.ts";
import type { LedgerInput } from "./ledger-input.ts";
import {
  awaitsPostcondition,
  findIntent,
  positionOf,
  qtyOf,
  unresolvedOn,
  withIntent,
  withPosition,
} from "./ledger-state.ts";
import { isCurrent } from "./position-view.ts";
import { checkPostcondition } from "./postcondition.ts";

/**
 * Takes the venue's position where it differs from ours and nothing of ours is in flight that could explain it.
 * An older or unexplained-by-nothing reading changes nothing.
 */
export function applyAdopt(state: LedgerState, input: Extract<LedgerInput, { kind: "adopt" }>): Change | undefined {
  const { reading } = input;
  if (unresolvedOn(state, reading.category, reading.symbol).length > 0) return undefined;
  const position = positionOf(state, reading.category, reading.symbol);
  if (qtyOf(position.qty).eq(qtyOf(reading.qty)) || !isCurrent(reading, position, input.horizonMs)) return undefined;
  const seq = reading.exchangeSeq ?? position.exchangeSeq;
  return {
    event: {
      $case: "positionAdopted",
      value: {
        symbol: reading.symbol,
        previousQty: position.qty,
        qty: reading.qty,
        exchangeSeq: reading.exchangeSeq ?? 0,
        reason: input.reason,
      },
    },
    state: withPosition(state, {
      ...position,
      qty: reading.qty,
      exchangeSeq: Math.max(position.exchangeSeq, seq),
      snapshotSeq: Math.max(position.snapshotSeq, seq),
      updatedTimeMs: Math.max(position.updatedTimeMs, reading.timeMs),
    }),
    linkId: "",
    alarms: [],
  };
}

/** Writes the result of the postcondition check of one intent. */
export function applyPostcondition(
  state: LedgerState,
  input: Extract<LedgerInput, { kind: "postcondition" }>,
): Change | undefined {
  const before = findIntent(state, input.linkId);
  if (before === undefined || !awaitsPostcondition(before)) return undefined;
  const superseded = state.intents.some(
    (other) =>
      other.symbol === before.symbol && other.category === before.category && other.openedTimeUs > before.openedTimeUs,
  );
  const value = checkPostcondition(before, input.positionQty, input.lotSize, superseded);
  const trace = before.trace && { ...before.trace, checkedTimeUs: input.atUs, postcondition: value };
  const checked = { ...before, postconditionChecked: true, trace };
  return {
    event: { $case: "postcondition", value },
    state: withIntent(state, value.satisfied ? moved(checked, "verify", undefined) : checked),
    linkId: before.linkId,
    alarms: [],
  };
}
