import type { Category, Execution, OrderUpdate } from "@hedgelock/contracts";
import { z } from "zod";

import { category, decimal, decimalOrEmpty, flagOrFalse, whole, wholeOr, word, wordOrEmpty } from "./scalars.ts";
import { accepted, parseWith, refused } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";

const orderRow = z.object({
  category: category.optional(),
  symbol: word,
  orderId: word,
  orderLinkId: wordOrEmpty,
  side: word,
  orderType: wordOrEmpty,
  timeInForce: wordOrEmpty,
  orderStatus: word,
  rejectReason: wordOrEmpty,
  cancelType: wordOrEmpty,
  price: decimalOrEmpty,
  qty: decimal,
  avgPrice: decimalOrEmpty,
  cumExecQty: decimal,
  cumExecValue: decimalOrEmpty,
  cumExecFee: decimalOrEmpty,
  reduceOnly: flagOrFalse,
  createdTime: wholeOr(0),
  updatedTime: whole,
});

const executionRow = z.object({
  category: category.optional(),
  symbol: word,
  orderId: word,
  orderLinkId: wordOrEmpty,
  execId: word,
  side: word,
  execType: word,
  execPrice: decimal,
  execQty: decimal,
  execValue: decimalOrEmpty,
  execFee: decimalOrEmpty,
  feeCurrency: wordOrEmpty,
  isMaker: flagOrFalse,
  execPnl: decimalOrEmpty,
  closedSize: decimalOrEmpty,
  execTime: whole,
  seq: wholeOr(0),
});

/**
 * An order as the stream or REST tells it.
 * @param fallback REST rows have no category: it stands on the result
 */
export function parseOrder(row: unknown, fallback?: Category): Parsed<OrderUpdate> {
  return parseWith(orderRow, row, ({ category: own, createdTime, updatedTime, ...rest }) => {
    const family = own ?? fallback;
    if (family === undefined) return refused("category: is missing");
    return accepted({ ...rest, category: family, createdTimeMs: createdTime, updatedTimeMs: updatedTime });
  });
}

/** An execution as the stream or REST tells it; funding arrives here as well, under its own `execType`. */
export function parseExecution(row: unknown, fallback?: Category): Parsed<Execution> {
  return parseWith(executionRow, row, (fields) => {
    const family = fields.category ?? fallback;
    if (family === undefined) return refused("category: is missing");
    return accepted({
      category: family,
      symbol: fields.symbol,
      orderId: fields.orderId,
      orderLinkId: fields.orderLinkId,
      execId: fields.execId,
      side: fields.side,
      execType: fields.execType,
      price: fields.execPrice,
      qty: fields.execQty,
      value: fields.execValue,
      fee: fields.execFee,
      feeCurrency: fields.feeCurrency,
      isMaker: fields.isMaker,
      execPnl: fields.execPnl,
      closedSize: fields.closedSize,
      execTimeMs: fields.execTime,
      exchangeSeq: fields.seq,
    });
  });
}
