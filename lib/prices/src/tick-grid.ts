/** A bar in whole ticks. */
export interface TickBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Decimal places of a tick size written as a plain decimal: "0.10" and "0.1" give 1. */
export function tickDecimals(tickSize: string): number {
  const fraction = tickSize.split(".")[1] ?? "";
  return fraction.replace(/0+$/, "").length;
}

/** Nearest whole number of ticks, at least one: a price of 0 does not exist. */
export function toTicks(price: number, tick: number): number {
  return Math.max(1, Math.round(price / tick));
}

/** The price of `ticks` ticks, without binary dust (0.30000000000000004). */
export function fromTicks(ticks: number, tick: number, decimals: number): number {
  return Number((ticks * tick).toFixed(decimals));
}
