import type { Side } from "./book.ts";
import type { Decimal } from "./money.ts";

export type OrderCategory = "linear" | "inverse" | "spot";
export type OrderType = "Market" | "Limit";
export type TimeInForce = "GTC" | "IOC" | "FOK" | "PostOnly";
export type OrderStatus =
  | "New"
  | "PartiallyFilled"
  | "Untriggered"
  | "Triggered"
  | "Filled"
  | "Cancelled"
  /** Spot only: ended with fills. */
  | "PartiallyFilledCanceled"
  | "Rejected"
  /** A conditional order that was cancelled before it triggered. */
  | "Deactivated";
export type CancelType =
  | "UNKNOWN"
  | "CancelByUser"
  | "CancelByReduceOnly"
  | "CancelByPrepareLiq"
  | "CancelByPrepareAdl"
  | "CancelByTpSlTsClear";
export type RejectReason =
  | "EC_NoError"
  | "EC_PerCancelRequest"
  | "EC_PostOnlyWillTakeLiquidity"
  | "EC_NoImmediateQtyToFill"
  | "EC_NoEnoughQtyToFill"
  | "EC_CancelForNoFullFill"
  | "EC_OrigClOrdIDDoesNotExist"
  | "EC_Others";
export type CreateType =
  | "CreateByUser"
  | "CreateByStopOrder"
  | "CreateByTakeProfit"
  | "CreateByStopLoss"
  | "CreateByPartialTakeProfit"
  | "CreateByPartialStopLoss"
  | "CreateByTrailingStop"
  | "CreateByTakeOver_PassThrough"
  | "CreateByAdl_PassThrough";
export type StopOrderType =
  | ""
  | "Stop"
  | "TakeProfit"
  | "StopLoss"
  | "TrailingStop"
  | "PartialTakeProfit"
  | "PartialStopLoss"
  | "tpslOrder";
export type TriggerBy = "LastPrice" | "MarkPrice" | "IndexPrice";
export type MarketUnit = "" | "baseCoin" | "quoteCoin";
export type PositionIdx = 0 | 1 | 2;

/** When a conditional order wakes. Direction 1: the price rises to it, 2: it falls to it. */
export interface Trigger {
  readonly price: string;
  readonly direction: 0 | 1 | 2;
  readonly by: TriggerBy;
}

/** Take profit and stop loss that ride on an order, as the client wrote them; "" for none. */
export interface ExitTerms {
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly tpTriggerBy: TriggerBy;
  readonly slTriggerBy: TriggerBy;
  readonly tpslMode: "Full" | "Partial";
  /** Partial mode with limit exits only. */
  readonly tpLimitPrice: string;
  readonly slLimitPrice: string;
}

export const NO_EXITS: ExitTerms = {
  takeProfit: "",
  stopLoss: "",
  tpTriggerBy: "LastPrice",
  slTriggerBy: "LastPrice",
  tpslMode: "Full",
  tpLimitPrice: "",
  slLimitPrice: "",
};

/** Distance of a trailing stop, and the price from which it trails ("" at once). */
export interface Trailing {
  readonly distance: string;
  readonly activePrice: string;
}

/** How far a market order may slip from the touch. */
export interface Slippage {
  readonly type: "TickSize" | "Percent";
  readonly value: string;
}

/** What a client asks for, parsed but not checked against any rule. Decimal strings. */
export interface OrderRequest {
  /** Linear when absent. */
  readonly category?: OrderCategory | undefined;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly qty: string;
  /** Undefined for market orders. */
  readonly price: string | undefined;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly positionIdx: number;
  /** "" for none. */
  readonly orderLinkId: string;
  readonly isLeverage?: boolean | undefined;
  readonly marketUnit?: MarketUnit | undefined;
  readonly trigger?: Trigger | undefined;
  /** Spot: what kind of conditional order. */
  readonly orderFilter?: "Order" | "StopOrder" | "tpslOrder" | undefined;
  readonly exits?: ExitTerms | undefined;
  readonly slippage?: Slippage | undefined;
}

/** An order as the exchange keeps it. */
export interface Order {
  readonly category: OrderCategory;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly uid: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly positionIdx: PositionIdx;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly createType: CreateType;
  readonly stopOrderType: StopOrderType;
  readonly isLeverage: boolean;
  readonly marketUnit: MarketUnit;
  readonly slippage: Slippage | undefined;
  readonly lastPriceOnCreated: Decimal;
  readonly createdMs: number;
  /** Position in the exchange's own book of orders: rises with every order. */
  readonly number: number;
  /** Total; of a spot market buy by value, quote coin. */
  qty: Decimal;
  price: Decimal;
  limitTicks: number;
  /** Whole lots of `qty`; Infinity for a spot market buy by value, which its budget bounds. */
  qtyLots: number;
  trigger: Trigger | undefined;
  exits: ExitTerms;
  /** Trailing stops only: the trigger follows the price at this distance once `activePrice` was reached. */
  trailing: Trailing | undefined;
  /** Spot: what is locked in the wallet for the rest of the order, quote coin for buys, base coin for sells. */
  reserved: Decimal;
  status: OrderStatus;
  filledLots: number;
  cumExecQty: Decimal;
  cumExecValue: Decimal;
  cumExecFee: Decimal;
  closedPnl: Decimal;
  cancelType: CancelType;
  rejectReason: RejectReason;
  updatedMs: number;
}

/** An order as it was at one moment. */
export type OrderSnapshot = Readonly<Order>;

/** Resting in the book. */
export function isLive(order: OrderSnapshot): boolean {
  return order.status === "New" || order.status === "PartiallyFilled";
}

/** Not ended yet: resting, or waiting for its trigger. */
export function isOpen(order: OrderSnapshot): boolean {
  return isLive(order) || order.status === "Untriggered";
}

/** Whether initial margin is held for the rest of an order (reduce-only and conditional orders hold none). */
export function holdsMargin(order: OrderSnapshot): boolean {
  return order.category !== "spot" && isLive(order) && !order.reduceOnly;
}

/** What is not filled yet; a closed order has nothing left, whatever was filled (as recorded from Bybit). */
export function leavesQty(order: OrderSnapshot): Decimal {
  const closed = !isOpen(order) || order.marketUnit === "quoteCoin";
  return closed ? order.qty.minus(order.qty) : order.qty.minus(order.cumExecQty);
}

export type ExecType = "Trade" | "BustTrade" | "AdlTrade" | "Funding";

/** One fill. */
export interface Execution {
  readonly category: OrderCategory;
  readonly execId: string;
  readonly uid: string;
  readonly symbol: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly side: Side;
  readonly orderType: OrderType | "UNKNOWN";
  readonly createType: CreateType | "";
  readonly stopOrderType: StopOrderType;
  readonly orderPrice: Decimal;
  readonly orderQty: Decimal;
  readonly leavesQty: Decimal;
  readonly execType: ExecType;
  readonly execPrice: Decimal;
  readonly execQty: Decimal;
  readonly execValue: Decimal;
  /** Above 0 paid, in the fee coin. */
  readonly execFee: Decimal;
  readonly feeCoin: string;
  readonly feeRate: string;
  readonly isMaker: boolean;
  readonly isLeverage: boolean;
  readonly marketUnit: MarketUnit;
  /** Part of the quantity that reduced a position. */
  readonly closedSize: Decimal;
  /** Realised profit of that part, fees not counted. */
  readonly execPnl: Decimal;
  readonly markPrice: Decimal;
  readonly execTimeMs: number;
  readonly seq: number;
}
