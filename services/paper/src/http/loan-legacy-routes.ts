import { z } from "zod";

import { isLoanable } from "../domain/loan-flexible.ts";
import { findLegacy, legacyLtv, maxLegacyReduction } from "../domain/loan-legacy.ts";
import { loanPlaces } from "../domain/loan-pool.ts";
import { ZERO, decimal, plain } from "../domain/money.ts";
import { accept } from "../domain/refusal.ts";
import { usdPrice } from "../domain/state.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, Route } from "./api.ts";
import { visible } from "./loan-routes.ts";
import { listAnswer, moneyRoute, readRoute } from "./money-route.ts";
import { param } from "./params.ts";

const LEGACY = "/v5/crypto-loan";
const READS_A_SECOND = 5;
/** The legacy product's text of success. */
const LEGACY_OK = "request.success";
const LTV_PLACES = 4;

function loanableData(venue: Venue, request: ApiRequest): ApiAnswer {
  const { state } = venue.exchange;
  const { rules } = state.bank;
  const currency = param(request.query, "currency");
  const coins = Object.keys(rules.hourlyRates).filter(
    (coin) => isLoanable(state, coin) && (currency === undefined || coin === currency),
  );
  const list = coins.map((coin) => ({
    currency: coin,
    borrowingAccuracy: loanPlaces(coin),
    flexibleHourlyInterestRate: rules.hourlyRates[coin] ?? "0",
    hourlyInterestRate7D: "",
    hourlyInterestRate14D: "",
    hourlyInterestRate30D: "",
    hourlyInterestRate90D: "",
    hourlyInterestRate180D: "",
    maxBorrowingAmount: plain(decimal(rules.quotaUsd).div(usdPrice(state, coin)), loanPlaces(coin)),
    minBorrowingAmount: plain(decimal(rules.minFlexibleUsd).div(usdPrice(state, coin)), loanPlaces(coin)),
  }));
  return answer({ vipCoinList: [{ vipLevel: "VIP0", list }] }, LEGACY_OK);
}

function collateralRows(venue: Venue, request: ApiRequest): ApiAnswer {
  const { collateralTiers, loanLines } = venue.exchange.state;
  const currency = param(request.query, "currency");
  const coins = [...collateralTiers.keys()].filter((coin) => currency === undefined || coin === currency);
  const list = coins.map((coin) => ({
    currency: coin,
    collateralAccuracy: 8,
    initialLTV: loanLines.initial,
    marginCallLTV: loanLines.marginCall,
    liquidationLTV: loanLines.liquidation,
    maxLimit: "10000000",
  }));
  return answer({ vipCoinList: [{ vipLevel: "VIP0", list }] }, LEGACY_OK);
}

function ongoing(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { state } = venue.exchange;
  const id = param(request.query, "orderId");
  const rows = caller.account.loanBook.legacy.filter(
    (loan) => (id === undefined || loan.orderId === id) && loan.principal.plus(loan.interest).isGreaterThan(0),
  );
  return listAnswer(request, rows.toReversed(), {
    usual: 10,
    most: 100,
    keyOf: (loan) => ({ id: loan.orderId, timeMs: loan.openedMs }),
    row: (loan) => ({
      orderId: loan.orderId,
      loanCurrency: loan.loanCoin,
      collateralCurrency: loan.collateralCoin,
      collateralAmount: plain(loan.collateral),
      currentLTV: plain(legacyLtv(state, loan) ?? ZERO, LTV_PLACES),
      totalDebt: plain(loan.principal),
      residualInterest: plain(loan.interest),
      residualPenaltyInterest: "0",
      hourlyInterestRate: state.bank.rules.hourlyRates[loan.loanCoin] ?? "0",
      loanTerm: "",
      expirationTime: "",
    }),
    okText: LEGACY_OK,
  });
}

function repayments(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "orderId");
  const rows = visible(venue, request, caller.account.loanBook.legacyRepayments).filter(
    (row) => id === undefined || row.loan.orderId === id,
  );
  return listAnswer(request, rows, {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: row.repayId, timeMs: row.timeMs }),
    row: (row) => ({
      collateralCurrency: row.loan.collateralCoin,
      collateralReturn: row.loan.collateral.isZero() ? "1" : "0",
      loanCurrency: row.coin,
      loanTerm: "",
      orderId: row.loan.orderId,
      repayAmount: plain(row.amount),
      repayId: row.repayId,
      repayStatus: row.status,
      repayTime: String(row.timeMs),
      repayType: String(row.repayType),
    }),
    okText: LEGACY_OK,
  });
}

function adjustments(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "adjustId");
  const rows = visible(venue, request, caller.account.loanBook.legacyAdjustments).filter(
    (row) => id === undefined || String(row.adjustId) === id,
  );
  return listAnswer(request, rows, {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: String(row.adjustId), timeMs: row.timeMs }),
    row: (row) => ({
      adjustId: String(row.adjustId),
      adjustTime: String(row.timeMs),
      afterLTV: plain(row.afterLtv, LTV_PLACES),
      amount: plain(row.amount),
      collateralCurrency: row.coin,
      direction: row.direction,
      loanCurrency: row.loan.loanCoin,
      orderId: row.loan.orderId,
      preLTV: plain(row.preLtv, LTV_PLACES),
    }),
    okText: LEGACY_OK,
  });
}

function borrowHistory(_venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const rows = caller.account.loanBook.legacy.filter((loan) => loan.principal.plus(loan.interest).isZero());
  return listAnswer(request, rows.toReversed(), {
    usual: 10,
    most: 100,
    keyOf: (loan) => ({ id: loan.orderId, timeMs: loan.openedMs }),
    row: (loan) => ({
      borrowTime: String(loan.openedMs),
      collateralCurrency: loan.collateralCoin,
      loanCurrency: loan.loanCoin,
      orderId: loan.orderId,
      status: 1,
    }),
    okText: LEGACY_OK,
  });
}

function maxCollateral(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const orderId = param(request.query, "orderId");
  if (orderId === undefined) return badParameter("orderId is required");
  const loan = findLegacy(caller.account, orderId);
  if (loan === undefined) return fail({ code: 177005, message: "The order does not exist." });
  return answer({ maxCollateralAmount: plain(maxLegacyReduction(venue.exchange.state, loan)) }, LEGACY_OK);
}

/** The closed legacy product: only old loans are served. */
export const LEGACY_LOAN_ROUTES: readonly Route[] = [
  { method: "GET", path: `${LEGACY}/loanable-data`, access: "public", handle: loanableData },
  { method: "GET", path: `${LEGACY}/collateral-data`, access: "public", handle: collateralRows },
  readRoute(`${LEGACY}/ongoing-orders`, READS_A_SECOND, ongoing),
  readRoute(`${LEGACY}/repayment-history`, READS_A_SECOND, repayments),
  readRoute(`${LEGACY}/adjustment-history`, READS_A_SECOND, adjustments),
  readRoute(`${LEGACY}/borrow-history`, READS_A_SECOND, borrowHistory),
  readRoute(`${LEGACY}/max-collateral-amount`, READS_A_SECOND, maxCollateral),
  moneyRoute({
    path: `${LEGACY}/repay`,
    limit: 1,
    body: z.looseObject({ orderId: z.string(), amount: z.string() }),
    command: ({ orderId, amount }) => accept({ kind: "legacy_repay", request: { orderId, amount } }),
    okText: LEGACY_OK,
  }),
  moneyRoute({
    path: `${LEGACY}/adjust-ltv`,
    limit: 1,
    body: z.looseObject({ orderId: z.string(), amount: z.string(), direction: z.enum(["0", "1"]) }),
    command: ({ orderId, amount, direction }) =>
      accept({ kind: "legacy_adjust", request: { orderId, amount, direction: direction === "0" ? 0 : 1 } }),
    okText: LEGACY_OK,
  }),
];
