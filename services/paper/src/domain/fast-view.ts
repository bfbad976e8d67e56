import type { Account } from "./account.ts";
import type { FastAccount, FastHolding, FastPosition, FastTier } from "./fast-account.ts";
import { riskTierOf } from "./instruments.ts";
import type { Loan } from "./loans.ts";
import { feeToClose, tierValue } from "./margin.ts";
import { NO_COLLATERAL, UNIFIED_TIERS, marginQty } from "./margin-tiers.ts";
import type { Decimal } from "./money.ts";
import { entryPrice } from "./positions.ts";
import { marketOf } from "./state.ts";
import type { ExchangeState } from "./state.ts";

const NO_TIERS: readonly FastTier[] = [];

function holdings(
  state: ExchangeState,
  amounts: Iterable<readonly [string, Decimal]>,
  tiersOf: (coin: string) => readonly FastTier[],
): readonly FastHolding[] {
  return [...amounts].map(([coin, amount]) => ({
    market: state.marketIndexByCoin.get(coin) ?? -1,
    amount: amount.toNumber(),
    tiers: tiersOf(coin),
  }));
}

function loanTiers(state: ExchangeState, coin: string): readonly FastTier[] {
  return (state.collateralTiers.get(coin) ?? []).map((tier) => ({
    minUsd: Number(tier.minValue),
    maxUsd: Number(tier.maxValue),
    ratio: Number(tier.collateralRatio),
  }));
}

/** What of the wallet counts as margin, after ratios and less what is borrowed. */
function marginHoldings(account: Account): readonly (readonly [string, Decimal])[] {
  return [...account.wallet].map(([coin, balance]) => {
    const tiers = account.collateralOff.has(coin) ? NO_COLLATERAL : (UNIFIED_TIERS.get(coin) ?? NO_COLLATERAL);
    return [coin, marginQty(balance.walletBalance.minus(balance.spotBorrow), tiers)] as const;
  });
}

function positions(state: ExchangeState, account: Account): readonly FastPosition[] {
  return [...account.positions.values()]
    .filter((position) => !position.qty.isZero())
    .map((position) => {
      const market = marketOf(state, position.symbol);
      const tier = riskTierOf(market.instrument.linear, tierValue(position));
      const inverse = position.contract === "inverse";
      const fee = feeToClose(position, state.fees.takerLinear).toNumber();
      return {
        market: state.markets.indexOf(market),
        qty: position.qty.toNumber(),
        entry: entryPrice(position).toNumber(),
        mmRate: Number(tier.maintenanceMargin),
        mmFixed: fee - Number(tier.mmDeduction),
        inverse,
      };
    });
}

function build(
  state: ExchangeState,
  parts: {
    readonly loan: Loan;
    readonly fund: ReadonlyMap<string, Decimal>;
    readonly wallet: Iterable<readonly [string, Decimal]>;
    readonly margin: Iterable<readonly [string, Decimal]>;
    readonly positions: readonly FastPosition[];
  },
): FastAccount {
  return {
    collateral: holdings(state, parts.loan.collateral, (coin) => loanTiers(state, coin)),
    debt: holdings(state, [...parts.loan.debt, ...parts.loan.fixedDebt], () => NO_TIERS),
    fund: holdings(state, parts.fund, () => NO_TIERS),
    wallet: holdings(state, parts.wallet, () => NO_TIERS),
    margin: holdings(state, parts.margin, () => NO_TIERS),
    positions: parts.positions,
  };
}

/** Rebuilds the doubles of an account after it changed. */
export function refreshFast(state: ExchangeState, account: Account): void {
  account.fast = build(state, {
    loan: account.loan,
    fund: account.fund,
    wallet: [...account.wallet].map(
      ([coin, balance]) => [coin, balance.walletBalance.minus(balance.spotBorrow)] as const,
    ),
    margin: marginHoldings(account),
    positions: positions(state, account),
  });
}

/** Rebuilds the doubles of the same account had it never traded. */
export function refreshShadow(state: ExchangeState, account: Account): void {
  const { shadow } = account;
  shadow.fast = build(state, {
    loan: shadow.loan,
    fund: shadow.fund,
    wallet: shadow.wallet,
    margin: [],
    positions: [],
  });
}
