import type { Market } from "../domain/market.ts";
import type { PublicTrade } from "../domain/trade-tape.ts";
import type { JsonObject } from "./json.ts";
import { levelText } from "./ticker-view.ts";
import type { PublicCategory } from "./ticker-view.ts";

/** Ids follow from the sequence number, so that the topic and the REST call name a trade alike. */
function tradeId(trade: PublicTrade, category: PublicCategory): string {
  if (category === "spot") return String(2_290_000_000_000_000_000n + BigInt(trade.seq));
  const hex = trade.seq.toString(16).padStart(12, "0");
  return `5b0d8f0e-1f5b-5a54-8d0e-${hex.slice(-12)}`;
}

/** An entry of `publicTrade`, in the captured key order of its category. */
export function publicTradeEntry(market: Market, category: PublicCategory, trade: PublicTrade): JsonObject {
  const [p, v] = levelText(market, category, trade);
  const i = tradeId(trade, category);
  const { symbol: s } = market.instrument;
  const { timeMs: T, side: S, seq } = trade;
  return category === "spot"
    ? { i, T, p, v, S, seq, s, BT: false, RPI: false }
    : { T, s, S, v, p, L: trade.direction, i, BT: false, RPI: false, seq };
}

/** A row of market/recent-trade. */
export function recentTradeRow(market: Market, category: PublicCategory, trade: PublicTrade): JsonObject {
  const [price, size] = levelText(market, category, trade);
  return {
    execId: tradeId(trade, category),
    symbol: market.instrument.symbol,
    price,
    size,
    side: trade.side,
    time: String(trade.timeMs),
    isBlockTrade: false,
    isRPITrade: false,
    seq: String(trade.seq),
  };
}
