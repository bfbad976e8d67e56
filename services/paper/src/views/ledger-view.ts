import type { LedgerEntry } from "../domain/ledger-entry.ts";
import { ZERO, plain } from "../domain/money.ts";
import type { JsonObject } from "./json.ts";

/** One row of account/transaction-log. */
export function ledgerRow(uid: string, entry: LedgerEntry): JsonObject {
  return {
    transSubType: "",
    id: `${uid}_${entry.symbol ?? entry.coin}_${entry.timeMs}${String(entry.number).padStart(6, "0")}`,
    symbol: entry.symbol ?? "",
    category: entry.category ?? "",
    side: entry.side ?? "None",
    transactionTime: String(entry.timeMs),
    type: entry.type,
    qty: plain(entry.qty ?? ZERO),
    size: plain(entry.size ?? ZERO),
    currency: entry.coin,
    tradePrice: entry.tradePrice === undefined ? "" : plain(entry.tradePrice),
    funding: entry.funding === undefined ? "" : plain(entry.funding),
    fee: plain(entry.fee ?? ZERO, 12),
    cashFlow: plain(entry.cashFlow ?? ZERO, 12),
    change: plain(entry.change, 12),
    cashBalance: plain(entry.cashBalance, 12),
    feeRate: entry.feeRate ?? "",
    bonusChange: "",
    tradeId: entry.tradeId ?? "",
    orderId: entry.orderId ?? "",
    orderLinkId: entry.orderLinkId ?? "",
    extraFees: "",
  };
}
