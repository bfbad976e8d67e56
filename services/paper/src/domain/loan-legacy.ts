import type { Account } from "./account.ts";
import { nextLoanId } from "./bank.ts";
import { refreshFast } from "./fast-view.ts";
import type { LegacyLoan } from "./loan-book.ts";
import { COLLATERAL_PLACES, checkAmount, moveFund } from "./loan-pool.ts";
import { collateralValue } from "./loans.ts";
import { Decimal, ONE, ZERO, larger, smaller } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

/** LTV of one legacy loan: its own debt over its own collateral after ratios; undefined without collateral. */
export function legacyLtv(state: ExchangeState, loan: LegacyLoan): Decimal | undefined {
  const usd = collateralValue(
    loan.collateral.times(usdPrice(state, loan.collateralCoin)),
    state.collateralTiers.get(loan.collateralCoin) ?? [],
  );
  const debt = loan.principal.plus(loan.interest).times(usdPrice(state, loan.loanCoin));
  return usd.isZero() ? (debt.isZero() ? ZERO : undefined) : debt.div(usd);
}

export function findLegacy(account: Account, orderId: string): LegacyLoan | undefined {
  return account.loanBook.legacy.find((one) => one.orderId === orderId);
}

/** Repays a legacy loan from the funding wallet, interest first; a loan repaid whole gives its collateral back. */
export function repayLegacy(
  state: ExchangeState,
  account: Account,
  request: { readonly orderId: string; readonly amount: string },
  timeMs: number,
): Result<string> {
  const loan = findLegacy(account, request.orderId);
  if (loan === undefined) return refuse(177005, "The order does not exist.");
  const amount = checkAmount(request.amount, COLLATERAL_PLACES, 177009);
  if (!amount.ok) return amount;
  const owed = loan.principal.plus(loan.interest);
  if (amount.value.isGreaterThan(owed)) return refuse(177010, "The repayment exceeds the debt.");
  if (amount.value.isGreaterThan(account.fund.get(loan.loanCoin) ?? ZERO))
    return refuse(177011, "Insufficient balance.");
  moveFund(account, "LOANS_REPAY_FUNDS", loan.loanCoin, amount.value.negated(), timeMs);
  const interest = smaller(loan.interest, amount.value);
  loan.interest = loan.interest.minus(interest);
  loan.principal = loan.principal.minus(amount.value.minus(interest));
  const repayId = String(nextLoanId(state.bank));
  account.loanBook.legacyRepayments.push({
    repayId,
    coin: loan.loanCoin,
    amount: amount.value,
    timeMs,
    repayType: 1,
    status: 1,
    loan,
  });
  if (loan.principal.isZero() && loan.interest.isZero()) {
    moveFund(account, "LOANS_ASSET_REDEMPTION", loan.collateralCoin, loan.collateral, timeMs);
    loan.collateral = ZERO;
  }
  refreshFast(state, account);
  return accept(repayId);
}

/** Most collateral that can leave a legacy loan without passing the initial line. */
export function maxLegacyReduction(state: ExchangeState, loan: LegacyLoan): Decimal {
  const debt = loan.principal.plus(loan.interest).times(usdPrice(state, loan.loanCoin));
  const price = usdPrice(state, loan.collateralCoin);
  if (debt.isZero()) return loan.collateral;
  const ratio = legacyLtv(state, { ...loan });
  if (ratio === undefined || !price.isGreaterThan(0)) return ZERO;
  // Marginal brackets fall with size, so scaling the collateral down never overstates what may leave.
  const needed = loan.collateral.times(ratio).div(state.loanLines.initial);
  return larger(ZERO, loan.collateral.minus(needed)).decimalPlaces(COLLATERAL_PLACES, Decimal.ROUND_DOWN);
}

/** Adds collateral to a legacy loan from the funding wallet (0) or takes some back (1). */
export function adjustLegacy(
  state: ExchangeState,
  account: Account,
  request: { readonly orderId: string; readonly amount: string; readonly direction: 0 | 1 },
  timeMs: number,
): Result<string> {
  const loan = findLegacy(account, request.orderId);
  if (loan === undefined) return refuse(177005, "The order does not exist.");
  const amount = checkAmount(request.amount, COLLATERAL_PLACES, 177009);
  if (!amount.ok) return amount;
  const adds = request.direction === 0;
  if (adds && amount.value.isGreaterThan(account.fund.get(loan.collateralCoin) ?? ZERO)) {
    return refuse(177011, "Insufficient balance.");
  }
  if (!adds && amount.value.isGreaterThan(maxLegacyReduction(state, loan))) {
    return refuse(177013, "The collateral would fall below the minimum.");
  }
  const preLtv = legacyLtv(state, loan) ?? ZERO;
  const signed = adds ? amount.value : amount.value.negated();
  moveFund(
    account,
    adds ? "LOANS_PLEDGE_ASSET" : "LOANS_ASSET_REDEMPTION",
    loan.collateralCoin,
    signed.negated(),
    timeMs,
  );
  loan.collateral = loan.collateral.plus(signed);
  const adjustId = nextLoanId(state.bank);
  account.loanBook.legacyAdjustments.push({
    adjustId,
    coin: loan.collateralCoin,
    amount: amount.value,
    timeMs,
    direction: request.direction,
    preLtv,
    afterLtv: legacyLtv(state, loan) ?? ZERO,
    status: 1,
    loan,
  });
  refreshFast(state, account);
  return accept(String(adjustId));
}

/** One hour of interest on every legacy loan. */
export function accrueLegacy(state: ExchangeState, account: Account): void {
  for (const loan of account.loanBook.legacy) {
    const rate = state.bank.rules.hourlyRates[loan.loanCoin] ?? "0";
    const interest = loan.principal.plus(loan.interest).times(rate);
    loan.interest = loan.interest.plus(interest.decimalPlaces(COLLATERAL_PLACES, Decimal.ROUND_UP));
  }
}

/** Sells a legacy loan's collateral for its debt and the fee once its own LTV reaches the line; the rest is given back. */
export function enforceLegacyLines(state: ExchangeState, account: Account, timeMs: number): void {
  for (const loan of account.loanBook.legacy) {
    const owed = loan.principal.plus(loan.interest);
    if (owed.isZero()) continue;
    const ltv = legacyLtv(state, loan);
    if (ltv?.isLessThan(state.loanLines.liquidation) === true) continue;
    const owedUsd = owed.times(usdPrice(state, loan.loanCoin)).times(ONE.plus(state.loanLines.liquidationFee));
    const wanted = owedUsd.div(usdPrice(state, loan.collateralCoin)).decimalPlaces(COLLATERAL_PLACES, Decimal.ROUND_UP);
    const rest = larger(ZERO, loan.collateral.minus(wanted));
    loan.collateral = ZERO;
    loan.principal = ZERO;
    loan.interest = ZERO;
    if (rest.isGreaterThan(0)) moveFund(account, "LOANS_ASSET_REDEMPTION", loan.collateralCoin, rest, timeMs);
    const repayId = String(nextLoanId(state.bank));
    const { loanCoin: coin } = loan;
    account.loanBook.legacyRepayments.push({ repayId, coin, amount: owed, timeMs, repayType: 2, status: 1, loan });
    refreshFast(state, account);
  }
}
