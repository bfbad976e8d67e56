import type { Side } from "./book.ts";

/** One public trade, in whole ticks and lots of its category. */
export interface PublicTrade {
  readonly seq: number;
  readonly timeMs: number;
  /** Side of the taker. */
  readonly side: Side;
  readonly ticks: number;
  readonly lots: number;
  readonly direction: string;
}

/** Recent trades of one market and category, oldest first. */
export interface TradeTape {
  readonly trades: PublicTrade[];
}

const KEPT = 1000;

export function emptyTradeTape(): TradeTape {
  return { trades: [] };
}

export function recordTrade(tape: TradeTape, trade: PublicTrade): void {
  tape.trades.push(trade);
  // Cut rarely: moving a thousand entries for every trade would cost more than the trade.
  if (tape.trades.length > 2 * KEPT) tape.trades.splice(0, tape.trades.length - KEPT);
}

/** The newest trades, newest first. */
export function recentTrades(tape: TradeTape, limit: number): readonly PublicTrade[] {
  return tape.trades.slice(-Math.min(limit, KEPT)).toReversed();
}

/** Trades after `seq`, oldest first. */
export function tradesAfter(tape: TradeTape, seq: number): readonly PublicTrade[] {
  const { trades } = tape;
  let from = trades.length;
  while (from > 0 && (trades[from - 1]?.seq ?? 0) > seq) from -= 1;
  return from === trades.length ? [] : trades.slice(from);
}
