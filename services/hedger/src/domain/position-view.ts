import type { LedgerState, Position, SymbolPosition } from "@hedgelock/contracts";
import { formatDecimal, ZERO } from "@hedgelock/finance";

import type { PositionReading } from "./ledger-input.ts";
import { qtyOf } from "./ledger-state.ts";

/**
 * Reads one instrument out of a whole surface of positions: both sides of a hedge-mode account are summed, and an
 * instrument that is absent is flat.
 */
export function readingOf(
  positions: readonly Position[],
  category: string,
  symbol: string,
  timeMs: number,
): PositionReading {
  const rows = positions.filter((row) => row.symbol === symbol && (row.category === category || row.category === ""));
  const seqs = rows.map((row) => row.exchangeSeq).filter((seq) => seq > 0);
  const qty = rows.reduce((sum, row) => sum.plus(qtyOf(row.qty)), ZERO);
  const rowTimes = rows.map((row) => row.updatedTimeMs);
  return {
    category,
    symbol,
    qty: formatDecimal(qty),
    exchangeSeq: seqs.length === 0 ? undefined : Math.max(...seqs),
    timeMs: Math.max(timeMs, ...rowTimes),
  };
}

/** The newer of two readings of one instrument, by the venue's sequence, or its time where one has none. */
export function newerReading(left: PositionReading | undefined, right: PositionReading): PositionReading {
  if (left === undefined) return right;
  if (left.exchangeSeq !== undefined && right.exchangeSeq !== undefined && left.exchangeSeq !== right.exchangeSeq) {
    return right.exchangeSeq > left.exchangeSeq ? right : left;
  }
  return right.timeMs >= left.timeMs ? right : left;
}

/**
 * Whether a reading contains every fill we know of. By sequence where it has one; by time otherwise, and then a
 * reading that contradicts us must be later by the venue's read lag, as it may simply be behind.
 */
export function isCurrent(reading: PositionReading, position: SymbolPosition, horizonMs: number): boolean {
  if (reading.exchangeSeq !== undefined) return reading.exchangeSeq >= position.exchangeSeq;
  const agrees = qtyOf(reading.qty).eq(qtyOf(position.qty));
  return reading.timeMs >= position.updatedTimeMs + (agrees ? 0 : horizonMs);
}

/** Every instrument that the state or a surface of positions speaks of. */
export function instrumentsIn(
  state: LedgerState,
  positions: readonly Position[],
): readonly { readonly category: string; readonly symbol: string }[] {
  const seen = new Map<string, { readonly category: string; readonly symbol: string }>();
  for (const { category, symbol } of [...state.positions, ...positions]) {
    seen.set(`${category}/${symbol}`, { category, symbol });
  }
  return [...seen.values()];
}
