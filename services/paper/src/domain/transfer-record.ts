import type { Decimal } from "./money.ts";

export type AccountType = "UNIFIED" | "FUND";
export type TransferStatus = "SUCCESS" | "PENDING" | "FAILED" | "STATUS_UNKNOWN";

/** A transfer between the two wallets of one account. */
export interface Transfer {
  readonly transferId: string;
  readonly coin: string;
  readonly amount: Decimal;
  readonly from: AccountType;
  readonly to: AccountType;
  readonly createdMs: number;
  status: TransferStatus;
}
