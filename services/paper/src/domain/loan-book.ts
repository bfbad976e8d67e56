import type { Decimal } from "./money.ts";

/** States of asynchronous loan operations, as the API numbers them: 1 done, 2 processing, 3 failed. */
export type LoanStatus = 1 | 2 | 3;

export interface LoanBorrow {
  readonly orderId: string;
  readonly coin: string;
  readonly amount: Decimal;
  readonly timeMs: number;
  status: LoanStatus;
}

/** repayType: 1 by user, 2 liquidation, 6 delayed liquidation, 7 by currency (collateral). */
export interface LoanRepayment {
  readonly repayId: string;
  readonly coin: string;
  readonly amount: Decimal;
  readonly timeMs: number;
  readonly repayType: 1 | 2 | 6 | 7;
  status: LoanStatus;
}

/** direction: 0 adds collateral, 1 takes some back. */
export interface LoanAdjustment {
  readonly adjustId: number;
  readonly coin: string;
  readonly amount: Decimal;
  readonly timeMs: number;
  readonly direction: 0 | 1;
  readonly preLtv: Decimal;
  afterLtv: Decimal;
  status: LoanStatus;
}

/** A fixed loan (or the supply of one): principal at a rate for a term. */
export interface FixedContract {
  readonly loanId: string;
  readonly orderId: string;
  readonly coin: string;
  readonly annualRate: string;
  /** Days. */
  readonly term: number;
  readonly borrowMs: number;
  repaymentMs: number;
  residualPrincipal: Decimal;
  /** Interest of the term, due with the principal. */
  residualInterest: Decimal;
  residualPenalty: Decimal;
  interestPaid: Decimal;
  /** 1 unrepaid, 2 repaid, 3 overdue. */
  status: 1 | 2 | 3;
  readonly repayType: "1" | "2";
}

/** An order to borrow (or supply) at a fixed rate. state: 1 matching, 3 filled, 4 cancelled. */
export interface FixedOrder {
  readonly orderId: string;
  readonly coin: string;
  readonly qty: Decimal;
  readonly annualRate: string;
  readonly term: number;
  readonly timeMs: number;
  readonly repayType: "1" | "2";
  filled: Decimal;
  state: 1 | 3 | 4;
}

/** A loan of the legacy product: one order, one collateral. */
export interface LegacyLoan {
  readonly orderId: string;
  readonly loanCoin: string;
  readonly collateralCoin: string;
  collateral: Decimal;
  principal: Decimal;
  interest: Decimal;
  readonly openedMs: number;
}

/** One hour's interest on what was borrowed by hand in the unified account. */
export interface InterestCharge {
  readonly coin: string;
  readonly timeMs: number;
  readonly cost: Decimal;
  readonly borrowed: Decimal;
  readonly hourlyRate: string;
}

/** Histories and contracts of an account's loans, oldest first. */
export interface LoanBook {
  readonly borrows: LoanBorrow[];
  readonly repayments: LoanRepayment[];
  readonly adjustments: LoanAdjustment[];
  readonly fixedOrders: FixedOrder[];
  readonly fixed: FixedContract[];
  readonly fixedRepayments: (LoanRepayment & { readonly loanId: string })[];
  readonly legacy: LegacyLoan[];
  readonly legacyRepayments: (LoanRepayment & { readonly loan: LegacyLoan })[];
  readonly legacyAdjustments: (LoanAdjustment & { readonly loan: LegacyLoan })[];
  readonly charges: InterestCharge[];
  /** When the LTV reached the line of delayed liquidation; undefined below it. */
  delayedSinceMs: number | undefined;
  marginCalled: boolean;
}

export function emptyLoanBook(): LoanBook {
  return {
    borrows: [],
    repayments: [],
    adjustments: [],
    fixedOrders: [],
    fixed: [],
    fixedRepayments: [],
    legacy: [],
    legacyRepayments: [],
    legacyAdjustments: [],
    charges: [],
    delayedSinceMs: undefined,
    marginCalled: false,
  };
}
