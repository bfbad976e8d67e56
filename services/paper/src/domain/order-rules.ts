import { bestAskTicks, bestBidTicks } from "./book.ts";
import type { Market } from "./market.ts";
import { priceOf, ticksToPrice } from "./market.ts";
import { DECIMAL_TEXT, Decimal, ONE, decimal } from "./money.ts";
import type { OrderRequest } from "./orders.ts";
import type { Result } from "./refusal.ts";
import { REFUSALS, accept, refuse, refuseWith } from "./refusal.ts";

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

const LINK_ID = /^[A-Za-z0-9_-]+$/;
/** Longest link id documented; the text of the refusal names 45 (as recorded). */
const LINK_ID_LENGTH = 36;

function checkQty(request: OrderRequest, market: Market): Result<{ readonly qty: Decimal; readonly lots: number }> {
  const { linear } = market.instrument;
  if (!DECIMAL_TEXT.test(request.qty)) return refuseWith(REFUSALS.badQty);
  const qty = decimal(request.qty);
  if (!qty.isGreaterThan(0)) return refuseWith(REFUSALS.badQty);
  if (qty.isLessThan(linear.minOrderQty)) return refuseWith(REFUSALS.qtyTooSmall);
  const most = request.orderType === "Market" ? linear.maxMktOrderQty : linear.maxOrderQty;
  if (qty.isGreaterThan(most)) return refuseWith(REFUSALS.qtyTooLarge);
  const lots = qty.div(linear.qtyStep);
  if (!lots.isInteger()) return refuseWith(REFUSALS.badQty);
  return accept({ qty, lots: lots.toNumber() });
}

/** Limit price in ticks, inside the price band: contracts clamp silently (default of set-limit-px-action). */
function limitTicks(request: OrderRequest, market: Market): Result<number> {
  const { linear } = market.instrument;
  const mark = priceOf(market);
  const band = request.orderType === "Market" ? MARKET_CAP : linear.priceLimitRatioX;
  const highest = mark.times(ONE.plus(band)).div(linear.tickSize).integerValue(Decimal.ROUND_FLOOR);
  const lowest = mark.times(ONE.minus(band)).div(linear.tickSize).integerValue(Decimal.ROUND_CEIL);
  if (request.orderType === "Market") return accept((request.side === "Buy" ? highest : lowest).toNumber());
  if (request.price === undefined || !DECIMAL_TEXT.test(request.price)) return refuseWith(REFUSALS.badPrice);
  const price = decimal(request.price);
  if (!price.isGreaterThan(0)) return refuseWith(REFUSALS.badPrice);
  if (price.isLessThan(linear.minPrice) || price.isGreaterThan(linear.maxPrice)) return refuseWith(REFUSALS.priceRange);
  const ticks = price.div(linear.tickSize);
  if (!ticks.isInteger()) return refuseWith(REFUSALS.badPrice);
  const clamped = request.side === "Buy" ? Decimal.min(ticks, highest) : Decimal.max(ticks, lowest);
  return accept(clamped.toNumber());
}

function checkLinkId(linkId: string): Result<string> {
  if (linkId === "") return accept(linkId);
  if (linkId.length > LINK_ID_LENGTH) return refuse(10001, "order link id is longer than 45");
  if (!LINK_ID.test(linkId)) return refuse(10001, "params error: orderLinkId invalid");
  return accept(linkId);
}

/** Checks an order against the rules of its instrument: tick, lot, minimum, maximum, notional, ids. Touches no account. */
export function checkOrder(request: OrderRequest, market: Market): Result<CheckedOrder> {
  const { linear } = market.instrument;
  if (request.positionIdx !== 0) return refuseWith(REFUSALS.positionIdx);
  const linkId = checkLinkId(request.orderLinkId);
  if (!linkId.ok) return linkId;
  const qty = checkQty(request, market);
  if (!qty.ok) return qty;
  const ticks = limitTicks(request, market);
  if (!ticks.ok) return ticks;
  const price = ticksToPrice(market, ticks.value);
  const touch = request.side === "Buy" ? bestAskTicks(market.linearBook) : bestBidTicks(market.linearBook);
  const marginPrice = request.orderType === "Market" ? ticksToPrice(market, touch) : price;
  if (!request.reduceOnly && qty.value.qty.times(marginPrice).isLessThan(linear.minNotionalValue)) {
    return refuse(110094, `Order does not meet minimum order value ${linear.minNotionalValue}USDT`);
  }
  return accept({ qty: qty.value.qty, qtyLots: qty.value.lots, price, limitTicks: ticks.value, marginPrice });
}
