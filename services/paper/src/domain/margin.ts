import { positionKey } from "./account.ts";
import type { Account } from "./account.ts";
import { riskTierOf } from "./instruments.ts";
import { NO_COLLATERAL, marginQty } from "./margin-tiers.ts";
import type { UnifiedTier } from "./margin-tiers.ts";
import type { Market } from "./market.ts";
import { priceOf } from "./market.ts";
import type { Decimal } from "./money.ts";
import { ONE, ZERO, decimal, larger, sum } from "./money.ts";
import { holdsMargin } from "./orders.ts";
import type { Order } from "./orders.ts";
import { DEFAULT_LEVERAGE, contractKind, contractValue, entryPrice, settleCoinOf } from "./positions.ts";
import type { PositionSnapshot } from "./positions.ts";
import { newBalance } from "./wallet.ts";

/** Margin figures of one position, settle coin. Formulas recomputed from the documentation's samples (Bybit v5, position). */
export interface PositionMargin {
  readonly entryPrice: Decimal;
  readonly markPrice: Decimal;
  /** At entry price, not mark. */
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

/** Fee to close at the price at which the position's margin is used up: value at entry x (1 - d/leverage) x taker. */
export function feeToClose(position: PositionSnapshot, takerRate: string): Decimal {
  const direction = position.qty.isLessThan(0) ? -1 : 1;
  return position.entryValue.times(ONE.minus(decimal(direction).div(position.leverage))).times(takerRate);
}

/** Profit at `mark`, settle coin: d x (value at mark - value at entry), the other way round for inverse contracts. */
export function unrealisedPnl(position: PositionSnapshot, mark: Decimal): Decimal {
  if (position.qty.isZero()) return ZERO;
  const gain = contractValue(position.contract, position.qty.abs(), mark).minus(position.entryValue);
  const long = position.qty.isGreaterThan(0) === (position.contract === "linear");
  return long ? gain : gain.negated();
}

/** Value that picks the risk tier: at entry, in the coin the contract settles in, as its tiers are. */
export function tierValue(position: PositionSnapshot): number {
  return position.entryValue.toNumber();
}

/** (entry x q - realised) / (q - |q| x taker); inverse in coins: q / (q/entry - realised) with the fee on the size. */
function breakEven(position: PositionSnapshot, takerRate: string): Decimal {
  if (position.qty.isZero()) return ZERO;
  const size = position.qty.abs();
  const fee = larger(decimal(takerRate), decimal(BREAK_EVEN_FEE_FLOOR));
  if (position.contract === "linear") {
    const base = position.qty.minus(size.times(fee));
    return entryPrice(position).times(position.qty).minus(position.curRealisedPnl).div(base);
  }
  const sign = position.qty.isLessThan(0) ? -1 : 1;
  const owed = position.entryValue.times(sign).plus(position.curRealisedPnl);
  return owed.isZero() ? ZERO : position.qty.plus(size.times(fee)).div(owed).abs();
}

export function positionMargin(position: PositionSnapshot, market: Market, takerRate: string): PositionMargin {
  const markPrice = priceOf(market);
  const size = position.qty.abs();
  const tier = riskTierOf(market.instrument.linear, tierValue(position));
  const closeFee = feeToClose(position, takerRate);
  const markValue = contractValue(position.contract, size, markPrice);
  const deduction = decimal(tier.mmDeduction === "" ? "0" : tier.mmDeduction);
  return {
    entryPrice: entryPrice(position),
    markPrice,
    positionValue: position.entryValue,
    unrealisedPnl: unrealisedPnl(position, markPrice),
    initialMargin: markValue.div(position.leverage).plus(closeFee),
    maintenanceMargin: size.isZero()
      ? ZERO
      : larger(ZERO, markValue.times(tier.maintenanceMargin).minus(deduction)).plus(closeFee),
    breakEvenPrice: breakEven(position, takerRate),
    riskId: tier.id,
    riskLimitValue: tier.limitUsdt,
  };
}

/** Margin held for an order of `value` that opens: value / leverage plus the fees to open and to close. */
export function valueMargin(value: Decimal, leverage: string, takerRate: string): Decimal {
  return value.div(leverage).plus(value.times(takerRate).times(2));
}

/** Margin held for an open or new order of a linear contract that opens. */
export function orderMargin(qty: Decimal, price: Decimal, leverage: string, takerRate: string): Decimal {
  return valueMargin(qty.times(price), leverage, takerRate);
}

/** One coin of the unified account. */
export interface CoinMargin {
  readonly coin: string;
  readonly walletBalance: Decimal;
  readonly locked: Decimal;
  readonly spotBorrow: Decimal;
  readonly accruedInterest: Decimal;
  /** Whether the owner lets it count as margin. */
  readonly collateralSwitch: boolean;
  /** walletBalance - spotBorrow + unrealisedPnl. */
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
  /** What the collateral ratios take off the wallet balance. */
  readonly haircut: Decimal;
  /** Initial margin over margin balance after haircut; undefined when there is no margin left but some is needed. */
  readonly imRate: Decimal | undefined;
  readonly mmRate: Decimal | undefined;
  readonly coins: readonly CoinMargin[];
}

/** What margin arithmetic needs to know besides the account. */
export interface MarginRules {
  readonly marketOf: (symbol: string) => Market;
  readonly usdPrice: (coin: string) => Decimal;
  /** Brackets of a coin that count as margin. */
  readonly collateralTiers: (coin: string) => readonly UnifiedTier[];
  readonly takerRate: string;
}

interface Requirement {
  unrealised: Decimal;
  positionIM: Decimal;
  positionMM: Decimal;
  orderIM: Decimal;
}

/** What positions and open orders need, by settle coin. */
function requirements(account: Account, rules: MarginRules): ReadonlyMap<string, Requirement> {
  const byCoin = new Map<string, Requirement>();
  const of = (coin: string): Requirement => {
    let found = byCoin.get(coin);
    if (found === undefined) {
      found = { unrealised: ZERO, positionIM: ZERO, positionMM: ZERO, orderIM: ZERO };
      byCoin.set(coin, found);
    }
    return found;
  };
  for (const position of account.positions.values()) {
    if (position.qty.isZero()) continue;
    const margin = positionMargin(position, rules.marketOf(position.symbol), rules.takerRate);
    const need = of(position.settleCoin);
    need.unrealised = need.unrealised.plus(margin.unrealisedPnl);
    need.positionIM = need.positionIM.plus(margin.initialMargin);
    need.positionMM = need.positionMM.plus(margin.maintenanceMargin);
  }
  for (const order of account.openOrders) {
    if (!holdsMargin(order)) continue;
    const left = order.qty.minus(order.cumExecQty);
    const value = contractValue(contractKind(order.symbol), left, order.price);
    const need = of(settleCoinOf(order.symbol));
    need.orderIM = need.orderIM.plus(valueMargin(value, leverageOf(account, order), rules.takerRate));
  }
  return byCoin;
}

/** Leverage of the position an order belongs to. */
function leverageOf(account: Account, order: Order): string {
  return account.positions.get(positionKey(order.symbol, order.positionIdx))?.leverage ?? DEFAULT_LEVERAGE;
}

function coinMargin(account: Account, coin: string, need: Requirement | undefined, rules: MarginRules): CoinMargin {
  const balance = account.wallet.get(coin) ?? newBalance(ZERO);
  const unrealised = need?.unrealised ?? ZERO;
  const equity = balance.walletBalance.minus(balance.spotBorrow).plus(unrealised);
  return {
    coin,
    walletBalance: balance.walletBalance,
    locked: balance.locked,
    spotBorrow: balance.spotBorrow,
    accruedInterest: balance.accruedInterest,
    collateralSwitch: !account.collateralOff.has(coin),
    equity,
    usdValue: equity.times(rules.usdPrice(coin)),
    unrealisedPnl: unrealised,
    cumRealisedPnl: balance.cumRealisedPnl,
    totalOrderIM: need?.orderIM ?? ZERO,
    totalPositionIM: need?.positionIM ?? ZERO,
    totalPositionMM: need?.positionMM ?? ZERO,
  };
}

function rate(margin: Decimal, balance: Decimal): Decimal | undefined {
  if (margin.isZero()) return ZERO;
  return balance.isGreaterThan(0) ? margin.div(balance) : undefined;
}

/** Totals of the unified account over its coins, USD (formulas: Bybit v5, wallet-balance). */
export function accountMargin(account: Account, rules: MarginRules): AccountMargin {
  const needs = requirements(account, rules);
  const names = new Set([...account.wallet.keys(), ...needs.keys()]);
  const coins = [...names].map((coin) => coinMargin(account, coin, needs.get(coin), rules));
  const usd = (amountOf: (coin: CoinMargin) => Decimal): Decimal =>
    sum(coins.map((coin) => amountOf(coin).times(rules.usdPrice(coin.coin))));
  const net = (coin: CoinMargin): Decimal => coin.walletBalance.minus(coin.spotBorrow);
  const tiers = (coin: CoinMargin): readonly UnifiedTier[] =>
    coin.collateralSwitch ? rules.collateralTiers(coin.coin) : NO_COLLATERAL;
  const totalWalletBalance = usd(net);
  const totalPerpUPL = usd((coin) => coin.unrealisedPnl);
  const haircut = usd((coin) => net(coin).minus(marginQty(net(coin), tiers(coin))));
  const totalMarginBalance = totalWalletBalance.plus(totalPerpUPL);
  const totalInitialMargin = usd((coin) => coin.totalPositionIM.plus(coin.totalOrderIM));
  const totalMaintenanceMargin = usd((coin) => coin.totalPositionMM);
  const base = totalMarginBalance.minus(haircut);
  return {
    totalEquity: totalMarginBalance,
    totalWalletBalance,
    totalMarginBalance,
    totalAvailableBalance: larger(ZERO, base.minus(totalInitialMargin)),
    totalPerpUPL,
    totalInitialMargin,
    totalMaintenanceMargin,
    haircut,
    imRate: rate(totalInitialMargin, base),
    mmRate: rate(totalMaintenanceMargin, base),
    coins,
  };
}
