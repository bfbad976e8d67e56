import type { BankRules } from "../domain/bank.ts";
import type { FixedContract, FixedOrder, LoanAdjustment, LoanBorrow, LoanRepayment } from "../domain/loan-book.ts";
import { loanPlaces } from "../domain/loan-pool.ts";
import type { CollateralTiers, Loan, LoanValue } from "../domain/loans.ts";
import { ZERO, decimal, plain } from "../domain/money.ts";
import type { JsonObject } from "./json.ts";

const LTV_PLACES = 6;

/** Result of crypto-loan-common/position: one pool of flexible and fixed loans. `amountUSD` is after the tiered ratio. */
export function loanPosition(
  loan: Loan,
  value: LoanValue,
  rates: Readonly<Record<string, string>> = {},
  priceOf?: (coin: string) => typeof ZERO,
): JsonObject {
  const coins = [...new Set([...loan.debt.keys(), ...loan.fixedDebt.keys()])];
  const usd = (coin: string, amount: typeof ZERO): string => {
    const total = value.debtByCoin.get(coin) ?? ZERO;
    return plain(priceOf === undefined ? total : amount.times(priceOf(coin)));
  };
  return {
    borrowList: coins.map((coin) => {
      const flexible = loan.debt.get(coin) ?? ZERO;
      const fixed = loan.fixedDebt.get(coin) ?? ZERO;
      return {
        loanCurrency: coin,
        flexibleTotalDebt: plain(flexible),
        flexibleTotalDebtUSD: flexible.isZero() ? "0" : usd(coin, flexible),
        flexibleHourlyInterestRate: rates[coin] ?? "0",
        fixedTotalDebt: plain(fixed),
        fixedTotalDebtUSD: fixed.isZero() ? "0" : usd(coin, fixed),
      };
    }),
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

const HOURS_A_YEAR = 8760;

/** One row of crypto-loan-common/loanable-data. */
export function loanableRow(coin: string, rules: BankRules, price: typeof ZERO): JsonObject {
  const inCoin = (usd: string): string => plain(price.isZero() ? ZERO : decimal(usd).div(price), loanPlaces(coin));
  const annual = (term: string): string => rules.annualRates[term] ?? "";
  return {
    currency: coin,
    fixedBorrowable: true,
    fixedBorrowingAccuracy: loanPlaces(coin),
    flexibleBorrowable: true,
    flexibleBorrowingAccuracy: loanPlaces(coin),
    maxBorrowingAmount: inCoin(rules.quotaUsd),
    minFixedBorrowingAmount: inCoin(rules.minFixedUsd),
    minFlexibleBorrowingAmount: inCoin(rules.minFlexibleUsd),
    vipLevel: "VIP0",
    flexibleAnnualizedInterestRate: plain(decimal(rules.hourlyRates[coin] ?? "0").times(HOURS_A_YEAR), 6),
    annualizedInterestRate7D: annual("7"),
    annualizedInterestRate14D: annual("14"),
    annualizedInterestRate30D: annual("30"),
    annualizedInterestRate60D: annual("60"),
    annualizedInterestRate90D: annual("90"),
    annualizedInterestRate180D: annual("180"),
  };
}

export function adjustmentRow(row: LoanAdjustment): JsonObject {
  return {
    collateralCurrency: row.coin,
    adjustId: row.adjustId,
    adjustTime: row.timeMs,
    preLTV: plain(row.preLtv, LTV_PLACES),
    afterLTV: plain(row.afterLtv, LTV_PLACES),
    direction: row.direction,
    status: row.status,
    amount: plain(row.amount),
  };
}

export function borrowRow(row: LoanBorrow): JsonObject {
  return {
    borrowTime: row.timeMs,
    initialLoanAmount: plain(row.amount),
    loanCurrency: row.coin,
    orderId: row.orderId,
    status: row.status,
  };
}

export function repaymentRow(row: LoanRepayment): JsonObject {
  return {
    loanCurrency: row.coin,
    repayAmount: plain(row.amount),
    repayId: row.repayId,
    repayStatus: row.status,
    repayTime: row.timeMs,
    repayType: row.repayType,
  };
}

/** One row of crypto-loan-flexible/ongoing-coin. */
export function ongoingRow(loan: Loan, coin: string, rates: Readonly<Record<string, string>>): JsonObject {
  const debt = loan.debt.get(coin) ?? ZERO;
  const interest = loan.interest.get(coin) ?? ZERO;
  return {
    loanCurrency: coin,
    hourlyInterestRate: rates[coin] ?? "0",
    totalDebt: plain(debt),
    unpaidAmount: plain(debt.minus(interest)),
    unpaidInterest: plain(interest),
  };
}

/** One row of crypto-loan-fixed/borrow-contract-info. */
export function fixedContractRow(row: FixedContract): JsonObject {
  return {
    loanId: row.loanId,
    orderId: row.orderId,
    borrowCurrency: row.coin,
    annualRate: row.annualRate,
    term: String(row.term),
    borrowTime: String(row.borrowMs),
    repaymentTime: String(row.repaymentMs),
    residualPrincipal: plain(row.residualPrincipal),
    residualInterest: plain(row.residualInterest),
    residualPenaltyInterest: plain(row.residualPenalty),
    interestPaid: plain(row.interestPaid),
    autoRepay: String(row.repayType === "1"),
    status: row.status,
    repayType: row.repayType,
  };
}

/** One row of crypto-loan-fixed/borrow-order-info. */
export function fixedOrderRow(row: FixedOrder): JsonObject {
  return {
    orderId: row.orderId,
    orderCurrency: row.coin,
    orderQty: plain(row.qty),
    filledQty: plain(row.filled),
    annualRate: row.annualRate,
    term: row.term,
    orderTime: row.timeMs,
    state: row.state,
    repayType: row.repayType,
  };
}
