import type { Market } from "../domain/market.ts";
import { padded, plain, writtenPlaces } from "../domain/money.ts";
import { leavesQty } from "../domain/orders.ts";
import type { Execution, OrderSnapshot } from "../domain/orders.ts";
import type { JsonObject } from "./json.ts";

interface Places {
  readonly price: number;
  readonly qty: number;
}

function placesOf(market: Market): Places {
  const { linear } = market.instrument;
  return { price: writtenPlaces(linear.tickSize), qty: writtenPlaces(linear.qtyStep) };
}

/** What the private topic and the REST rows share. */
function commonFields(order: OrderSnapshot, places: Places) {
  const leaves = leavesQty(order);
  const filled = order.cumExecQty.isGreaterThan(0);
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    parentOrderLinkId: "",
    blockTradeId: "",
    side: order.side,
    positionIdx: 0,
    orderStatus: order.status,
    createType: order.createType,
    cancelType: order.cancelType,
    rejectReason: order.rejectReason,
    timeInForce: order.timeInForce,
    isLeverage: "",
    price: padded(order.price, places.price),
    qty: padded(order.qty, places.qty),
    avgPrice: filled ? plain(order.cumExecValue.div(order.cumExecQty)) : "",
    leavesQty: padded(leaves, places.qty),
    leavesValue: plain(leaves.times(order.price)),
    cumExecQty: padded(order.cumExecQty, places.qty),
    cumExecValue: plain(order.cumExecValue),
    cumExecFee: plain(order.cumExecFee),
    cumFeeDetail: filled ? { USDT: plain(order.cumExecFee) } : {},
    closedPnl: plain(order.closedPnl),
    feeCurrency: "",
    orderType: order.orderType,
    orderIv: "",
    marketUnit: "",
    triggerPrice: "",
    takeProfit: "",
    stopLoss: "",
    tpTriggerBy: "",
    slTriggerBy: "",
    triggerBy: "",
    triggerDirection: 0,
    ocoTriggerBy: "",
    placeType: "",
    lastPriceOnCreated: padded(order.lastPriceOnCreated, places.price),
    reduceOnly: order.reduceOnly,
    closeOnTrigger: order.closeOnTrigger,
    smpType: "None",
    smpGroup: 0,
    smpOrderId: "",
    slippageTolerance: "0",
    slippageToleranceType: "UNKNOWN",
    createdTime: String(order.createdMs),
    updatedTime: String(order.updatedMs),
    rpiTakerAccess: false,
    rpiMatchedQty: "0",
  };
}

/** One entry of the private `order` topic. */
export function orderMessage(order: OrderSnapshot, market: Market): JsonObject {
  return {
    category: "linear",
    ...commonFields(order, placesOf(market)),
    stopOrderType: "UNKNOWN",
    tpslMode: "UNKNOWN",
    tpLimitPrice: "0",
    slLimitPrice: "0",
  };
}

/** One row of order/realtime and order/history. */
export function orderRow(order: OrderSnapshot, market: Market): JsonObject {
  return {
    ...commonFields(order, placesOf(market)),
    stopOrderType: "",
    tpslMode: "",
    tpLimitPrice: "",
    slLimitPrice: "",
  };
}

function executionFields(execution: Execution) {
  return {
    symbol: execution.symbol,
    orderId: execution.orderId,
    orderLinkId: execution.orderLinkId,
    side: execution.side,
    createType: execution.createType,
    orderType: execution.orderType,
    stopOrderType: "UNKNOWN",
    execFee: plain(execution.execFee),
    execId: execution.execId,
    execType: execution.execType,
    execValue: plain(execution.execValue),
    execTime: String(execution.execTimeMs),
    feeCurrency: "USDT",
    isMaker: execution.isMaker,
    feeRate: execution.feeRate,
    tradeIv: "",
    markIv: "",
    indexPrice: "",
    underlyingPrice: "",
    blockTradeId: "",
    closedSize: plain(execution.closedSize),
    extraFees: "",
    seq: execution.seq,
  };
}

/** One entry of the private `execution` topic. */
export function executionMessage(execution: Execution, market: Market): JsonObject {
  const places = placesOf(market);
  return {
    category: "linear",
    ...executionFields(execution),
    orderPrice: padded(execution.orderPrice, places.price),
    orderQty: padded(execution.orderQty, places.qty),
    leavesQty: padded(execution.leavesQty, places.qty),
    execPrice: padded(execution.execPrice, places.price),
    execQty: padded(execution.execQty, places.qty),
    markPrice: padded(execution.markPrice, places.price),
    isLeverage: "0",
    marketUnit: "",
    execPnl: plain(execution.execPnl),
  };
}

/** One entry of the private `execution.fast` topic: link ids only for taker fills. */
export function fastExecutionMessage(execution: Execution, market: Market): JsonObject {
  const places = placesOf(market);
  return {
    category: "linear",
    symbol: execution.symbol,
    execId: execution.execId,
    execPrice: padded(execution.execPrice, places.price),
    execQty: padded(execution.execQty, places.qty),
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
  return {
    ...executionFields(execution),
    orderPrice: plain(execution.orderPrice),
    orderQty: plain(execution.orderQty),
    leavesQty: plain(execution.leavesQty),
    execPrice: plain(execution.execPrice),
    execQty: plain(execution.execQty),
    execFeeV2: "",
    markPrice: plain(execution.markPrice),
  };
}
