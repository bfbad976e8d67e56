import type { Category } from "@hedgelock/contracts";
import { z } from "zod";

import type { InstrumentRules } from "../../port.ts";
import { accepted, parseWith, refused } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";
import { decimal, decimalOrEmpty, word, wordOrEmpty } from "./scalars.ts";

const contractRow = z.object({
  symbol: word,
  baseCoin: word,
  quoteCoin: word,
  settleCoin: word,
  status: word,
  priceFilter: z.object({ tickSize: decimal, minPrice: decimal, maxPrice: decimal }),
  lotSizeFilter: z.object({
    qtyStep: decimal,
    minOrderQty: decimal,
    maxOrderQty: decimal,
    maxMktOrderQty: decimalOrEmpty,
    minNotionalValue: decimalOrEmpty,
  }),
});

/** Spot has no quantity step and no price bounds of its own: `basePrecision` and `minOrderAmt` take their place. */
const spotRow = z.object({
  symbol: word,
  baseCoin: word,
  quoteCoin: word,
  status: word,
  settleCoin: wordOrEmpty,
  priceFilter: z.object({ tickSize: decimal }),
  lotSizeFilter: z.object({
    basePrecision: decimal,
    minOrderQty: decimalOrEmpty,
    minOrderAmt: decimalOrEmpty,
    maxOrderQty: decimalOrEmpty,
    maxLimitOrderQty: decimalOrEmpty,
    maxMarketOrderQty: decimalOrEmpty,
  }),
});

const listResult = z.object({ list: z.array(z.unknown()) });

/** Rows of `GET /v5/market/instruments-info`, not validated yet: the whole list is large and one row is wanted. */
export function parseInstrumentList(result: unknown): Parsed<readonly unknown[]> {
  return parseWith(listResult, result, ({ list }) => accepted(list));
}

/** Rules of one contract or spot pair. */
export function parseInstrument(row: unknown, category: Category): Parsed<InstrumentRules> {
  return category === "spot" ? parseSpot(row) : parseContract(row, category);
}

function parseContract(row: unknown, category: Category): Parsed<InstrumentRules> {
  return parseWith(contractRow, row, ({ priceFilter, lotSizeFilter: lot, ...fields }) =>
    accepted({
      ...fields,
      ...priceFilter,
      category,
      qtyStep: lot.qtyStep,
      minOrderQty: lot.minOrderQty,
      maxOrderQty: lot.maxOrderQty,
      maxMarketOrderQty: lot.maxMktOrderQty === "" ? lot.maxOrderQty : lot.maxMktOrderQty,
      minNotional: lot.minNotionalValue === "" ? "0" : lot.minNotionalValue,
    }),
  );
}

function parseSpot(row: unknown): Parsed<InstrumentRules> {
  return parseWith(spotRow, row, ({ priceFilter, lotSizeFilter: lot, settleCoin, ...fields }) => {
    const maxOrderQty = lot.maxLimitOrderQty === "" ? lot.maxOrderQty : lot.maxLimitOrderQty;
    if (maxOrderQty === "") return refused("lotSizeFilter: no largest order quantity");
    return accepted({
      ...fields,
      category: "spot",
      settleCoin: settleCoin === "" ? fields.quoteCoin : settleCoin,
      tickSize: priceFilter.tickSize,
      minPrice: priceFilter.tickSize,
      maxPrice: "",
      qtyStep: lot.basePrecision,
      minOrderQty: lot.minOrderQty === "" ? lot.basePrecision : lot.minOrderQty,
      maxOrderQty,
      maxMarketOrderQty: lot.maxMarketOrderQty === "" ? maxOrderQty : lot.maxMarketOrderQty,
      minNotional: lot.minOrderAmt === "" ? "0" : lot.minOrderAmt,
    });
  });
}
