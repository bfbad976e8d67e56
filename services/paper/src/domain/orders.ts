import type { Side } from "./book.ts";
import type { Decimal } from "./money.ts";

export type OrderType = "Market" | "Limit";
export type TimeInForce = "GTC" | "IOC" | "FOK" | "PostOnly";
export type OrderStatus = "New" | "PartiallyFilled" | "Filled" | "Cancelled";
export type CancelType = "UNKNOWN" | "CancelByUser" | "CancelByReduceOnly" | "CancelByPrepareLiq";
export type RejectReason =
  | "EC_NoError"
  | "EC_PerCancelRequest"
  | "EC_PostOnlyWillTakeLiquidity"
  | "EC_NoImmediateQtyToFill"
  | "EC_NoEnoughQtyToFill"
  | "EC_CancelForNoFullFill"
  | "EC_Others";
export type CreateType = "CreateByUser" | "CreateByTakeOver_PassThrough";

/** What a client asks for, parsed but not checked against any rule. Decimal strings. */
export interface OrderRequest {
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
}

/** An order as the exchange keeps it. */
export interface Order {
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly uid: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly createType: CreateType;
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly limitTicks: number;
  readonly qtyLots: number;
  readonly lastPriceOnCreated: Decimal;
  readonly createdMs: number;
  /** Position in the exchange's own book of orders: rises with every order. */
  readonly number: number;
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

export function isOpen(order: OrderSnapshot): boolean {
  return order.status === "New" || order.status === "PartiallyFilled";
}

/** What is not filled yet; a closed order has nothing left, whatever was filled (as recorded from Bybit). */
export function leavesQty(order: OrderSnapshot): Decimal {
  return isOpen(order) ? order.qty.minus(order.cumExecQty) : order.qty.minus(order.qty);
}

export type ExecType = "Trade" | "BustTrade";

/** One fill. */
export interface Execution {
  readonly execId: string;
  readonly uid: string;
  readonly symbol: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly createType: CreateType;
  readonly orderPrice: Decimal;
  readonly orderQty: Decimal;
  readonly leavesQty: Decimal;
  readonly execType: ExecType;
  readonly execPrice: Decimal;
  readonly execQty: Decimal;
  readonly execValue: Decimal;
  /** Above 0 paid, in the settle coin. */
  readonly execFee: Decimal;
  readonly feeRate: string;
  readonly isMaker: boolean;
  /** Part of the quantity that reduced a position. */
  readonly closedSize: Decimal;
  /** Realised profit of that part, fees not counted. */
  readonly execPnl: Decimal;
  readonly markPrice: Decimal;
  readonly execTimeMs: number;
  readonly seq: number;
}
