import type { Market } from "../domain/market.ts";
import { plain } from "../domain/money.ts";
import { leavesQty } from "../domain/orders.ts";
import type { Execution, Order, OrderCategory, OrderSnapshot } from "../domain/orders.ts";
import { tradableIn } from "../domain/tradable.ts";
import type { Tradable } from "../domain/tradable.ts";
import type { JsonObject } from "./json.ts";

function tradableFor(item: { readonly category: OrderCategory; readonly symbol: string }, market: Market): Tradable {
  const tradable = tradableIn(market, item.category);
  if (tradable === undefined) throw new RangeError(`${item.symbol} does not trade as ${item.category}`);
  return tradable;
}

/** The coin fees are paid in: of spot the coin received, of contracts the settle coin. */
function feeCoin(order: Pick<Order, "category" | "side">, tradable: Tradable): string {
  if (order.category !== "spot") return tradable.settleCoin;
  return order.side === "Buy" ? tradable.baseCoin : tradable.quoteCoin;
}

const INVERSE_PRICE_PLACES = 2;

function averagePrice(order: OrderSnapshot): string {
  const { cumExecValue, cumExecQty } = order;
  if (!cumExecQty.isGreaterThan(0)) return order.category === "spot" ? "0" : "";
  // The value of an inverse contract is rounded, so the price it comes back to is only good to a few places.
  return order.category === "inverse"
    ? plain(cumExecQty.div(cumExecValue), INVERSE_PRICE_PLACES)
    : plain(cumExecValue.div(cumExecQty));
}

/** Spot market orders show price 0; those of contracts their internal cap (recorded). */
function priceText(order: OrderSnapshot, tradable: Tradable): string {
  const hidesPrice = order.orderType === "Market" && (order.category === "spot" || order.status === "Untriggered");
  return hidesPrice ? "0" : tradable.priceText(order.price);
}

function leavesValue(order: OrderSnapshot): string {
  const leaves = leavesQty(order);
  if (order.category === "inverse") return plain(order.price.isZero() ? leaves.times(0) : leaves.div(order.price));
  return plain(leaves.times(order.price));
}

function amounts(order: OrderSnapshot, tradable: Tradable) {
  const filled = order.cumExecQty.isGreaterThan(0);
  return {
    price: priceText(order, tradable),
    qty: order.marketUnit === "quoteCoin" ? plain(order.qty) : tradable.qtyText(order.qty),
    avgPrice: averagePrice(order),
    leavesQty: tradable.qtyText(leavesQty(order)),
    leavesValue: leavesValue(order),
    cumExecQty: tradable.qtyText(order.cumExecQty),
    cumExecValue: plain(order.cumExecValue),
    cumExecFee: plain(order.cumExecFee),
    cumFeeDetail: filled ? { [feeCoin(order, tradable)]: plain(order.cumExecFee) } : {},
    closedPnl: plain(order.closedPnl),
    feeCurrency: order.category === "spot" && filled ? feeCoin(order, tradable) : "",
  };
}

function conditions(order: OrderSnapshot) {
  const { trigger, exits, slippage } = order;
  return {
    orderType: order.orderType,
    orderIv: "",
    marketUnit: order.marketUnit,
    triggerPrice: trigger?.price ?? "",
    takeProfit: exits.takeProfit,
    stopLoss: exits.stopLoss,
    tpTriggerBy: exits.takeProfit === "" ? "" : exits.tpTriggerBy,
    slTriggerBy: exits.stopLoss === "" ? "" : exits.slTriggerBy,
    triggerBy: trigger?.by ?? "",
    triggerDirection: trigger?.direction ?? 0,
    ocoTriggerBy: "",
    placeType: "",
    slippageTolerance: slippage?.value ?? "0",
    slippageToleranceType: slippage?.type ?? "UNKNOWN",
  };
}

/** What the private topic and the REST rows share. */
function commonFields(order: OrderSnapshot, tradable: Tradable) {
  const spot = order.category === "spot";
  const created = tradable.priceText(order.lastPriceOnCreated);
  const { slippageTolerance, slippageToleranceType, ...terms } = conditions(order);
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    parentOrderLinkId: "",
    blockTradeId: "",
    side: order.side,
    positionIdx: order.positionIdx,
    orderStatus: order.status,
    // Contracts only (recorded).
    ...(spot ? {} : { createType: order.createType }),
    cancelType: order.cancelType,
    rejectReason: order.rejectReason,
    timeInForce: order.timeInForce,
    isLeverage: spot ? (order.isLeverage ? "1" : "0") : "",
    ...amounts(order, tradable),
    ...terms,
    lastPriceOnCreated: created,
    ...(spot ? { basePrice: created } : {}),
    reduceOnly: order.reduceOnly,
    closeOnTrigger: order.closeOnTrigger,
    smpType: "None",
    smpGroup: 0,
    smpOrderId: "",
    slippageTolerance,
    slippageToleranceType,
    createdTime: String(order.createdMs),
    updatedTime: String(order.updatedMs),
    rpiTakerAccess: false,
    rpiMatchedQty: "0",
  };
}

/** Spot orders have no `tpslMode`: a client tells them from contracts by that. */
function exitMode(order: OrderSnapshot, none: string): JsonObject {
  if (order.category === "spot") return {};
  const has = order.exits.takeProfit !== "" || order.exits.stopLoss !== "";
  const isPartial = order.stopOrderType.startsWith("Partial");
  const isFull = order.stopOrderType === "TakeProfit" || order.stopOrderType === "StopLoss";
  if (!has && !isPartial && !isFull) return { tpslMode: none };
  return { tpslMode: isPartial ? "Partial" : isFull ? "Full" : order.exits.tpslMode };
}

function limitText(price: string, none: string): string {
  return price === "" ? none : price;
}

/** One entry of the private `order` topic. */
export function orderMessage(order: OrderSnapshot, market: Market): JsonObject {
  return {
    category: order.category,
    ...commonFields(order, tradableFor(order, market)),
    stopOrderType: order.stopOrderType === "" ? "UNKNOWN" : order.stopOrderType,
    ...exitMode(order, "UNKNOWN"),
    tpLimitPrice: limitText(order.exits.tpLimitPrice, "0"),
    slLimitPrice: limitText(order.exits.slLimitPrice, "0"),
  };
}

/** One row of order/realtime and order/history. */
export function orderRow(order: OrderSnapshot, market: Market): JsonObject {
  return {
    ...commonFields(order, tradableFor(order, market)),
    stopOrderType: order.stopOrderType,
    ...exitMode(order, ""),
    tpLimitPrice: order.exits.tpLimitPrice,
    slLimitPrice: order.exits.slLimitPrice,
  };
}

function executionFields(execution: Execution) {
  return {
    symbol: execution.symbol,
    orderId: execution.orderId,
    orderLinkId: execution.orderLinkId,
    side: execution.side,
    ...(execution.category === "spot" ? {} : { createType: execution.createType }),
    orderType: execution.orderType,
    stopOrderType: execution.stopOrderType === "" ? "UNKNOWN" : execution.stopOrderType,
    execFee: plain(execution.execFee),
    execId: execution.execId,
    execType: execution.execType,
    execValue: plain(execution.execValue),
    execTime: String(execution.execTimeMs),
    feeCurrency: execution.feeCoin,
    isMaker: execution.isMaker,
    feeRate: execution.feeRate,
    tradeIv: "",
    markIv: "",
    indexPrice: "",
    underlyingPrice: "",
    blockTradeId: "",
    closedSize: execution.category === "spot" ? "" : plain(execution.closedSize),
    extraFees: "",
    seq: execution.seq,
  };
}

/** One entry of the private `execution` topic. */
export function executionMessage(execution: Execution, market: Market): JsonObject {
  const { priceText: price, qtyText: qty } = tradableFor(execution, market);
  const hides = execution.category === "spot" && execution.orderType === "Market";
  return {
    category: execution.category,
    ...executionFields(execution),
    orderPrice: hides || execution.orderPrice.isZero() ? "0" : price(execution.orderPrice),
    orderQty: execution.marketUnit === "quoteCoin" ? plain(execution.orderQty) : qty(execution.orderQty),
    leavesQty: qty(execution.leavesQty),
    execPrice: price(execution.execPrice),
    execQty: qty(execution.execQty),
    markPrice: price(execution.markPrice),
    isLeverage: execution.isLeverage ? "1" : "0",
    marketUnit: execution.marketUnit,
    execPnl: plain(execution.execPnl),
  };
}

/** One entry of the private `execution.fast` topic: link ids only for taker fills. */
export function fastExecutionMessage(execution: Execution, market: Market): JsonObject {
  const { priceText: price, qtyText: qty } = tradableFor(execution, market);
  return {
    category: execution.category,
    symbol: execution.symbol,
    execId: execution.execId,
    execPrice: price(execution.execPrice),
    execQty: qty(execution.execQty),
    orderId: execution.orderId,
    isMaker: execution.isMaker,
    orderLinkId: execution.isMaker ? "" : execution.orderLinkId,
    side: execution.side,
    execTime: String(execution.execTimeMs),
    seq: execution.seq,
  };
}

/** One row of execution/list. */
export function executionRow(execution: Execution): JsonObject {
  const hides = execution.category === "spot" && execution.orderType === "Market";
  return {
    ...executionFields(execution),
    orderPrice: hides ? "0" : plain(execution.orderPrice),
    orderQty: plain(execution.orderQty),
    leavesQty: plain(execution.leavesQty),
    execPrice: plain(execution.execPrice),
    execQty: plain(execution.execQty),
    execFeeV2: "",
    markPrice: plain(execution.markPrice),
    isLeverage: execution.isLeverage ? "1" : "0",
    marketUnit: execution.marketUnit,
  };
}
