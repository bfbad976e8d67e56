import type { Category, Position } from "@hedgelock/contracts";
import { z } from "zod";

import { accepted, parseWith, refused } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";
import { category, decimal, decimalOrEmpty, whole, wholeOr, word, wordOrEmpty } from "./scalars.ts";

/** The stream calls the entry price `entryPrice`, REST calls it `avgPrice`. */
const positionRow = z.object({
  category: category.optional(),
  symbol: word,
  side: wordOrEmpty,
  size: decimal,
  positionIdx: wholeOr(0),
  entryPrice: decimalOrEmpty,
  avgPrice: decimalOrEmpty,
  markPrice: decimalOrEmpty,
  unrealisedPnl: decimalOrEmpty,
  leverage: decimalOrEmpty,
  liqPrice: decimalOrEmpty,
  positionIM: decimalOrEmpty,
  positionMM: decimalOrEmpty,
  seq: wholeOr(-1),
  updatedTime: whole,
});

function signedQty(side: string, size: string): string | undefined {
  if (size.startsWith("-")) return undefined;
  if (size === "0") return "0";
  if (side === "Buy") return size;
  return side === "Sell" ? `-${size}` : undefined;
}

/**
 * A position row with its quantity signed. In hedge mode a symbol has two rows (positionIdx 1 long, 2 short); they are
 * kept apart here. A size without a side to give it a sign is refused, not guessed.
 */
export function parsePosition(row: unknown, fallback?: Category): Parsed<Position> {
  return parseWith(positionRow, row, (fields) => {
    const family = fields.category ?? fallback;
    if (family === undefined) return refused("category: is missing");
    const qty = signedQty(fields.side, fields.size);
    if (qty === undefined) return refused(`size ${fields.size} with side ${JSON.stringify(fields.side)} has no sign`);
    return accepted({
      category: family,
      symbol: fields.symbol,
      qty,
      entryPrice: fields.entryPrice === "" ? fields.avgPrice : fields.entryPrice,
      markPrice: fields.markPrice,
      unrealisedPnl: fields.unrealisedPnl,
      leverage: fields.leverage,
      liquidationPrice: fields.liqPrice === "0" ? "" : fields.liqPrice,
      initialMargin: fields.positionIM,
      maintenanceMargin: fields.positionMM,
      exchangeSeq: fields.seq,
      updatedTimeMs: fields.updatedTime,
      positionIdx: fields.positionIdx,
    });
  });
}
