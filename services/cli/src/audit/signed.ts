import { BigNumber } from "bignumber.js";

/** Signed base quantity: a sale is negative. */
export function signedQty(side: "Buy" | "Sell", qty: string): BigNumber {
  const amount = new BigNumber(qty);
  return side === "Sell" ? amount.negated() : amount;
}

/** An amount that may be "" (not told): 0. */
export function amountOrZero(text: string): BigNumber {
  return text === "" ? new BigNumber(0) : new BigNumber(text);
}
