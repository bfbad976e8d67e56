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
  priceRange: { code: 110003, message: "Order price exceeds the allowable range." },
  noSuchOrder: { code: 110001, message: "order not exists or too late to cancel" },
  balance: { code: 110007, message: "ab not enough for new order" },
  reduceOnly: { code: 110017, message: "current position is zero, cannot fix reduce-only order qty" },
  duplicateLinkId: { code: 110072, message: "OrderLinkedID is duplicate" },
} as const satisfies Readonly<Record<string, Refusal>>;

export function refuseWith(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
