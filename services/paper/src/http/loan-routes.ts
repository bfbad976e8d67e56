import { z } from "zod";

import { maxLoan, maxReduction } from "../domain/loan-adjust.ts";
import { poolValue } from "../domain/loan-pool.ts";
import { isLoanable } from "../domain/loan-flexible.ts";
import { plain } from "../domain/money.ts";
import { accept, refuse } from "../domain/refusal.ts";
import { usdPrice } from "../domain/state.ts";
import {
  adjustmentRow,
  borrowRow,
  collateralData,
  loanPosition,
  loanableRow,
  ongoingRow,
  repaymentRow,
} from "../views/loan-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, PrivateRoute, Route } from "./api.ts";
import { listAnswer, moneyRoute, readRoute } from "./money-route.ts";
import { param } from "./params.ts";

/** The new crypto loan answers with this text where others say OK. */
export const LOAN_OK = "ok";
const COMMON = "/v5/crypto-loan-common";
const FLEXIBLE = "/v5/crypto-loan-flexible";
const READS_A_SECOND = 5;

export const collateralList = z
  .array(z.looseObject({ currency: z.string().optional(), ccy: z.string().optional(), amount: z.string() }))
  .max(100)
  .nullish()
  .transform((list) => (list ?? []).map(({ currency, ccy, amount }) => ({ coin: currency ?? ccy ?? "", amount })));

function position(venue: Venue, _request: ApiRequest, caller: Caller): ApiAnswer {
  const { state } = venue.exchange;
  const { loan } = caller.account;
  const price = (coin: string): ReturnType<typeof usdPrice> => usdPrice(state, coin);
  return answer(loanPosition(loan, poolValue(state, loan), state.bank.rules.hourlyRates, price), LOAN_OK);
}

function collateral(venue: Venue, request: ApiRequest): ApiAnswer {
  return answer(collateralData(venue.exchange.state.collateralTiers, param(request.query, "currency")), LOAN_OK);
}

function loanable(venue: Venue, request: ApiRequest): ApiAnswer {
  const { state } = venue.exchange;
  const currency = param(request.query, "currency");
  const coins = Object.keys(state.bank.rules.hourlyRates).filter(
    (coin) => isLoanable(state, coin) && (currency === undefined || coin === currency),
  );
  return answer({ list: coins.map((coin) => loanableRow(coin, state.bank.rules, usdPrice(state, coin))) }, LOAN_OK);
}

function maxCollateral(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const currency = param(request.query, "currency");
  if (currency === undefined) return badParameter("currency is required");
  return answer({ maxCollateralAmount: plain(maxReduction(venue.exchange.state, caller.account, currency)) }, LOAN_OK);
}

/** Rows a client can see by now, newest first: histories may lag. */
export function visible<T extends { readonly timeMs: number }>(
  venue: Venue,
  request: ApiRequest,
  rows: readonly T[],
): readonly T[] {
  const { historyDelayMs } = venue.exchange.state.bank;
  return rows.filter((row) => row.timeMs + historyDelayMs <= request.nowMs).toReversed();
}

function adjustments(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "adjustId");
  const coin = param(request.query, "collateralCurrency");
  const rows = visible(venue, request, caller.account.loanBook.adjustments).filter(
    (row) => (id === undefined || String(row.adjustId) === id) && (coin === undefined || row.coin === coin),
  );
  return listAnswer(request, rows, {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: String(row.adjustId), timeMs: row.timeMs }),
    row: adjustmentRow,
    okText: LOAN_OK,
  });
}

function borrows(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "orderId");
  const coin = param(request.query, "loanCurrency");
  const rows = visible(venue, request, caller.account.loanBook.borrows).filter(
    (row) => (id === undefined || row.orderId === id) && (coin === undefined || row.coin === coin),
  );
  return listAnswer(request, rows, {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: row.orderId, timeMs: row.timeMs }),
    row: borrowRow,
    okText: LOAN_OK,
  });
}

function repayments(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "repayId");
  const coin = param(request.query, "loanCurrency");
  const rows = visible(venue, request, caller.account.loanBook.repayments).filter(
    (row) => (id === undefined || row.repayId === id) && (coin === undefined || row.coin === coin),
  );
  return listAnswer(request, rows, {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: row.repayId, timeMs: row.timeMs }),
    row: repaymentRow,
    okText: LOAN_OK,
  });
}

function ongoing(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const wanted = param(request.query, "loanCurrency");
  const { loan } = caller.account;
  const coins = [...loan.debt.keys()].filter((coin) => wanted === undefined || coin === wanted);
  const rates = venue.exchange.state.bank.rules.hourlyRates;
  return answer({ list: coins.map((coin) => ongoingRow(loan, coin, rates)) }, LOAN_OK);
}

const maxLoanBody = z.looseObject({ currency: z.string(), collateralList });

/** A POST that changes nothing: what could be borrowed. */
const MAX_LOAN: PrivateRoute = {
  method: "POST",
  path: `${COMMON}/max-loan`,
  access: "private",
  permission: "read",
  limit: READS_A_SECOND,
  handle(venue, request, caller) {
    let json: unknown;
    try {
      json = JSON.parse(Buffer.from(request.rawBody).toString("utf8"));
    } catch {
      // Why a text is not JSON helps nobody here; the client learns that it is not.
      return badParameter("the body is not JSON");
    }
    const body = maxLoanBody.safeParse(json);
    if (!body.success) return badParameter("currency or collateralList invalid");
    const { currency } = body.data;
    const most = maxLoan(venue.exchange.state, caller.account, currency, body.data.collateralList);
    if (!most.ok) return fail(most.refusal);
    const { maxLoan: amount, notionalUsd, remainingQuota } = most.value;
    return answer(
      {
        currency,
        maxLoan: plain(amount),
        notionalUsd: plain(notionalUsd),
        remainingQuota: plain(remainingQuota),
      },
      LOAN_OK,
    );
  },
};

/** The crypto loan pool: common and flexible calls. */
export const LOAN_ROUTES: readonly Route[] = [
  readRoute(`${COMMON}/position`, READS_A_SECOND, position),
  readRoute(`${COMMON}/max-collateral-amount`, READS_A_SECOND, maxCollateral),
  readRoute(`${COMMON}/adjustment-history`, READS_A_SECOND, adjustments),
  readRoute(`${FLEXIBLE}/borrow-history`, READS_A_SECOND, borrows),
  readRoute(`${FLEXIBLE}/repayment-history`, READS_A_SECOND, repayments),
  readRoute(`${FLEXIBLE}/ongoing-coin`, READS_A_SECOND, ongoing),
  { method: "GET", path: `${COMMON}/collateral-data`, access: "public", handle: collateral },
  { method: "GET", path: `${COMMON}/loanable-data`, access: "public", handle: loanable },
  MAX_LOAN,
  moneyRoute({
    path: `${COMMON}/adjust-ltv`,
    limit: 1,
    body: z.looseObject({
      currency: z.string(),
      amount: z.string(),
      direction: z.union([z.string(), z.number()]).transform(String),
    }),
    command: ({ currency, amount, direction }) =>
      direction === "0" || direction === "1"
        ? accept({ kind: "loan_adjust", request: { currency, amount, direction: direction === "0" ? 0 : 1 } })
        : refuse(10001, "params error: direction invalid"),
    okText: LOAN_OK,
  }),
  moneyRoute({
    path: `${FLEXIBLE}/borrow`,
    limit: 1,
    body: z.looseObject({ loanCurrency: z.string(), loanAmount: z.string(), collateralList }),
    command: ({ loanCurrency, loanAmount, collateralList: coins }) =>
      accept({ kind: "loan_borrow", request: { loanCurrency, loanAmount, collateralList: coins } }),
    okText: LOAN_OK,
  }),
  moneyRoute({
    path: `${FLEXIBLE}/repay`,
    limit: 1,
    body: z.looseObject({ loanCurrency: z.string(), amount: z.string() }),
    command: ({ loanCurrency, amount }) => accept({ kind: "loan_repay", request: { loanCurrency, amount } }),
    okText: LOAN_OK,
  }),
  moneyRoute({
    path: `${FLEXIBLE}/repay-collateral`,
    limit: 1,
    body: z.looseObject({ loanCurrency: z.string(), collateralCoin: z.string(), amount: z.string() }),
    command: ({ loanCurrency, collateralCoin, amount }) =>
      accept({ kind: "loan_repay_collateral", request: { loanCurrency, collateralCoin, amount } }),
    okText: LOAN_OK,
  }),
];
