import { loanValue } from "../domain/loans.ts";
import { usdPrice } from "../domain/state.ts";
import { collateralData, loanPosition } from "../views/loan-view.ts";
import type { Venue } from "../venue.ts";
import { answer } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, Route } from "./api.ts";
import { param } from "./params.ts";

/** The new crypto loan answers with this text where others say OK. */
const LOAN_OK = "ok";

function position(venue: Venue, _request: ApiRequest, caller: Caller): ApiAnswer {
  const { state } = venue.exchange;
  const { loan } = caller.account;
  return answer(
    loanPosition(
      loan,
      loanValue(loan, (coin) => usdPrice(state, coin), state.collateralTiers),
    ),
    LOAN_OK,
  );
}

function collateral(venue: Venue, request: ApiRequest): ApiAnswer {
  return answer(collateralData(venue.exchange.state.collateralTiers, param(request.query, "currency")), LOAN_OK);
}

/** The crypto loan pool. */
export const LOAN_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/v5/crypto-loan-common/position",
    access: "private",
    permission: "read",
    limit: 5,
    handle: position,
  },
  { method: "GET", path: "/v5/crypto-loan-common/collateral-data", access: "public", handle: collateral },
];
