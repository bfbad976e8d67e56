import { DEFAULT_BANK_RULES } from "../domain/bank.ts";
import { bookLevel } from "../domain/book.ts";
import type { Book, Level, Side } from "../domain/book.ts";
import { writtenPlaces } from "../domain/money.ts";
import type { Market } from "../domain/market.ts";
import { contractKind } from "../domain/positions.ts";
import type { TradeTape } from "../domain/trade-tape.ts";
import { trimmed } from "./number-text.ts";
import type { TextFields } from "./json.ts";

/** Category of public data. */
export type PublicCategory = "linear" | "spot" | "inverse";

/** The book of a category: contracts have one, spot another. */
export function bookOf(market: Market, category: PublicCategory): Book {
  return category === "spot" ? market.spotBook : market.linearBook;
}

/** Cross sequence of a category's last change. */
export function seqOf(market: Market, category: PublicCategory): number {
  return category === "spot" ? market.spotSeq : market.linearSeq;
}

/** Trades of a category. */
export function tradesOf(market: Market, category: PublicCategory): TradeTape {
  return category === "spot" ? market.spotTrades : market.linearTrades;
}

/** Markets with something to trade in a category. */
export function marketsOf(markets: readonly Market[], category: PublicCategory): readonly Market[] {
  const kind = category === "inverse" ? "inverse" : "linear";
  return markets.filter((market) => contractKind(market.instrument.symbol) === kind);
}

/** Fraction of a daily change, as text. */
function changeText(market: Market, places: number): string {
  const { prevPrice24h } = market.day;
  return trimmed(prevPrice24h === 0 ? 0 : market.price / prevPrice24h - 1, places);
}

/** A level of a book as the exchange writes it: padded for linear, unpadded for spot (as captured). */
export function levelText(market: Market, category: PublicCategory, level: Level): readonly [string, string] {
  const { linear, spot } = market.instrument;
  if (category !== "spot") {
    return [
      (level.ticks * market.tickSize).toFixed(linear.priceScale),
      (level.lots * market.qtyStep).toFixed(writtenPlaces(linear.qtyStep)),
    ];
  }
  return [
    trimmed(level.ticks * market.tickSize, writtenPlaces(spot.tickSize)),
    trimmed(level.lots * Number(spot.basePrecision), writtenPlaces(spot.basePrecision)),
  ];
}

/** Price and size at the touch; an emptied level shows size 0. */
export function touchText(market: Market, category: PublicCategory, side: Side): readonly [string, string] {
  const book = bookOf(market, category);
  return levelText(market, category, bookLevel(book, side, 0) ?? { ticks: 1, lots: 0 });
}

/** Next funding time: the wall clock's next full interval, milliseconds since the epoch. */
export function nextFundingMs(intervalMinutes: number, nowMs: number): number {
  const intervalMs = intervalMinutes * 60_000;
  return (Math.floor(nowMs / intervalMs) + 1) * intervalMs;
}

/** Funding rate shown: the neutral rate of the exchange's formula. */
export const FUNDING_RATE = DEFAULT_BANK_RULES.fundingRate;

/** Fields of the linear ticker topic, in the captured order. All values are text. */
export function linearTicker(market: Market, nowMs: number): TextFields {
  const { linear } = market.instrument;
  const price = market.price.toFixed(linear.priceScale);
  const [bid1Price, bid1Size] = touchText(market, "linear", "Buy");
  const [ask1Price, ask1Size] = touchText(market, "linear", "Sell");
  const interest = Number(market.instrument.openInterest);
  const half = trimmed(interest / 2, writtenPlaces(linear.qtyStep));
  // An inverse contract is worth 1 USD: its value is in the base coin.
  const unitValue = contractKind(linear.symbol) === "inverse" ? 1 / market.price : market.price;
  return {
    symbol: linear.symbol,
    tickDirection: market.tickDirection,
    price24hPcnt: changeText(market, 6),
    lastPrice: price,
    prevPrice24h: market.day.prevPrice24h.toFixed(linear.priceScale),
    highPrice24h: market.high24h.toFixed(linear.priceScale),
    lowPrice24h: market.low24h.toFixed(linear.priceScale),
    prevPrice1h: market.day.prevPrice1h.toFixed(linear.priceScale),
    markPrice: price,
    indexPrice: price,
    openInterest: market.instrument.openInterest,
    openInterestValue: (interest * unitValue).toFixed(2),
    turnover24h: market.day.turnover.toFixed(4),
    volume24h: market.day.volume.toFixed(4),
    fundingIntervalHour: String(linear.fundingIntervalMinutes / 60),
    fundingCap: linear.fundingCap,
    singleOpenInterest: half,
    singleOpenInterestValue: ((interest / 2) * unitValue).toFixed(2),
    nextFundingTime: String(nextFundingMs(linear.fundingIntervalMinutes, nowMs)),
    fundingRate: FUNDING_RATE,
    bid1Price,
    bid1Size,
    ask1Price,
    ask1Size,
    preOpenPrice: "",
    preQty: "",
    curPreListingPhase: "",
  };
}

/** Fields of the spot ticker topic, in the captured order: no bid and ask. */
export function spotTicker(market: Market): TextFields {
  const { spot } = market.instrument;
  const places = writtenPlaces(spot.tickSize);
  return {
    symbol: spot.symbol,
    lastPrice: trimmed(market.price, places),
    highPrice24h: trimmed(market.high24h, places),
    lowPrice24h: trimmed(market.low24h, places),
    prevPrice24h: trimmed(market.day.prevPrice24h, places),
    volume24h: trimmed(market.day.volume, 6),
    turnover24h: trimmed(market.day.turnover, 8),
    price24hPcnt: changeText(market, 4),
    usdIndexPrice: trimmed(market.price, 6),
  };
}

/** Row of market/tickers, category linear. */
export function linearTickerRow(market: Market, nowMs: number): TextFields {
  return {
    ...linearTicker(market, nowMs),
    predictedDeliveryPrice: "",
    basisRate: "",
    basis: "",
    basisRateYear: "",
    deliveryFeeRate: "",
    deliveryTime: "0",
  };
}

/** Row of market/tickers, category spot: with bid and ask. */
export function spotTickerRow(market: Market): TextFields {
  const [bid1Price, bid1Size] = touchText(market, "spot", "Buy");
  const [ask1Price, ask1Size] = touchText(market, "spot", "Sell");
  return { ...spotTicker(market), bid1Price, bid1Size, ask1Price, ask1Size };
}
