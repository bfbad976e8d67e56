/** Why a request is not done: an exchange error code and its text. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** Either what was asked for or why not. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function accept<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(code: number, message: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, message } };
}

/** Codes and texts as recorded from the exchange (docs/paper-exchange.md lists which texts are our own). */
export const REFUSALS = {
  unknownSymbol: { code: 10001, message: "Not supported symbols" },
  badQty: { code: 10001, message: "Qty invalid" },
  qtyTooSmall: { code: 10001, message: "The number of contracts exceeds minimum limit allowed" },
  qtyTooLarge: { code: 10001, message: "The number of contracts exceeds maximum limit allowed" },
  badPrice: { code: 10001, message: "params error: price invalid" },
  positionIdx: { code: 10001, message: "position idx not match position mode" },
  notModified: { code: 10001, message: "order not modified" },
  exitsWithReduceOnly: { code: 10001, message: "params error: reduceOnly orders take no takeProfit or stopLoss" },
  priceRange: { code: 110003, message: "Order price exceeds the allowable range." },
  noSuchOrder: { code: 110001, message: "order not exists or too late to cancel" },
  noSuchOrderToReplace: { code: 110001, message: "order not exists or too late to replace" },
  balance: { code: 110007, message: "ab not enough for new order" },
  tooManyStops: { code: 110009, message: "The number of stop orders exceeds the maximum allowable limit." },
  reduceOnly: { code: 110017, message: "current position is zero, cannot fix reduce-only order qty" },
  reduceOnlyTruncated: { code: 110017, message: "reduce-only order qty would be truncated to zero" },
  tooManyOrders: { code: 110020, message: "Not allowed to have more than 500 active orders." },
  modeWithPosition: {
    code: 110024,
    message: "You have an existing position, so the position mode cannot be switched.",
  },
  modeNotModified: { code: 110025, message: "Position mode is not modified." },
  modeWithOrders: { code: 110028, message: "You have existing open orders, so the position mode cannot be switched." },
  noHedgeMode: { code: 110029, message: "Hedge mode is not supported for this symbol." },
  exitsInvalid: { code: 110057, message: "params error: TP/SL params invalid" },
  belowFilled: { code: 110064, message: "The order's modified quantity is less than the filled quantity." },
  duplicateLinkId: { code: 110072, message: "OrderLinkedID is duplicate" },
  slippageType: { code: 110108, message: "slippageToleranceType is invalid." },
  slippageValue: { code: 110109, message: "slippageTolerance is out of range." },
  spot: {
    unknownSymbol: { code: 170121, message: "Invalid symbol." },
    badQty: { code: 170130, message: "Data sent for parameter 'qty' is not valid." },
    badPrice: { code: 170130, message: "Data sent for parameter 'price' is not valid." },
    balance: { code: 170131, message: "Insufficient balance." },
    priceTooHigh: { code: 170132, message: "Order price too high." },
    priceTooLow: { code: 170133, message: "Order price lower than the minimum." },
    priceDecimals: { code: 170134, message: "Order price decimal too long." },
    qtyTooSmall: { code: 170136, message: "Order quantity lower than the minimum." },
    qtyDecimals: { code: 170137, message: "Order volume decimal too long." },
    filled: { code: 170139, message: "Order has been filled." },
    value: { code: 170140, message: "Order value exceeded lower limit." },
    duplicateLinkId: { code: 170141, message: "Duplicate clientOrderId" },
    cancelled: { code: 170142, message: "Order has been canceled" },
    amountDecimals: { code: 170148, message: "Market order amount decimal too long." },
    amountTooLarge: { code: 170124, message: "Order amount too large." },
    noSuchOrder: { code: 170213, message: "Order does not exist." },
    belowFilled: { code: 170313, message: "Amended quantity must be greater than the filled quantity." },
    qtyTooLarge: { code: 170341, message: "Order quantity exceeded upper limit." },
    tooManyOrders: { code: 170810, message: "Cannot exceed maximum of 500 conditional, TP/SL and active orders." },
  },
} as const;

export function refuseWith(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
