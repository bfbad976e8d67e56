import type { AccountMargin, CoinMargin } from "../domain/margin.ts";
import { UNIFIED_TIERS } from "../domain/margin-tiers.ts";
import { Decimal, ZERO, plain } from "../domain/money.ts";
import { STABLE_COINS } from "../domain/instruments.ts";
import type { JsonObject } from "./json.ts";

/** Shown where there is no margin balance left to divide by. */
const USED_UP = "99";

/** Rates have four decimals, truncated. */
function rateText(rate: Decimal | undefined): string {
  return rate === undefined ? USED_UP : rate.decimalPlaces(4, Decimal.ROUND_DOWN).toFixed();
}

function coinRow(coin: CoinMargin) {
  // Liabilities: what was borrowed, and what losses beyond the balance borrow by themselves.
  const derivativeDebt = coin.equity.plus(coin.spotBorrow);
  const debt = coin.spotBorrow.plus(derivativeDebt.isLessThan(0) ? derivativeDebt.negated() : ZERO);
  return {
    coin: coin.coin,
    equity: plain(coin.equity),
    usdValue: plain(coin.usdValue),
    walletBalance: plain(coin.walletBalance),
    locked: plain(coin.locked),
    spotHedgingQty: "0",
    borrowAmount: plain(debt),
    spotBorrow: plain(coin.spotBorrow),
    accruedInterest: plain(coin.accruedInterest),
    totalOrderIM: plain(coin.totalOrderIM),
    totalPositionIM: plain(coin.totalPositionIM),
    totalPositionMM: plain(coin.totalPositionMM),
    unrealisedPnl: plain(coin.unrealisedPnl),
    cumRealisedPnl: plain(coin.cumRealisedPnl),
    bonus: "0",
    marginCollateral: UNIFIED_TIERS.has(coin.coin),
    collateralSwitch: coin.collateralSwitch,
    colRes: "0",
    availableToWithdraw: "",
    availableToBorrow: "",
  };
}

function accountFields(margin: AccountMargin) {
  return {
    accountType: "UNIFIED",
    accountIMRate: rateText(margin.imRate),
    accountMMRate: rateText(margin.mmRate),
    accountLTV: "0",
    totalEquity: plain(margin.totalEquity),
    totalWalletBalance: plain(margin.totalWalletBalance),
    totalMarginBalance: plain(margin.totalMarginBalance),
    totalAvailableBalance: plain(margin.totalAvailableBalance),
    totalPerpUPL: plain(margin.totalPerpUPL),
    totalInitialMargin: plain(margin.totalInitialMargin),
    totalMaintenanceMargin: plain(margin.totalMaintenanceMargin),
  };
}

/** One entry of the private `wallet` topic: account-wide totals, but only the coins that changed. */
export function walletMessage(margin: AccountMargin, changed: readonly string[]): JsonObject {
  const account = accountFields(margin);
  return {
    ...account,
    accountIMRateByMp: account.accountIMRate,
    accountMMRateByMp: account.accountMMRate,
    totalInitialMarginByMp: account.totalInitialMargin,
    totalMaintenanceMarginByMp: account.totalMaintenanceMargin,
    coin: margin.coins.filter((coin) => changed.includes(coin.coin)).map(coinRow),
  };
}

/**
 * The row of account/wallet-balance. Coins with neither asset nor liability are left out unless asked for.
 * @param wanted coins asked for; empty for all
 */
export function walletRow(margin: AccountMargin, wanted: readonly string[]): JsonObject {
  const known = new Set(margin.coins.map((coin) => coin.coin));
  const missing = wanted.filter((coin) => !known.has(coin)).map(emptyCoin);
  const shown = margin.coins.filter((coin) =>
    wanted.length > 0 ? wanted.includes(coin.coin) : !coin.walletBalance.isZero() || !coin.equity.isZero(),
  );
  return { ...accountFields(margin), coin: [...shown, ...missing].map(coinRow) };
}

function emptyCoin(coin: string): CoinMargin {
  return {
    coin,
    walletBalance: ZERO,
    locked: ZERO,
    spotBorrow: ZERO,
    accruedInterest: ZERO,
    collateralSwitch: true,
    equity: ZERO,
    usdValue: ZERO,
    unrealisedPnl: ZERO,
    cumRealisedPnl: ZERO,
    totalOrderIM: ZERO,
    totalPositionIM: ZERO,
    totalPositionMM: ZERO,
  };
}

/** Whether a coin's name is one this exchange could hold. */
export function isCoinName(text: string): boolean {
  return STABLE_COINS.includes(text) || /^[A-Z0-9]{2,15}$/.test(text);
}
