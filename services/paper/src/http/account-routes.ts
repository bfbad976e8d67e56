import { z } from "zod";

import { availableToBorrow } from "../domain/borrow-unified.ts";
import { accountMargin } from "../domain/margin.ts";
import { UNIFIED_TIERS } from "../domain/margin-tiers.ts";
import { ZERO, plain } from "../domain/money.ts";
import { contractKind } from "../domain/positions.ts";
import { REFUSALS, accept } from "../domain/refusal.ts";
import { marginRules } from "../domain/state.ts";
import { withdrawable } from "../domain/withdrawable.ts";
import { apiKeyView } from "../views/api-key-view.ts";
import { ledgerRow } from "../views/ledger-view.ts";
import { isCoinName, walletRow } from "../views/wallet-view.ts";
import type { Venue } from "../venue.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, Route } from "./api.ts";
import { listAnswer, moneyRoute, readRoute } from "./money-route.ts";
import { categoryParam, param, timeParams } from "./params.ts";

const DAY_MS = 86_400_000;

/** Coins of a comma-separated parameter; undefined when one of them is no coin. */
export function coinList(text: string | undefined): readonly string[] | undefined {
  const coins = text === undefined ? [] : text.split(",").map((coin) => coin.trim());
  return coins.every(isCoinName) ? coins : undefined;
}

function walletBalance(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  if (param(request.query, "accountType") !== "UNIFIED") return badParameter("accountType only supports UNIFIED");
  const coins = coinList(param(request.query, "coin"));
  if (coins === undefined) return badParameter("coin invalid");
  return answer({ list: [walletRow(accountMargin(caller.account, marginRules(venue.exchange.state)), coins)] });
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
  const baseCoin = param(request.query, "baseCoin");
  if (category.value === "option") return answer({ category: "option", list: [] });
  if (symbol !== undefined && !marketBySymbol.has(symbol)) return fail(REFUSALS.unknownSymbol);
  const spot = category.value === "spot";
  const kind = category.value === "inverse" ? "inverse" : "linear";
  const [takerFeeRate, makerFeeRate] = spot ? [fees.takerSpot, fees.makerSpot] : [fees.takerLinear, fees.makerLinear];
  const shown = markets.filter(
    ({ instrument }) =>
      contractKind(instrument.symbol) === kind &&
      (symbol === undefined || instrument.symbol === symbol) &&
      (baseCoin === undefined || instrument.baseCoin === baseCoin),
  );
  return answer({
    category: "",
    list: shown.map((one) => ({ symbol: one.instrument.symbol, baseCoin: "", takerFeeRate, makerFeeRate })),
  });
}

function queryApi(_venue: Venue, _request: ApiRequest, caller: Caller): ApiAnswer {
  return answer(apiKeyView(caller.account, caller.key), "");
}

/** Rows of collateral-info: what can be borrowed of a coin and how it counts. */
function collateralInfo(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { state } = venue.exchange;
  const currency = param(request.query, "currency");
  const coins = [...UNIFIED_TIERS].filter(([coin]) => currency === undefined || coin === currency);
  return answer({
    list: coins.map(([coin, tiers]) => {
      const borrowed = caller.account.wallet.get(coin)?.spotBorrow ?? ZERO;
      const available = availableToBorrow(state, caller.account, coin);
      const most = borrowed.plus(available);
      return {
        currency: coin,
        hourlyBorrowRate: state.bank.rules.hourlyRates[coin] ?? "0",
        maxBorrowingAmount: plain(most),
        freeBorrowingLimit: "0",
        freeBorrowAmount: "0",
        freeBorrowingAmount: "",
        borrowAmount: plain(borrowed),
        otherBorrowAmount: "0",
        availableToBorrow: plain(available),
        borrowable: state.bank.rules.hourlyRates[coin] !== undefined,
        borrowUsageRate: most.isZero() ? "0" : plain(borrowed.div(most), 4),
        marginCollateral: true,
        collateralSwitch: !caller.account.collateralOff.has(coin),
        collateralRatio: tiers[0]?.collateralRatio ?? "0",
      };
    }),
  });
}

/** With both times at most 7 days; otherwise the last 24 hours, as documented. */
function transactionLog(_venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { query } = request;
  const accountType = param(query, "accountType");
  if (accountType !== undefined && accountType !== "UNIFIED") return badParameter("accountType invalid");
  const times = timeParams(query);
  if (!times.ok) return fail(times.refusal);
  const bounded = param(query, "startTime") !== undefined && param(query, "endTime") !== undefined;
  const [start, end] = bounded ? times.value : [request.nowMs - DAY_MS, Number.MAX_SAFE_INTEGER];
  const [type, category, currency] = [param(query, "type"), param(query, "category"), param(query, "currency")];
  const rows = caller.account.ledger.filter(
    (entry) =>
      entry.timeMs >= start &&
      entry.timeMs <= end &&
      (type === undefined || entry.type === type) &&
      (category === undefined || entry.category === category) &&
      (currency === undefined || entry.coin === currency),
  );
  return listAnswer(request, rows.toReversed(), {
    usual: 20,
    most: 50,
    keyOf: (entry) => ({ id: String(entry.number), timeMs: entry.timeMs }),
    row: (entry) => ledgerRow(caller.account.uid, entry),
  });
}

/** What can leave the unified account, up to 20 coins. */
function withdrawal(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const coins = coinList(param(request.query, "coinName"));
  if (coins === undefined || coins.length === 0) return badParameter("coinName invalid");
  if (coins.length > 20) return badParameter("coinName takes at most 20 coins");
  const amounts = coins.map((coin) => [coin, plain(withdrawable(venue.exchange.state, caller.account, coin))] as const);
  return answer({
    availableWithdrawal: amounts[0]?.[1] ?? "",
    availableWithdrawalMap: Object.fromEntries(amounts),
  });
}

function unifiedTiers(_venue: Venue, request: ApiRequest): ApiAnswer {
  const currency = param(request.query, "currency");
  const coins = [...UNIFIED_TIERS].filter(([coin]) => currency === undefined || coin === currency);
  return answer({ list: coins.map(([coin, tiers]) => ({ currency: coin, collateralRatioList: [...tiers] })) });
}

/** Hourly interest of manual borrowing, newest first. */
function borrowHistory(_venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const times = timeParams(request.query);
  if (!times.ok) return fail(times.refusal);
  const [start, end] = times.value;
  const currency = param(request.query, "currency");
  const rows = caller.account.loanBook.charges.filter(
    (row) => row.timeMs >= start && row.timeMs <= end && (currency === undefined || row.coin === currency),
  );
  return listAnswer(request, rows.toReversed(), {
    usual: 20,
    most: 50,
    keyOf: (row) => ({ id: `${row.coin}-${row.timeMs}`, timeMs: row.timeMs }),
    row: (row) => ({
      currency: row.coin,
      createdTime: row.timeMs,
      borrowCost: plain(row.cost),
      hourlyBorrowRate: row.hourlyRate,
      InterestBearingBorrowSize: plain(row.borrowed),
      costExemption: "0",
      borrowAmount: plain(row.borrowed),
      unrealisedLoss: "0",
      freeBorrowedAmount: "0",
    }),
  });
}

/** Cross margin is the only mode here: asking for it succeeds, anything else is refused with its reason. */
function setMarginMode(_venue: Venue, request: ApiRequest): ApiAnswer {
  const text = Buffer.from(request.rawBody).toString("utf8");
  if (text.includes('"REGULAR_MARGIN"')) return answer({ reasons: [] }, "Request accepted");
  const reasons = [{ reasonCode: "3400000", reasonMsg: "This paper exchange offers cross margin only." }];
  return { retCode: 3_400_000, retMsg: "Set margin mode failed", result: { reasons } };
}

const coinAmount = z.looseObject({ coin: z.string(), amountStr: z.string() });

/** The unified account: balances, terms, log, borrowing. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  readRoute("/v5/account/wallet-balance", 50, walletBalance),
  readRoute("/v5/account/info", 50, accountInfo),
  readRoute("/v5/account/fee-rate", 5, feeRate),
  readRoute("/v5/account/collateral-info", 50, collateralInfo),
  readRoute("/v5/account/transaction-log", 25, transactionLog),
  readRoute("/v5/account/borrow-history", 50, borrowHistory),
  readRoute("/v5/account/withdrawal", 50, withdrawal),
  readRoute("/v5/user/query-api", 10, queryApi),
  { method: "GET", path: "/v5/spot-margin-trade/collateral", access: "public", handle: unifiedTiers },
  {
    method: "POST",
    path: "/v5/account/set-margin-mode",
    access: "private",
    permission: "trade",
    limit: 5,
    handle: setMarginMode,
  },
  moneyRoute({
    path: "/v5/account/borrow",
    limit: 1,
    body: z.looseObject({ coin: z.string(), amount: z.string() }),
    command: ({ coin, amount }) => accept({ kind: "borrow", request: { coin, amount } }),
  }),
  ...["/v5/account/repay", "/v5/account/no-convert-repay"].map((path) =>
    moneyRoute({
      path,
      limit: 1,
      body: z.looseObject({ coin: z.string().optional(), amount: z.string().optional() }),
      command: ({ coin, amount }) => accept({ kind: "repay", request: { coin, amount } }),
    }),
  ),
  moneyRoute({
    path: "/v5/account/set-collateral-switch",
    limit: 5,
    body: z.looseObject({ coin: z.string(), collateralSwitch: z.enum(["ON", "OFF"]) }),
    command: ({ coin, collateralSwitch }) => accept({ kind: "collateral_switch", coin, on: collateralSwitch === "ON" }),
  }),
  moneyRoute({
    path: "/v5/account/demo-apply-money",
    limit: 5,
    body: z.looseObject({
      adjustType: z.union([z.literal(0), z.literal(1)]).default(0),
      utaDemoApplyMoney: z.array(coinAmount).min(1).max(20),
    }),
    command: ({ adjustType, utaDemoApplyMoney }) =>
      accept({
        kind: "demo_money",
        request: {
          reduce: adjustType === 1,
          coins: utaDemoApplyMoney.map(({ coin, amountStr }) => ({ coin, amount: amountStr })),
        },
      }),
  }),
];
