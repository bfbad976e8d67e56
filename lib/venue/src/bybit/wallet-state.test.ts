import type { WalletSnapshot } from "@hedgelock/contracts";
import { expect, test } from "vitest";

import { WalletState } from "./wallet-state.ts";

function wallet(total: string, coins: Readonly<Record<string, string>>): WalletSnapshot {
  return {
    totalEquityUsd: total,
    totalWalletBalanceUsd: "",
    totalMarginBalanceUsd: "",
    totalAvailableBalanceUsd: "",
    totalInitialMarginUsd: "",
    totalMaintenanceMarginUsd: "",
    maintenanceMarginRate: "",
    initialMarginRate: "",
    coins: Object.entries(coins).map(([coin, walletBalance]) => ({
      coin,
      walletBalance,
      equity: walletBalance,
      borrowAmount: "",
      unrealisedPnl: "",
    })),
  };
}

const balances = (state: WalletState): object =>
  Object.fromEntries((state.whole()?.coins ?? []).map(({ coin, walletBalance }) => [coin, walletBalance]));

test("a change alone is not a wallet", () => {
  const state = new WalletState();
  state.applyChange(wallet("1", { USDT: "1" }), 10);
  expect(state.whole()).toBeUndefined();
});

test("a change that names one coin leaves the others", () => {
  const state = new WalletState();
  state.applySnapshot(wallet("100", { USDT: "40", BTC: "1" }), 10);
  state.applyChange(wallet("90", { USDT: "30" }), 20);
  expect(balances(state)).toEqual({ BTC: "1", USDT: "30" });
  expect(state.whole()?.totalEquityUsd).toBe("90");
  expect(state.timeMs).toBe(20);
});

test("what is older loses, coin by coin and for the totals, in whatever order it arrives", () => {
  const state = new WalletState();
  state.applyChange(wallet("90", { USDT: "30" }), 20);
  state.applySnapshot(wallet("100", { USDT: "40", BTC: "1" }), 10);
  expect(balances(state)).toEqual({ BTC: "1", USDT: "30" });
  expect(state.whole()?.totalEquityUsd).toBe("90");
  state.applyChange(wallet("80", { BTC: "9" }), 15);
  expect(balances(state)).toEqual({ BTC: "9", USDT: "30" });
  expect(state.whole()?.totalEquityUsd).toBe("90");
});

test("a coin the snapshot does not name is gone, unless the stream has told something newer", () => {
  const state = new WalletState();
  state.applySnapshot(wallet("100", { USDT: "40", BTC: "1" }), 10);
  state.applyChange(wallet("100", { ETH: "2" }), 30);
  state.applySnapshot(wallet("100", { USDT: "40" }), 20);
  expect(balances(state)).toEqual({ ETH: "2", USDT: "40" });
});
