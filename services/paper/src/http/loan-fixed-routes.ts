import { z } from "zod";

import { isLoanable } from "../domain/loan-flexible.ts";
import { accept } from "../domain/refusal.ts";
import { fixedContractRow, fixedOrderRow, repaymentRow } from "../views/loan-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, Route } from "./api.ts";
import { LOAN_OK, collateralList, visible } from "./loan-routes.ts";
import { listAnswer, moneyRoute, readRoute } from "./money-route.ts";
import { param } from "./params.ts";

const FIXED = "/v5/crypto-loan-fixed";
const READS_A_SECOND = 5;
/** Offered at every quoted rate, coins: the supply here never runs out. */
const QUOTED_QTY = "1000000";

function quotes(venue: Venue, request: ApiRequest): ApiAnswer {
  const { state } = venue.exchange;
  const coin = param(request.query, "orderCurrency");
  if (coin === undefined) return badParameter("orderCurrency is required");
  const term = param(request.query, "term");
  const known = isLoanable(state, coin) ? Object.entries(state.bank.rules.annualRates) : [];
  return answer(
    {
      list: known
        .filter(([days]) => term === undefined || days === term)
        .map(([days, annualRate]) => ({ orderCurrency: coin, term: Number(days), annualRate, qty: QUOTED_QTY })),
    },
    LOAN_OK,
  );
}

function orders(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "orderId");
  const coin = param(request.query, "orderCurrency");
  const rows = visible(venue, request, caller.account.loanBook.fixedOrders).filter(
    (row) => (id === undefined || row.orderId === id) && (coin === undefined || row.coin === coin),
  );
  return listAnswer(request, rows, {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: row.orderId, timeMs: row.timeMs }),
    row: fixedOrderRow,
    okText: LOAN_OK,
  });
}

function contracts(_venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "loanId");
  const coin = param(request.query, "orderCurrency");
  const rows = caller.account.loanBook.fixed.filter(
    (row) => (id === undefined || row.loanId === id) && (coin === undefined || row.coin === coin),
  );
  return listAnswer(request, rows.toReversed(), {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: row.loanId, timeMs: row.borrowMs }),
    row: fixedContractRow,
    okText: LOAN_OK,
  });
}

function repayments(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const id = param(request.query, "repayId");
  const rows = visible(venue, request, caller.account.loanBook.fixedRepayments).filter(
    (row) => id === undefined || row.repayId === id,
  );
  return listAnswer(request, rows, {
    usual: 10,
    most: 100,
    keyOf: (row) => ({ id: row.repayId, timeMs: row.timeMs }),
    row: (row) => ({
      ...repaymentRow(row),
      details: [{ loanCurrency: row.coin, loanId: row.loanId, repayAmount: row.amount.toFixed() }],
    }),
    okText: LOAN_OK,
  });
}

/** Nobody supplies or renews here: empty lists, as for an account that never did. */
function none(): ApiAnswer {
  return answer({ list: [], nextPageCursor: "" }, LOAN_OK);
}

/** Fixed loans. */
export const FIXED_LOAN_ROUTES: readonly Route[] = [
  { method: "GET", path: `${FIXED}/borrow-order-quote`, access: "public", handle: quotes },
  { method: "GET", path: `${FIXED}/supply-order-quote`, access: "public", handle: quotes },
  readRoute(`${FIXED}/borrow-order-info`, READS_A_SECOND, orders),
  readRoute(`${FIXED}/borrow-contract-info`, READS_A_SECOND, contracts),
  readRoute(`${FIXED}/repayment-history`, READS_A_SECOND, repayments),
  readRoute(`${FIXED}/supply-order-info`, READS_A_SECOND, none),
  readRoute(`${FIXED}/supply-contract-info`, READS_A_SECOND, none),
  readRoute(`${FIXED}/renew-info`, READS_A_SECOND, none),
  moneyRoute({
    path: `${FIXED}/borrow`,
    limit: 1,
    body: z.looseObject({
      orderCurrency: z.string(),
      orderAmount: z.string(),
      annualRate: z.string().regex(/^0\.\d{1,6}$/),
      term: z.union([z.string(), z.number()]).transform(String),
      repayType: z.enum(["1", "2"]).default("1"),
      collateralList,
    }),
    command: ({ orderCurrency, orderAmount, annualRate, term, repayType, collateralList: coins }) =>
      accept({
        kind: "fixed_borrow",
        request: { orderCurrency, orderAmount, annualRate, term, repayType, collateralList: coins },
      }),
    okText: LOAN_OK,
  }),
  moneyRoute({
    path: `${FIXED}/borrow-order-cancel`,
    limit: 1,
    body: z.looseObject({ orderId: z.string() }),
    command: ({ orderId }) => accept({ kind: "fixed_cancel", orderId }),
    okText: LOAN_OK,
  }),
  moneyRoute({
    path: `${FIXED}/fully-repay`,
    limit: 1,
    body: z.looseObject({ loanId: z.string().optional(), loanCurrency: z.string().optional() }),
    command: ({ loanId, loanCurrency }) => accept({ kind: "fixed_repay", request: { loanId, loanCurrency } }),
    okText: LOAN_OK,
  }),
];
