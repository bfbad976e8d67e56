import { bookLevel, createBook, moveBook } from "./book.ts";
import type { BookShape, Book } from "./book.ts";
import type { CandleTape, RecordedMinute } from "./candles.ts";
import { recordPrice, tapeAfter } from "./candles.ts";
import type { DayStats } from "./day-stats.ts";
import type { Instrument } from "./instruments.ts";
import { Decimal } from "./money.ts";
import type { Sequence } from "./sequence.ts";
import { emptyTradeTape, recordTrade } from "./trade-tape.ts";
import type { TradeTape } from "./trade-tape.ts";

/** Direction of the last price against the one before, as tickers show it. */
export type TickDirection = "PlusTick" | "ZeroPlusTick" | "MinusTick" | "ZeroMinusTick";

/**
 * The market of one asset. Mark, index, perpetual last and spot last price are all the replayed price (a
 * simplification; see docs/paper-exchange.md). Doubles: money that moves goes through {@link priceOf}.
 */
export interface Market {
  readonly instrument: Instrument;
  readonly tickSize: number;
  readonly qtyStep: number;
  readonly linearBook: Book;
  readonly spotBook: Book;
  /** Shapes of the books when nothing disturbs them. */
  readonly linearShape: BookShape;
  readonly spotShape: BookShape;
  price: number;
  priceTicks: number;
  tickDirection: TickDirection;
  day: DayStats;
  high24h: number;
  low24h: number;
  /** Cross sequence of the last change. */
  linearSeq: number;
  spotSeq: number;
  /** Minutes by the exchange clock; price and index of every category are the same here. */
  readonly candles: CandleTape;
  readonly linearTrades: TradeTape;
  readonly spotTrades: TradeTape;
}

export interface MarketOptions {
  readonly instrument: Instrument;
  readonly price: number;
  readonly day: DayStats;
  readonly spreadTicks: number;
  readonly levels: number;
  /** Base coin; undefined takes the instrument's own. */
  readonly sizePerLevel: string | undefined;
  /** Recorded minutes before the first step, oldest first: the history of the candles. */
  readonly history?: readonly RecordedMinute[];
  /** Exchange time, milliseconds since the epoch: where that history ends. */
  readonly timeMs?: number;
}

function nextDirection(previous: TickDirection, from: number, to: number): TickDirection {
  if (to > from) return "PlusTick";
  if (to < from) return "MinusTick";
  return previous === "PlusTick" || previous === "ZeroPlusTick" ? "ZeroPlusTick" : "ZeroMinusTick";
}

export function createMarket(options: MarketOptions, sequence: Sequence): Market {
  const { instrument, day } = options;
  const tickSize = Number(instrument.linear.tickSize);
  const qtyStep = Number(instrument.linear.qtyStep);
  const size = Number(options.sizePerLevel ?? instrument.bookSizePerLevel);
  const priceTicks = Math.round(options.price / tickSize);
  const price = new Decimal(priceTicks).times(instrument.linear.tickSize).toNumber();
  const shape = (step: number): BookShape => ({
    spreadTicks: options.spreadTicks,
    levels: options.levels,
    levelTicks: instrument.bookLevelTicks,
    lotsPerLevel: Math.max(1, Math.round(size / step)),
  });
  const linearShape = shape(qtyStep);
  const spotShape = shape(Number(instrument.spot.basePrecision));
  return {
    instrument,
    tickSize,
    qtyStep,
    linearShape,
    spotShape,
    linearBook: createBook(linearShape, priceTicks),
    spotBook: createBook(spotShape, priceTicks),
    price,
    priceTicks,
    tickDirection: "ZeroPlusTick",
    day,
    high24h: Math.max(day.high, price),
    low24h: Math.min(day.low, price),
    linearSeq: sequence.next(),
    spotSeq: sequence.next(),
    candles: tapeAfter(options.history ?? [], options.timeMs ?? 0),
    linearTrades: emptyTradeTape(),
    spotTrades: emptyTradeTape(),
  };
}

/** Takes the 24-hour figures of a new minute. */
export function openMarketBar(market: Market, day: DayStats): void {
  market.day = day;
  market.high24h = Math.max(day.high, market.price);
  market.low24h = Math.min(day.low, market.price);
}

/** A tenth of the level at the touch, at least one lot. */
function touchTenth(book: Book, side: "Buy" | "Sell"): number {
  return Math.max(1, Math.ceil((bookLevel(book, side, 0)?.lots ?? 1) / 10));
}

/** A move of the price is told as one trade on each book, a tenth of the level it touched. */
function recordMove(market: Market, fromTicks: number, timeMs: number): void {
  const buys = market.priceTicks > fromTicks;
  const [side, resting] = buys ? (["Buy", "Sell"] as const) : (["Sell", "Buy"] as const);
  const shared = { timeMs, side, ticks: market.priceTicks, direction: market.tickDirection } as const;
  const lots = touchTenth(market.linearBook, resting);
  recordTrade(market.linearTrades, { ...shared, lots, seq: market.linearSeq });
  recordTrade(market.spotTrades, { ...shared, lots: touchTenth(market.spotBook, resting), seq: market.spotSeq });
  recordPrice(market.candles, timeMs, market.price, lots * market.qtyStep);
}

/**
 * Moves a market to a new replayed price and refreshes its books; the same price only refreshes.
 * @param timeMs exchange time, milliseconds since the epoch
 */
export function moveMarket(market: Market, price: number, sequence: Sequence, timeMs: number): void {
  const priceTicks = Math.round(price / market.tickSize);
  const fromTicks = market.priceTicks;
  market.tickDirection = nextDirection(market.tickDirection, fromTicks, priceTicks);
  market.price = price;
  market.priceTicks = priceTicks;
  if (price > market.high24h) market.high24h = price;
  if (price < market.low24h) market.low24h = price;
  moveBook(market.linearBook, priceTicks);
  moveBook(market.spotBook, priceTicks);
  market.linearSeq = sequence.next();
  market.spotSeq = sequence.next();
  if (priceTicks === fromTicks) recordPrice(market.candles, timeMs, price, 0);
  else recordMove(market, fromTicks, timeMs);
}

/** How thick the books of a market are. */
export interface BookThickness {
  readonly levels: number;
  readonly lotsPerLevel: number;
}

/** Gives the books another thickness, or with undefined their own again. */
export function setThickness(market: Market, thickness: BookThickness | undefined): void {
  for (const [book, own] of [
    [market.linearBook, market.linearShape],
    [market.spotBook, market.spotShape],
  ] as const) {
    book.shape = { ...own, ...thickness };
  }
}

/** The replayed price as a decimal. */
export function priceOf(market: Market): Decimal {
  return new Decimal(market.priceTicks).times(market.instrument.linear.tickSize);
}

/** `ticks` ticks of the perpetual as a price. */
export function ticksToPrice(market: Market, ticks: number): Decimal {
  return new Decimal(ticks).times(market.instrument.linear.tickSize);
}
