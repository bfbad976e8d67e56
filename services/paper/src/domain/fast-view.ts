import type { Account } from "./account.ts";
import type { FastAccount, FastHolding, FastPosition, FastTier } from "./fast-account.ts";
import { riskTierOf } from "./instruments.ts";
import type { Loan } from "./loans.ts";
import { feeToClose } from "./margin.ts";
import type { Decimal } from "./money.ts";
import { entryPrice } from "./positions.ts";
import { marketOf, unifiedCollateralRatio } from "./state.ts";
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

function unifiedTier(coin: string): readonly FastTier[] {
  const ratio = Number(unifiedCollateralRatio(coin));
  return ratio === 1 ? NO_TIERS : [{ minUsd: 0, maxUsd: Number.POSITIVE_INFINITY, ratio }];
}

function positions(state: ExchangeState, account: Account): readonly FastPosition[] {
  return [...account.positions.values()]
    .filter((position) => !position.qty.isZero())
    .map((position) => {
      const market = marketOf(state, position.symbol);
      const tier = riskTierOf(market.instrument.linear, position.entryValue.toNumber());
      return {
        market: state.markets.indexOf(market),
        qty: position.qty.toNumber(),
        entry: entryPrice(position).toNumber(),
        mmRate: Number(tier.maintenanceMargin),
        mmFixed: feeToClose(position, state.fees.takerLinear).toNumber() - Number(tier.mmDeduction),
      };
    });
}

function build(
  state: ExchangeState,
  parts: {
    readonly loan: Loan;
    readonly fund: ReadonlyMap<string, Decimal>;
    readonly wallet: Iterable<readonly [string, Decimal]>;
    readonly positions: readonly FastPosition[];
  },
): FastAccount {
  return {
    collateral: holdings(state, parts.loan.collateral, (coin) => loanTiers(state, coin)),
    debt: holdings(state, parts.loan.debt, () => NO_TIERS),
    fund: holdings(state, parts.fund, () => NO_TIERS),
    wallet: holdings(state, parts.wallet, unifiedTier),
    positions: parts.positions,
  };
}

/** Rebuilds the doubles of an account after it changed. */
export function refreshFast(state: ExchangeState, account: Account): void {
  account.fast = build(state, {
    loan: account.loan,
    fund: account.fund,
    wallet: [...account.wallet].map(([coin, balance]) => [coin, balance.walletBalance] as const),
    positions: positions(state, account),
  });
}

/** Rebuilds the doubles of the same account had it never traded. */
export function refreshShadow(state: ExchangeState, account: Account): void {
  const { shadow } = account;
  shadow.fast = build(state, { loan: shadow.loan, fund: shadow.fund, wallet: shadow.wallet, positions: [] });
}
