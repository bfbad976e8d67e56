import type { Decimal } from "./money.ts";

/** What one order closed of a position (`/v5/position/closed-pnl`), summed over its fills; settle coin. */
export interface ClosedPnl {
  readonly symbol: string;
  readonly category: "linear" | "inverse";
  readonly orderId: string;
  readonly orderType: string;
  readonly side: "Buy" | "Sell";
  readonly qty: Decimal;
  readonly orderPrice: Decimal;
  readonly leverage: string;
  readonly execType: string;
  readonly createdMs: number;
  updatedMs: number;
  closedSize: Decimal;
  cumEntryValue: Decimal;
  cumExitValue: Decimal;
  openFee: Decimal;
  closeFee: Decimal;
  fillCount: number;
}
