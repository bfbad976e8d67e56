import { z } from "zod";

import type { LedgerEntry } from "../domain/ledger-entry.ts";
import { UNIFIED_TIERS } from "../domain/margin-tiers.ts";
import { ZERO, plain } from "../domain/money.ts";
import type { Decimal } from "../domain/money.ts";
import { accept } from "../domain/refusal.ts";
import type { Transfer } from "../domain/transfer-record.ts";
import { withdrawable } from "../domain/withdrawable.ts";
import type { Venue } from "../venue.ts";
import { coinList } from "./account-routes.ts";
import { answer, badParameter, fail } from "./api.ts";
import type { ApiAnswer, ApiRequest, Caller, PrivateRoute } from "./api.ts";
import { listAnswer, moneyRoute, readRoute } from "./money-route.ts";
import { param, timeParams } from "./params.ts";

interface Balance {
  readonly wallet: Decimal;
  readonly transferable: Decimal;
}

function balanceOf(venue: Venue, caller: Caller, accountType: string, coin: string): Balance {
  const { account } = caller;
  if (accountType === "FUND") {
    const amount = account.fund.get(coin) ?? ZERO;
    return { wallet: amount, transferable: amount };
  }
  return {
    wallet: account.wallet.get(coin)?.walletBalance ?? ZERO,
    transferable: withdrawable(venue.exchange.state, account, coin),
  };
}

function balanceRow(coin: string, balance: Balance) {
  return { coin, transferBalance: plain(balance.transferable), walletBalance: plain(balance.wallet), bonus: "" };
}

/** FUND: all coins unless some are named; UNIFIED: coins are mandatory, at most ten. */
function coinsBalance(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const accountType = param(request.query, "accountType");
  if (accountType !== "FUND" && accountType !== "UNIFIED") return badParameter("accountType invalid");
  const coins = coinList(param(request.query, "coin"));
  if (coins === undefined) return badParameter("coin invalid");
  if (accountType === "UNIFIED" && (coins.length === 0 || coins.length > 10)) {
    return badParameter("coin is required for UNIFIED, at most 10");
  }
  const shown = coins.length > 0 ? coins : [...caller.account.fund.keys()];
  const balance = shown.map((coin) => balanceRow(coin, balanceOf(venue, caller, accountType, coin)));
  return answer({ memberId: caller.account.uid, accountType, balance }, "success");
}

function coinBalanceRead(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const accountType = param(request.query, "accountType");
  if (accountType !== "FUND" && accountType !== "UNIFIED") return badParameter("accountType invalid");
  const coins = coinList(param(request.query, "coin"));
  const coin = coins?.[0];
  if (coins?.length !== 1 || coin === undefined) return badParameter("coin invalid");
  const row = balanceRow(coin, balanceOf(venue, caller, accountType, coin));
  return answer(
    {
      accountType,
      bizType: 1,
      accountId: caller.account.uid,
      memberId: caller.account.uid,
      balance: { ...row, transferSafeAmount: row.transferBalance, ltvTransferSafeAmount: "" },
    },
    "success",
  );
}

function transferRow(one: Transfer) {
  return {
    transferId: one.transferId,
    coin: one.coin,
    amount: plain(one.amount),
    fromAccountType: one.from,
    toAccountType: one.to,
    // Second precision, as recorded.
    timestamp: String(Math.floor(one.createdMs / 1000) * 1000),
    status: one.status,
  };
}

function transferList(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const times = timeParams(request.query);
  if (!times.ok) return fail(times.refusal);
  const [start, end] = times.value;
  const { historyDelayMs } = venue.exchange.state.bank;
  const [id, coin, status] = ["transferId", "coin", "status"].map((name) => param(request.query, name));
  const rows = [...caller.account.transfers.values()].filter(
    (one) =>
      (id === undefined || one.transferId === id) &&
      (coin === undefined || one.coin === coin) &&
      (status === undefined || one.status === status) &&
      one.createdMs >= start &&
      one.createdMs <= end &&
      one.createdMs + historyDelayMs <= request.nowMs,
  );
  return listAnswer(request, rows.toReversed(), {
    usual: 20,
    most: 50,
    keyOf: (one) => ({ id: one.transferId, timeMs: one.createdMs }),
    row: transferRow,
    okText: "success",
  });
}

function fundRow(entry: LedgerEntry) {
  return {
    coin: entry.coin,
    direction: entry.change.isLessThan(0) ? "out" : "in",
    amount: plain(entry.change.abs()),
    balance: plain(entry.cashBalance),
    type: entry.type,
    timestamp: String(Math.floor(entry.timeMs / 1000)),
    id: String(entry.number),
  };
}

/** Rows of the funding wallet with the balance after each. */
function fundHistory(venue: Venue, request: ApiRequest, caller: Caller): ApiAnswer {
  const { historyDelayMs } = venue.exchange.state.bank;
  const coin = param(request.query, "coin");
  const rows = caller.account.fundLedger.filter(
    (entry) => (coin === undefined || entry.coin === coin) && entry.timeMs + historyDelayMs <= request.nowMs,
  );
  return listAnswer(request, rows.toReversed(), {
    usual: 20,
    most: 50,
    keyOf: (entry) => ({ id: String(entry.number), timeMs: entry.timeMs }),
    row: fundRow,
    okText: "success",
  });
}

/** Chains as named by the documentation; amounts are our own. */
const CHAINS: Readonly<Record<string, { readonly chain: string; readonly withdrawFee: string }>> = {
  BTC: { chain: "BTC", withdrawFee: "0.0001" },
  ETH: { chain: "ETH", withdrawFee: "0.001" },
  SOL: { chain: "SOL", withdrawFee: "0.01" },
  USDT: { chain: "TRX", withdrawFee: "1" },
  USDC: { chain: "ETH", withdrawFee: "1" },
};

function coinInfo(_venue: Venue, request: ApiRequest): ApiAnswer {
  const wanted = param(request.query, "coin");
  const coins = [...UNIFIED_TIERS.keys()].filter((coin) => wanted === undefined || coin === wanted);
  return answer(
    {
      rows: coins.map((coin) => {
        const { chain, withdrawFee } = CHAINS[coin] ?? { chain: coin, withdrawFee: "0" };
        return {
          name: coin,
          coin,
          remainAmount: "500",
          chains: [
            {
              chainType: chain,
              confirmation: "1",
              withdrawFee,
              depositMin: "0",
              withdrawMin: "0.001",
              withdrawMax: "500",
              chain,
              chainDeposit: "1",
              chainWithdraw: "1",
              minAccuracy: "8",
              withdrawPercentageFee: "0",
              contractAddress: "",
              safeConfirmNumber: "2",
            },
          ],
        };
      }),
    },
    "",
  );
}

const transferBody = z.looseObject({
  transferId: z.string().max(64),
  coin: z.string(),
  amount: z.string(),
  fromAccountType: z.string(),
  toAccountType: z.string(),
});

/** Balances of both wallets and what moves between them. */
export const ASSET_ROUTES: readonly PrivateRoute[] = [
  readRoute("/v5/asset/transfer/query-account-coins-balance", 5, coinsBalance),
  readRoute("/v5/asset/transfer/query-account-coin-balance", 450, coinBalanceRead),
  readRoute("/v5/asset/transfer/query-inter-transfer-list", 60, transferList),
  readRoute("/v5/asset/fundinghistory", 30, fundHistory),
  readRoute("/v5/asset/coin/query-info", 5, coinInfo),
  moneyRoute({
    path: "/v5/asset/transfer/inter-transfer",
    limit: 60,
    body: transferBody,
    command: ({ transferId, coin, amount, fromAccountType, toAccountType }) =>
      accept({ kind: "transfer", request: { transferId, coin, amount, fromAccountType, toAccountType } }),
    okText: "success",
  }),
];
