import type { Account } from "./account.ts";
import type { Decimal } from "./money.ts";
import { ZERO } from "./money.ts";
import type { Order } from "./orders.ts";
import type { FillEffect, Position } from "./positions.ts";
import type { ClosedPnl } from "./closed-pnl-row.ts";

const EXEC_TYPES: Readonly<Record<string, string>> = {
  CreateByTakeOver_PassThrough: "BustTrade",
  CreateByAdl_PassThrough: "AdlTrade",
};

/** Adds a fill that closed something to the order's row; nothing when it only opened. */
export function recordClosedPnl(
  account: Account,
  position: Position,
  order: Pick<Order, "orderId" | "orderType" | "side" | "qty" | "price" | "createType">,
  effect: FillEffect,
  fill: { readonly price: Decimal; readonly qty: Decimal; readonly fee: Decimal },
): void {
  if (effect.closedSize.isZero()) return;
  let row = account.closedPnl.get(order.orderId);
  if (row === undefined) {
    row = {
      symbol: position.symbol,
      category: position.contract,
      orderId: order.orderId,
      orderType: order.orderType,
      side: order.side,
      qty: order.qty,
      orderPrice: order.price,
      leverage: position.leverage,
      execType: EXEC_TYPES[order.createType] ?? "Trade",
      createdMs: position.updatedMs,
      updatedMs: position.updatedMs,
      closedSize: ZERO,
      cumEntryValue: ZERO,
      cumExitValue: ZERO,
      openFee: ZERO,
      closeFee: ZERO,
      fillCount: 0,
    };
    account.closedPnl.set(order.orderId, row);
  }
  row.updatedMs = position.updatedMs;
  row.closedSize = row.closedSize.plus(effect.closedSize);
  row.cumEntryValue = row.cumEntryValue.plus(effect.closedEntryValue);
  row.cumExitValue = row.cumExitValue.plus(effect.closedExitValue);
  row.openFee = row.openFee.plus(effect.closedOpenFee);
  row.closeFee = row.closeFee.plus(fill.fee.times(effect.closedSize).div(fill.qty));
  row.fillCount += 1;
}

/** Profit of a row after its fees. */
export function closedProfit(row: ClosedPnl): Decimal {
  const sold = row.side === "Sell";
  const gain = sold ? row.cumExitValue.minus(row.cumEntryValue) : row.cumEntryValue.minus(row.cumExitValue);
  return (row.category === "inverse" ? gain.negated() : gain).minus(row.openFee).minus(row.closeFee);
}
