import { positionOf } from "../domain/account.ts";
import type { PositionState } from "../domain/events.ts";
import { accountMargin, positionMargin } from "../domain/margin.ts";
import type { Market } from "../domain/market.ts";
import { ZERO, plain } from "../domain/money.ts";
import { REFUSALS } from "../domain/refusal.ts";
import { marginRules } from "../domain/state.ts";
import { positionRow } from "../views/position-view.ts";
import { isCoinName, walletRow } from "../views/wallet-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, PrivateRoute } from "./api.ts";
import { pageOf } from "./paging.ts";
import { categoryParam, limitParam, param } from "./params.ts";

function positionState(venue: Venue, caller: Caller, market: Market): PositionState {
  const position = positionOf(caller.account, market.instrument.symbol);
  return { position, margin: positionMargin(position, market, venue.exchange.state.fees.takerLinear) };
}

/** With a symbol its row even when flat; with a settle coin only what is open. */
function positions(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const category = categoryParam(query);
  if (!category.ok) return fail(category.refusal);
  const limit = limitParam(query, 20, 200);
  if (!limit.ok) return fail(limit.refusal);
  const { state } = venue.exchange;
  const symbol = param(query, "symbol");
  const settleCoin = param(query, "settleCoin");
  if (category.value !== "linear") return answer({ category: category.value, list: [], nextPageCursor: "" });
  if (symbol === undefined && settleCoin === undefined) return badParameter("symbol or settleCoin is required");
  const named = symbol === undefined ? undefined : state.marketBySymbol.get(symbol);
  if (symbol !== undefined && named === undefined) return fail(REFUSALS.unknownSymbol);
  const markets = named === undefined ? (settleCoin === "USDT" ? state.markets : []) : [named];
  const shown = markets
    .map((market) => positionState(venue, caller, market))
    .filter((one) => named !== undefined || !one.position.qty.isZero());
  const page = pageOf(shown, {
    limit: limit.value,
    cursor: param(query, "cursor"),
    keyOf: (one) => ({ id: one.position.symbol, timeMs: one.position.updatedMs }),
  });
  if (!page.ok) return fail(page.refusal);
  return answer({
    category: "linear",
    list: page.value.items.map(positionRow),
    nextPageCursor: page.value.nextPageCursor,
  });
}

/** Coins of a comma-separated parameter; undefined when one of them is no coin. */
function coinList(text: string | undefined): readonly string[] | undefined {
  const coins = text === undefined ? [] : text.split(",").map((coin) => coin.trim());
  return coins.every(isCoinName) ? coins : undefined;
}

function walletBalance(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  if (param(request.query, "accountType") !== "UNIFIED") return badParameter("accountType only supports UNIFIED");
  const coins = coinList(param(request.query, "coin"));
  if (coins === undefined) return badParameter("coin invalid");
  return answer({ list: [walletRow(accountMargin(caller.account, marginRules(venue.exchange.state)), coins)] });
}

function fundingBalance(_venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  if (param(request.query, "accountType") !== "FUND") return badParameter("accountType only supports FUND here");
  const coins = coinList(param(request.query, "coin"));
  if (coins === undefined) return badParameter("coin invalid");
  const { fund } = caller.account;
  const shown = coins.length > 0 ? coins : [...fund.keys()];
  return answer(
    {
      memberId: caller.account.uid,
      accountType: "FUND",
      balance: shown.map((coin) => {
        const amount = plain(fund.get(coin) ?? ZERO);
        return { coin, transferBalance: amount, walletBalance: amount, bonus: "" };
      }),
    },
    "success",
  );
}

function accountInfo(_venue: Venue, _request: ApiRequest, caller: Caller): ApiAnswer {
  return answer({
    marginMode: "REGULAR_MARGIN",
    updatedTime: String(caller.account.createdMs),
    unifiedMarginStatus: 5,
    dcpStatus: "OFF",
    timeWindow: 0,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: "OFF",
  });
}

function feeRate(venue: Venue, request: ApiRequest): ApiAnswer {
  const category = categoryParam(request.query);
  if (!category.ok) return fail(category.refusal);
  const { fees, markets, marketBySymbol } = venue.exchange.state;
  const symbol = param(request.query, "symbol");
  const market = symbol === undefined ? undefined : marketBySymbol.get(symbol);
  if (symbol !== undefined && market === undefined) return fail(REFUSALS.unknownSymbol);
  const rates = category.value === "spot" ? [fees.takerSpot, fees.makerSpot] : [fees.takerLinear, fees.makerLinear];
  const [takerFeeRate, makerFeeRate] = rates;
  const known = category.value === "linear" || category.value === "spot";
  const shown = known ? (market === undefined ? markets : [market]) : [];
  return answer({
    category: "",
    list: shown.map((one) => ({ symbol: one.instrument.symbol, baseCoin: "", takerFeeRate, makerFeeRate })),
  });
}

function queryApi(_venue: Venue, _request: ApiRequest, caller: Caller): ApiAnswer {
  const mayTrade = caller.key.permission === "trade";
  return answer(
    {
      id: caller.account.uid,
      note: "paper",
      apiKey: caller.key.apiKey,
      readOnly: mayTrade ? 0 : 1,
      secret: "",
      permissions: {
        ContractTrade: ["Order", "Position"],
        Spot: ["SpotTrade"],
        Wallet: ["AccountTransfer"],
        Options: [],
        Derivatives: ["DerivativesTrade"],
        Exchange: [],
        Earn: [],
      },
      ips: ["*"],
      type: 1,
      deadlineDay: -2,
      expiredAt: "1970-01-01T00:00:00Z",
      createdAt: new Date(caller.account.createdMs).toISOString(),
      unified: 0,
      uta: 1,
      userID: Number(caller.account.uid),
      inviterID: 0,
      vipLevel: "No VIP",
      mktMakerLevel: "0",
      affiliateID: 0,
      rsaPublicKey: "",
      isMaster: true,
      parentUid: "0",
    },
    "",
  );
}

/** Positions, balances and what the account may do. */
export const ACCOUNT_ROUTES: readonly PrivateRoute[] = [
  { method: "GET", path: "/v5/position/list", access: "private", permission: "read", limit: 50, handle: positions },
  {
    method: "GET",
    path: "/v5/account/wallet-balance",
    access: "private",
    permission: "read",
    limit: 50,
    handle: walletBalance,
  },
  { method: "GET", path: "/v5/account/info", access: "private", permission: "read", limit: 50, handle: accountInfo },
  { method: "GET", path: "/v5/account/fee-rate", access: "private", permission: "read", limit: 5, handle: feeRate },
  { method: "GET", path: "/v5/user/query-api", access: "private", permission: "read", limit: 10, handle: queryApi },
  {
    method: "GET",
    path: "/v5/asset/transfer/query-account-coins-balance",
    access: "private",
    permission: "read",
    limit: 5,
    handle: fundingBalance,
  },
];
