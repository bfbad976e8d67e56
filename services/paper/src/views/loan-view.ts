import type { CollateralTiers, Loan, LoanValue } from "../domain/loans.ts";
import { ZERO, plain } from "../domain/money.ts";
import type { JsonObject } from "./json.ts";

const LTV_PLACES = 6;

/** Result of crypto-loan-common/position: one flexible pool. `amountUSD` is after the tiered ratio. */
export function loanPosition(loan: Loan, value: LoanValue): JsonObject {
  return {
    borrowList: [...loan.debt].map(([coin, amount]) => ({
      loanCurrency: coin,
      flexibleTotalDebt: plain(amount),
      flexibleTotalDebtUSD: plain(value.debtByCoin.get(coin) ?? ZERO),
      flexibleHourlyInterestRate: "0",
      fixedTotalDebt: "0",
      fixedTotalDebtUSD: "0",
    })),
    collateralList: [...loan.collateral].map(([coin, amount]) => ({
      currency: coin,
      amount: plain(amount),
      amountUSD: plain(value.collateralByCoin.get(coin) ?? ZERO),
    })),
    ltv: plain(value.ltv ?? ZERO, LTV_PLACES),
    supplyList: [],
    totalCollateral: plain(value.collateralUsd),
    totalDebt: plain(value.debtUsd),
    totalSupply: "0",
    colRes: "0",
  };
}

/** Result of crypto-loan-common/collateral-data. @param currency undefined for all */
export function collateralData(tiers: CollateralTiers, currency: string | undefined): JsonObject {
  const coins = [...tiers].filter(([coin]) => currency === undefined || coin === currency);
  const orderOf = new Map([...tiers.keys()].map((coin, index) => [coin, index + 1]));
  return {
    collateralRatioConfigList: coins.map(([coin, brackets]) => ({
      currencies: coin,
      collateralRatioList: [...brackets],
    })),
    currencyLiquidationList: coins.map(([coin]) => ({ currency: coin, liquidationOrder: orderOf.get(coin) ?? 0 })),
  };
}
