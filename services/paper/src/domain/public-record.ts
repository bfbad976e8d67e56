import { moveBook } from "./book.ts";
import { recordPrice } from "./candles.ts";
import type { ExchangeEvent } from "./events.ts";
import type { Execution } from "./orders.ts";
import type { ExchangeState } from "./state.ts";
import { recordTrade } from "./trade-tape.ts";

/** Execution types that are trades on the book and hence public. */
const PUBLIC_TYPES: readonly string[] = ["Trade", "BustTrade", "AdlTrade"];

function recordFill(state: ExchangeState, fill: Execution): void {
  const market = state.marketBySymbol.get(fill.symbol);
  if (market === undefined || !PUBLIC_TYPES.includes(fill.execType)) return;
  const spot = fill.category === "spot";
  const { linear, spot: pair } = market.instrument;
  const ticks = fill.execPrice.div(spot ? pair.tickSize : linear.tickSize).toNumber();
  const lots = fill.execQty.div(spot ? pair.basePrecision : linear.qtyStep).toNumber();
  // The other side of a maker's fill took it.
  const side = fill.isMaker ? (fill.side === "Buy" ? "Sell" : "Buy") : fill.side;
  recordTrade(spot ? market.spotTrades : market.linearTrades, {
    seq: fill.seq,
    timeMs: fill.execTimeMs,
    side,
    ticks,
    lots,
    direction: market.tickDirection,
  });
  recordPrice(market.candles, fill.execTimeMs, market.price, spot ? 0 : fill.execQty.toNumber());
}

/** Puts the accounts' fills into the public record of trades. */
export function recordFills(state: ExchangeState, events: readonly ExchangeEvent[]): void {
  for (const event of events) {
    if (event.kind !== "execution") continue;
    for (const fill of event.executions) recordFill(state, fill);
  }
}

/** What a silent market does so that clients see it is alive: a new sequence number; with `book`, deeper levels anew. */
export function refreshMarket(state: ExchangeState, symbol: string, spot: boolean, book: boolean): void {
  const market = state.marketBySymbol.get(symbol);
  if (market === undefined) return;
  if (book) {
    moveBook(spot ? market.spotBook : market.linearBook, market.priceTicks);
    return;
  }
  if (spot) market.spotSeq = state.sequence.next();
  else market.linearSeq = state.sequence.next();
}
