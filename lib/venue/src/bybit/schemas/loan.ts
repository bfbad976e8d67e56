import type { CollateralTier, LoanCollateral, LoanDebt, LoanSnapshot } from "@hedgelock/contracts";
import { BigNumber } from "bignumber.js";
import { z } from "zod";

import { accepted, parseAll, parseWith, refused } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";
import { decimal, decimalOrEmpty, word } from "./scalars.ts";

/** Tiers of the collateral ratio by coin, as `GET /v5/crypto-loan-common/collateral-data` gives them. */
export type CollateralTiers = ReadonlyMap<string, readonly CollateralTier[]>;

/** An upper bound this large means "without end" (the venue writes 99999999999). */
const UNBOUNDED_USD = "99999999999";

const debtRow = z.object({
  loanCurrency: word,
  flexibleTotalDebt: decimalOrEmpty,
  flexibleTotalDebtUSD: decimalOrEmpty,
  fixedTotalDebt: decimalOrEmpty,
  fixedTotalDebtUSD: decimalOrEmpty,
});

const collateralRow = z.object({ currency: word, amount: decimal, amountUSD: decimalOrEmpty });

/** `null` lists are accepted only beside totals of zero: on their own they could be a failed read. */
const loanResult = z.object({
  borrowList: z.array(z.unknown()).nullable(),
  collateralList: z.array(z.unknown()).nullable(),
  ltv: decimalOrEmpty,
  totalDebt: decimalOrEmpty,
  totalCollateral: decimalOrEmpty,
});

const tierRow = z.object({ minValue: decimal, maxValue: decimalOrEmpty, collateralRatio: decimal });
const tiersResult = z.object({
  collateralRatioConfigList: z.array(z.object({ currencies: word, collateralRatioList: z.array(tierRow) })),
});

/** Sum of what the venue says; undefined when it says neither. */
function sumOf(left: string, right: string): string | undefined {
  if (left === "" && right === "") return undefined;
  return new BigNumber(left === "" ? 0 : left).plus(right === "" ? 0 : right).toFixed();
}

function parseDebt(row: unknown): Parsed<LoanDebt> {
  return parseWith(debtRow, row, (fields) => {
    const amount = sumOf(fields.flexibleTotalDebt, fields.fixedTotalDebt);
    if (amount === undefined) return refused(`debt in ${fields.loanCurrency} has no amount`);
    return accepted({
      coin: fields.loanCurrency,
      amount,
      amountUsd: sumOf(fields.flexibleTotalDebtUSD, fields.fixedTotalDebtUSD) ?? "",
    });
  });
}

function parseCollateral(row: unknown, tiers: CollateralTiers): Parsed<LoanCollateral> {
  return parseWith(collateralRow, row, ({ currency, amount, amountUSD }) =>
    accepted({ coin: currency, amount, amountUsd: amountUSD, tiers: tiers.get(currency) ?? [] }),
  );
}

function listOf(rows: readonly unknown[] | null, total: string): readonly unknown[] | undefined {
  if (rows !== null) return rows;
  return total === "0" ? [] : undefined;
}

/**
 * Result of `GET /v5/crypto-loan-common/position`. A collateral coin without tiers keeps an empty list: its worth
 * cannot be computed and must not be guessed.
 */
export function parseLoan(result: unknown, tiers: CollateralTiers): Parsed<LoanSnapshot> {
  return parseWith(loanResult, result, (fields) => {
    const borrowed = listOf(fields.borrowList, fields.totalDebt);
    const pledged = listOf(fields.collateralList, fields.totalCollateral);
    if (borrowed === undefined || pledged === undefined)
      return refused("a list is null although the total is not zero");
    const debts = parseAll(borrowed, parseDebt);
    if (!debts.ok) return debts;
    const collateral = parseAll(pledged, (row) => parseCollateral(row, tiers));
    if (!collateral.ok) return collateral;
    return accepted({
      debts: debts.value,
      collateral: collateral.value,
      venueLtv: debts.value.length === 0 ? "" : fields.ltv,
      totalDebtUsd: fields.totalDebt,
      totalCollateralUsd: fields.totalCollateral,
    });
  });
}

/** Result of `GET /v5/crypto-loan-common/collateral-data`. */
export function parseCollateralTiers(result: unknown): Parsed<CollateralTiers> {
  return parseWith(tiersResult, result, ({ collateralRatioConfigList }) => {
    const tiers = new Map<string, readonly CollateralTier[]>();
    for (const { currencies, collateralRatioList } of collateralRatioConfigList) {
      const rows = collateralRatioList
        .map(({ minValue, maxValue, collateralRatio }) => ({
          minValueUsd: minValue,
          maxValueUsd: maxValue === UNBOUNDED_USD ? "" : maxValue,
          ratio: collateralRatio,
        }))
        .toSorted((left, right) => new BigNumber(left.minValueUsd).comparedTo(right.minValueUsd) ?? 0);
      for (const currency of currencies.split(",")) tiers.set(currency.trim(), rows);
    }
    return accepted(tiers);
  });
}
