import { bestAskTicks, bestBidTicks } from "./book.ts";
import { priceOf } from "./market.ts";
import { DECIMAL_TEXT, Decimal, ONE, decimal, larger, smaller, writtenPlaces } from "./money.ts";
import type { OrderRequest } from "./orders.ts";
import { bandRefusal, priceBand } from "./price-band.ts";
import type { PriceLimitActions } from "./price-limit-actions.ts";
import type { Result } from "./refusal.ts";
import { REFUSALS, accept, refuse, refuseWith } from "./refusal.ts";
import { tickPrice, tradeValue } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";

/** An order request that keeps the instrument's rules. */
export interface CheckedOrder {
  readonly qty: Decimal;
  readonly qtyLots: number;
  /** Price the order carries: clamped to the price band, or the cap of a market order. */
  readonly price: Decimal;
  readonly limitTicks: number;
  /** Price the margin is reckoned at. */
  readonly marginPrice: Decimal;
}

/** Distance of a market order's internal limit from the mark price (recorded: buys at mark x 1.05, on tick). */
const MARKET_CAP = "0.05";

/** Lots of an order that is bounded by its value alone. */
export const LOTS_BY_VALUE = Number.MAX_SAFE_INTEGER;

const LINK_ID = /^[A-Za-z0-9_-]+$/;
/** Longest link id documented; the text of the refusal names 45 (as recorded). */
const LINK_ID_LENGTH = 36;

/** Whether `qty` is an amount of the quote coin: spot market buys unless they ask for base. */
export function isByValue(request: Pick<OrderRequest, "category" | "orderType" | "side" | "marketUnit">): boolean {
  if (request.category !== "spot" || request.orderType !== "Market") return false;
  return request.side === "Buy" ? request.marketUnit !== "baseCoin" : request.marketUnit === "quoteCoin";
}

interface CheckedQty {
  readonly qty: Decimal;
  readonly lots: number;
}

/** Quantity in base coin (inverse: USD) against lot, minimum and maximum. */
export function checkQty(text: string, tradable: Tradable, isMarket: boolean): Result<CheckedQty> {
  const codes = tradable.category === "spot" ? REFUSALS.spot : { ...REFUSALS, qtyDecimals: REFUSALS.badQty };
  if (!DECIMAL_TEXT.test(text)) return refuseWith(codes.badQty);
  const qty = decimal(text);
  if (!qty.isGreaterThan(0)) return refuseWith(codes.badQty);
  if (qty.isLessThan(tradable.minOrderQty)) return refuseWith(codes.qtyTooSmall);
  if (qty.isGreaterThan(isMarket ? tradable.maxMarketQty : tradable.maxOrderQty)) return refuseWith(codes.qtyTooLarge);
  const lots = qty.div(tradable.qtyStep);
  return lots.isInteger() ? accept({ qty, lots: lots.toNumber() }) : refuseWith(codes.qtyDecimals);
}

/** Amount of the quote coin of a spot market order. */
function checkAmount(text: string, tradable: Tradable): Result<CheckedQty> {
  if (!DECIMAL_TEXT.test(text)) return refuseWith(REFUSALS.spot.badQty);
  const qty = decimal(text);
  const { spot } = tradable.market.instrument;
  if (writtenPlaces(text) > writtenPlaces(spot.quotePrecision)) return refuseWith(REFUSALS.spot.amountDecimals);
  if (qty.isLessThan(tradable.minValue)) return refuseWith(REFUSALS.spot.value);
  if (qty.isGreaterThan(spot.maxOrderAmt)) return refuseWith(REFUSALS.spot.amountTooLarge);
  return accept({ qty, lots: LOTS_BY_VALUE });
}

/** A price against tick, minimum and maximum; in ticks. */
export function checkPrice(text: string | undefined, tradable: Tradable): Result<Decimal> {
  const isSpot = tradable.category === "spot";
  const bad = isSpot ? REFUSALS.spot.badPrice : REFUSALS.badPrice;
  if (text === undefined || !DECIMAL_TEXT.test(text)) return refuseWith(bad);
  const price = decimal(text);
  if (!price.isGreaterThan(0)) return refuseWith(bad);
  if (price.isLessThan(tradable.minPrice)) {
    return refuseWith(isSpot ? REFUSALS.spot.priceTooLow : REFUSALS.priceRange);
  }
  if (price.isGreaterThan(tradable.maxPrice)) {
    return refuseWith(isSpot ? REFUSALS.spot.priceTooHigh : REFUSALS.priceRange);
  }
  const onTick = price.div(tradable.tickSize).isInteger();
  return onTick ? accept(price) : refuseWith(isSpot ? REFUSALS.spot.priceDecimals : REFUSALS.badPrice);
}

/** A limit price inside the price band: clamped or refused, as the account has it set for the category. */
export function bandedPrice(
  text: string | undefined,
  side: OrderRequest["side"],
  tradable: Tradable,
  actions: PriceLimitActions,
): Result<Decimal> {
  const price = checkPrice(text, tradable);
  if (!price.ok) return price;
  const clamps = tradable.category === "spot" ? actions.spotClamps : actions.contractClamps;
  if (!clamps) {
    const refusal = bandRefusal(tradable, side, price.value);
    return refusal === undefined ? price : refuseWith(refusal);
  }
  const { maxBuy, minSell } = priceBand(tradable);
  return accept(side === "Buy" ? smaller(price.value, maxBuy) : larger(price.value, minSell));
}

/** The cap of a market order: 5 % from mark, or its slippage tolerance from the touch where that is tighter. */
export function marketLimit(request: Pick<OrderRequest, "side" | "slippage">, tradable: Tradable): Result<Decimal> {
  const buys = request.side === "Buy";
  const tick = tradable.tickSize;
  const mark = priceOf(tradable.market);
  const round = buys ? Decimal.ROUND_FLOOR : Decimal.ROUND_CEIL;
  const onTick = (price: Decimal): Decimal => price.div(tick).integerValue(round).times(tick);
  const cap = onTick(mark.times(buys ? ONE.plus(MARKET_CAP) : ONE.minus(MARKET_CAP)));
  const { slippage } = request;
  if (slippage === undefined) return accept(cap);
  const { type, value } = slippage;
  if (!DECIMAL_TEXT.test(value)) return refuseWith(REFUSALS.slippageValue);
  const amount = decimal(value);
  const [least, most] = type === "TickSize" ? [1, 10_000] : [0.01, 10];
  if (amount.isLessThan(least) || amount.isGreaterThan(most)) return refuseWith(REFUSALS.slippageValue);
  if (type === "TickSize" && !amount.isInteger()) return refuseWith(REFUSALS.slippageValue);
  const touch = tickPrice(tradable, buys ? bestAskTicks(tradable.book) : bestBidTicks(tradable.book));
  const away = type === "TickSize" ? amount.times(tick) : touch.times(amount).div(100);
  const limit = onTick(buys ? touch.plus(away) : touch.minus(away));
  return accept(buys ? smaller(cap, limit) : larger(cap, limit));
}

function checkLinkId(linkId: string): Result<string> {
  if (linkId === "") return accept(linkId);
  if (linkId.length > LINK_ID_LENGTH) return refuse(10001, "order link id is longer than 45");
  if (!LINK_ID.test(linkId)) return refuse(10001, "params error: orderLinkId invalid");
  return accept(linkId);
}

function checkLimit(request: OrderRequest, tradable: Tradable, actions: PriceLimitActions): Result<Decimal> {
  if (request.orderType === "Market") return marketLimit(request, tradable);
  // A conditional order is held against the band when it wakes.
  if (request.trigger !== undefined) return checkPrice(request.price, tradable);
  return bandedPrice(request.price, request.side, tradable, actions);
}

/** Least order value; closing is exempt. */
function checkValue(request: OrderRequest, qty: Decimal, price: Decimal, tradable: Tradable): Result<Decimal> {
  if (request.reduceOnly || isByValue(request)) return accept(price);
  const value = tradable.category === "inverse" ? qty : qty.times(price);
  if (!value.isLessThan(tradable.minValue)) return accept(price);
  if (tradable.category === "spot") return refuseWith(REFUSALS.spot.value);
  return refuse(110094, `Order does not meet minimum order value ${tradable.minValue}${tradable.quoteCoin}`);
}

/** Checks an order against the rules of its instrument: tick, lot, minimum, maximum, notional, ids. Touches no account. */
export function checkOrder(
  request: OrderRequest,
  tradable: Tradable,
  actions: PriceLimitActions,
): Result<CheckedOrder> {
  const linkId = checkLinkId(request.orderLinkId);
  if (!linkId.ok) return linkId;
  const isMarket = request.orderType === "Market";
  const qty = isByValue(request) ? checkAmount(request.qty, tradable) : checkQty(request.qty, tradable, isMarket);
  if (!qty.ok) return qty;
  const limit = checkLimit(request, tradable, actions);
  if (!limit.ok) return limit;
  const price = limit.value;
  const touch = request.side === "Buy" ? bestAskTicks(tradable.book) : bestBidTicks(tradable.book);
  const marginPrice = isMarket ? tickPrice(tradable, touch) : price;
  const value = checkValue(request, qty.value.qty, marginPrice, tradable);
  if (!value.ok) return value;
  const limitTicks = price.div(tradable.tickSize).toNumber();
  return accept({ qty: qty.value.qty, qtyLots: qty.value.lots, price, limitTicks, marginPrice });
}

/** Value of an order at the price its margin or reservation is reckoned at. */
export function orderValue(checked: CheckedOrder, tradable: Tradable): Decimal {
  return tradeValue(tradable, checked.qty, checked.marginPrice);
}
