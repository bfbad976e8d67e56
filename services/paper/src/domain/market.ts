import type { BookShape, Book } from "./book.ts";
import { createBook, moveBook } from "./book.ts";
import type { DayStats } from "./day-stats.ts";
import type { Instrument } from "./instruments.ts";
import { Decimal } from "./money.ts";
import type { Sequence } from "./sequence.ts";

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
  price: number;
  priceTicks: number;
  tickDirection: TickDirection;
  day: DayStats;
  high24h: number;
  low24h: number;
  /** Cross sequence of the last change. */
  linearSeq: number;
  spotSeq: number;
}

export interface MarketOptions {
  readonly instrument: Instrument;
  readonly price: number;
  readonly day: DayStats;
  readonly spreadTicks: number;
  readonly levels: number;
  /** Base coin; undefined takes the instrument's own. */
  readonly sizePerLevel: string | undefined;
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
  return {
    instrument,
    tickSize,
    qtyStep,
    linearBook: createBook(shape(qtyStep), priceTicks),
    spotBook: createBook(shape(Number(instrument.spot.basePrecision)), priceTicks),
    price,
    priceTicks,
    tickDirection: "ZeroPlusTick",
    day,
    high24h: Math.max(day.high, price),
    low24h: Math.min(day.low, price),
    linearSeq: sequence.next(),
    spotSeq: sequence.next(),
  };
}

/** Takes the 24-hour figures of a new minute. */
export function openMarketBar(market: Market, day: DayStats): void {
  market.day = day;
  market.high24h = Math.max(day.high, market.price);
  market.low24h = Math.min(day.low, market.price);
}

/** Moves a market to a new replayed price and refreshes its books; the same price only refreshes. */
export function moveMarket(market: Market, price: number, sequence: Sequence): void {
  const priceTicks = Math.round(price / market.tickSize);
  market.tickDirection = nextDirection(market.tickDirection, market.priceTicks, priceTicks);
  market.price = price;
  market.priceTicks = priceTicks;
  if (price > market.high24h) market.high24h = price;
  if (price < market.low24h) market.low24h = price;
  moveBook(market.linearBook, priceTicks);
  moveBook(market.spotBook, priceTicks);
  market.linearSeq = sequence.next();
  market.spotSeq = sequence.next();
}

/** The replayed price as a decimal. */
export function priceOf(market: Market): Decimal {
  return new Decimal(market.priceTicks).times(market.instrument.linear.tickSize);
}

/** `ticks` ticks of the perpetual as a price. */
export function ticksToPrice(market: Market, ticks: number): Decimal {
  return new Decimal(ticks).times(market.instrument.linear.tickSize);
}

/** `lots` quantity steps of the perpetual as a quantity. */
export function lotsToQty(market: Market, lots: number): Decimal {
  return new Decimal(lots).times(market.instrument.linear.qtyStep);
}
