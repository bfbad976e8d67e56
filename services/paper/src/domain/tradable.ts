import type { Book } from "./book.ts";
import { QUOTE_COIN } from "./instruments.ts";
import type { Market } from "./market.ts";
import { Decimal, padded, plain, writtenPlaces } from "./money.ts";
import type { OrderCategory } from "./orders.ts";
import { contractKind, settleCoinOf } from "./positions.ts";
import type { ExchangeState } from "./state.ts";

/** One thing that can be traded: the rules of its category and the book it meets. Decimal strings. */
export interface Tradable {
  readonly category: OrderCategory;
  readonly symbol: string;
  readonly market: Market;
  readonly book: Book;
  readonly tickSize: string;
  readonly qtyStep: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minOrderQty: string;
  readonly maxOrderQty: string;
  readonly maxMarketQty: string;
  /** Quote coin (inverse: USD). */
  readonly minValue: string;
  readonly ratioX: string;
  readonly ratioY: string;
  readonly baseCoin: string;
  readonly quoteCoin: string;
  /** Coin of margin, profit and fees of a contract. */
  readonly settleCoin: string;
  /** Price and quantity as this category's order messages write them: contracts padded, spot plain. */
  readonly priceText: (price: Decimal) => string;
  readonly qtyText: (qty: Decimal) => string;
}

function contractOf(market: Market): Tradable {
  const { linear } = market.instrument;
  const { symbol } = market.instrument;
  const [pricePlaces, qtyPlaces] = [writtenPlaces(linear.tickSize), writtenPlaces(linear.qtyStep)];
  const kind = contractKind(symbol);
  return {
    category: kind,
    symbol,
    market,
    book: market.linearBook,
    tickSize: linear.tickSize,
    qtyStep: linear.qtyStep,
    minPrice: linear.minPrice,
    maxPrice: linear.maxPrice,
    minOrderQty: linear.minOrderQty,
    maxOrderQty: linear.maxOrderQty,
    maxMarketQty: linear.maxMktOrderQty,
    minValue: linear.minNotionalValue,
    ratioX: linear.priceLimitRatioX,
    ratioY: linear.priceLimitRatioY,
    baseCoin: market.instrument.baseCoin,
    quoteCoin: kind === "inverse" ? "USD" : QUOTE_COIN,
    settleCoin: settleCoinOf(symbol),
    priceText: (price) => padded(price, pricePlaces),
    qtyText: (qty) => padded(qty, qtyPlaces),
  };
}

function spotOf(market: Market): Tradable {
  const { spot, baseCoin, symbol, linear } = market.instrument;
  return {
    category: "spot",
    symbol,
    market,
    book: market.spotBook,
    tickSize: spot.tickSize,
    qtyStep: spot.basePrecision,
    minPrice: spot.tickSize,
    maxPrice: linear.maxPrice,
    minOrderQty: spot.minOrderQty,
    maxOrderQty: spot.maxOrderQty,
    maxMarketQty: spot.maxMarketOrderQty,
    minValue: spot.minOrderAmt,
    ratioX: spot.priceLimitRatioX,
    ratioY: spot.priceLimitRatioY,
    baseCoin,
    quoteCoin: QUOTE_COIN,
    settleCoin: QUOTE_COIN,
    priceText: (price) => plain(price),
    qtyText: (qty) => plain(qty),
  };
}

/** Rules never change, so each market's are put together once. */
const contracts = new WeakMap<Market, Tradable>();
const spots = new WeakMap<Market, Tradable>();

function remembered(memory: WeakMap<Market, Tradable>, market: Market, make: (market: Market) => Tradable): Tradable {
  let found = memory.get(market);
  if (found === undefined) {
    found = make(market);
    memory.set(market, found);
  }
  return found;
}

/** What trades under `symbol` in `category`; undefined when nothing does. */
export function tradableOf(state: ExchangeState, category: OrderCategory, symbol: string): Tradable | undefined {
  const market = state.marketBySymbol.get(symbol);
  return market === undefined ? undefined : tradableIn(market, category);
}

/** What trades on a market in `category`; undefined when nothing does. */
export function tradableIn(market: Market, category: OrderCategory): Tradable | undefined {
  const kind = contractKind(market.instrument.symbol);
  if (category === "spot") return kind === "inverse" ? undefined : remembered(spots, market, spotOf);
  return category === kind ? remembered(contracts, market, contractOf) : undefined;
}

/** The tradable of an order that exists. @throws RangeError when its market is gone */
export function tradableOfOrder(
  state: ExchangeState,
  order: { readonly category: OrderCategory; readonly symbol: string },
): Tradable {
  const tradable = tradableOf(state, order.category, order.symbol);
  if (tradable === undefined) throw new RangeError(`no market ${order.category} ${order.symbol}`);
  return tradable;
}

export function tickPrice(tradable: Tradable, ticks: number): Decimal {
  return new Decimal(ticks).times(tradable.tickSize);
}

export function lotQty(tradable: Tradable, lots: number): Decimal {
  return new Decimal(lots).times(tradable.qtyStep);
}

/** Value of a trade: quote coin, or the base coin of an inverse contract. */
export function tradeValue(tradable: Tradable, qty: Decimal, price: Decimal): Decimal {
  return tradable.category === "inverse" ? qty.div(price).decimalPlaces(12, Decimal.ROUND_HALF_UP) : qty.times(price);
}
