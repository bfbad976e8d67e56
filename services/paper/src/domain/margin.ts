import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import { priceOf } from "./market.ts";
import type { Decimal } from "./money.ts";
import { ONE, ZERO, decimal, larger, sum } from "./money.ts";
import { QUOTE_COIN, riskTierOf } from "./instruments.ts";
import type { Order } from "./orders.ts";
import { entryPrice } from "./positions.ts";
import type { PositionSnapshot } from "./positions.ts";

/** Margin figures of one position, USDT. Formulas recomputed from the documentation's samples (Bybit v5, position). */
export interface PositionMargin {
  readonly entryPrice: Decimal;
  readonly markPrice: Decimal;
  /** Size times entry price, not mark. */
  readonly positionValue: Decimal;
  readonly unrealisedPnl: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly breakEvenPrice: Decimal;
  readonly riskId: number;
  readonly riskLimitValue: string;
}

/** Least taker rate in the break-even formula. */
const BREAK_EVEN_FEE_FLOOR = "0.00055";

/** Fee to close at the price at which the position's margin is used up: size x entry x (1 - d/leverage) x taker. */
export function feeToClose(position: PositionSnapshot, takerRate: string): Decimal {
  const direction = position.qty.isLessThan(0) ? -1 : 1;
  return position.entryValue.times(ONE.minus(decimal(direction).div(position.leverage))).times(takerRate);
}

export function positionMargin(position: PositionSnapshot, market: Market, takerRate: string): PositionMargin {
  const markPrice = priceOf(market);
  const entry = entryPrice(position);
  const size = position.qty.abs();
  const tier = riskTierOf(market.instrument.linear, position.entryValue.toNumber());
  const closeFee = feeToClose(position, takerRate);
  const markValue = size.times(markPrice);
  const deduction = decimal(tier.mmDeduction === "" ? "0" : tier.mmDeduction);
  const breakEvenBase = position.qty.minus(size.times(larger(decimal(takerRate), decimal(BREAK_EVEN_FEE_FLOOR))));
  return {
    entryPrice: entry,
    markPrice,
    positionValue: position.entryValue,
    unrealisedPnl: position.qty.times(markPrice).minus(position.entryValue.times(position.qty.isLessThan(0) ? -1 : 1)),
    initialMargin: markValue.div(position.leverage).plus(closeFee),
    maintenanceMargin: size.isZero()
      ? ZERO
      : larger(ZERO, markValue.times(tier.maintenanceMargin).minus(deduction)).plus(closeFee),
    breakEvenPrice: size.isZero() ? ZERO : entry.times(position.qty).minus(position.curRealisedPnl).div(breakEvenBase),
    riskId: tier.id,
    riskLimitValue: tier.limitUsdt,
  };
}

/** Margin held for an open or new order that opens: value / leverage plus the fees to open and to close. */
export function orderMargin(qty: Decimal, price: Decimal, leverage: string, takerRate: string): Decimal {
  const value = qty.times(price);
  return value.div(leverage).plus(value.times(takerRate).times(2));
}

/** One coin of the unified account. */
export interface CoinMargin {
  readonly coin: string;
  readonly walletBalance: Decimal;
  readonly equity: Decimal;
  readonly usdValue: Decimal;
  readonly unrealisedPnl: Decimal;
  readonly cumRealisedPnl: Decimal;
  readonly totalOrderIM: Decimal;
  readonly totalPositionIM: Decimal;
  readonly totalPositionMM: Decimal;
}

/** The unified account in cross margin, USD. */
export interface AccountMargin {
  readonly totalEquity: Decimal;
  readonly totalWalletBalance: Decimal;
  readonly totalMarginBalance: Decimal;
  readonly totalAvailableBalance: Decimal;
  readonly totalPerpUPL: Decimal;
  readonly totalInitialMargin: Decimal;
  readonly totalMaintenanceMargin: Decimal;
  /** Initial margin over margin balance after haircut; undefined when there is no margin left but some is needed. */
  readonly imRate: Decimal | undefined;
  readonly mmRate: Decimal | undefined;
  readonly coins: readonly CoinMargin[];
}

/** What margin arithmetic needs to know besides the account. */
export interface MarginRules {
  readonly marketOf: (symbol: string) => Market;
  readonly usdPrice: (coin: string) => Decimal;
  /** Part of a coin's value that counts as margin. */
  readonly collateralRatio: (coin: string) => string;
  readonly takerRate: string;
}

/** Margin of the open orders that would open a position (reduce-only ones hold none). */
function openOrderMargin(orders: Iterable<Order>, rules: MarginRules, leverage: (symbol: string) => string): Decimal {
  let total = ZERO;
  for (const order of orders) {
    if (order.reduceOnly) continue;
    const left = order.qty.minus(order.cumExecQty);
    total = total.plus(orderMargin(left, order.price, leverage(order.symbol), rules.takerRate));
  }
  return total;
}

function rate(margin: Decimal, balance: Decimal): Decimal | undefined {
  if (margin.isZero()) return ZERO;
  return balance.isGreaterThan(0) ? margin.div(balance) : undefined;
}

/** Totals of the unified account (formulas: Bybit v5, wallet-balance; every position settles in USDT). */
export function accountMargin(account: Account, rules: MarginRules): AccountMargin {
  const margins = [...account.positions.values()].map((position) =>
    positionMargin(position, rules.marketOf(position.symbol), rules.takerRate),
  );
  const unrealised = sum(margins.map((margin) => margin.unrealisedPnl));
  const positionIM = sum(margins.map((margin) => margin.initialMargin));
  const positionMM = sum(margins.map((margin) => margin.maintenanceMargin));
  const leverage = (symbol: string): string => account.positions.get(symbol)?.leverage ?? "10";
  const orderIM = openOrderMargin(account.openOrders, rules, leverage);
  const coins = [...account.wallet].map(([coin, balance]): CoinMargin => {
    const settles = coin === QUOTE_COIN;
    const equity = settles ? balance.walletBalance.plus(unrealised) : balance.walletBalance;
    return {
      coin,
      walletBalance: balance.walletBalance,
      equity,
      usdValue: equity.times(rules.usdPrice(coin)),
      unrealisedPnl: settles ? unrealised : ZERO,
      cumRealisedPnl: balance.cumRealisedPnl,
      totalOrderIM: settles ? orderIM : ZERO,
      totalPositionIM: settles ? positionIM : ZERO,
      totalPositionMM: settles ? positionMM : ZERO,
    };
  });
  const walletUsd = (coin: CoinMargin): Decimal => coin.walletBalance.times(rules.usdPrice(coin.coin));
  const totalWalletBalance = sum(coins.map(walletUsd));
  const haircut = sum(
    coins.map((coin) => larger(ZERO, walletUsd(coin)).times(ONE.minus(rules.collateralRatio(coin.coin)))),
  );
  const totalMarginBalance = totalWalletBalance.plus(unrealised);
  const totalInitialMargin = positionIM.plus(orderIM);
  return {
    totalEquity: totalMarginBalance,
    totalWalletBalance,
    totalMarginBalance,
    totalAvailableBalance: larger(ZERO, totalMarginBalance.minus(haircut).minus(totalInitialMargin)),
    totalPerpUPL: unrealised,
    totalInitialMargin,
    totalMaintenanceMargin: positionMM,
    imRate: rate(totalInitialMargin, totalMarginBalance.minus(haircut)),
    mmRate: rate(positionMM, totalMarginBalance.minus(haircut)),
    coins,
  };
}
