import { Decimal, ZERO, decimal, smaller, sum } from "./money.ts";

/** Lines of the loan product, fractions; configuration, as Bybit's API does not tell them. */
export interface LoanLines {
  readonly initial: string;
  readonly marginCall: string;
  readonly liquidation: string;
  /** Part of the repaid debt taken as a fee on liquidation. */
  readonly liquidationFee: string;
}

/** A marginal bracket of collateral value in USD, named as the exchange's API names it. */
export interface CollateralTier {
  readonly minValue: string;
  readonly maxValue: string;
  readonly collateralRatio: string;
}

/** Tiers by coin, in the order in which coins are liquidated. */
export type CollateralTiers = ReadonlyMap<string, readonly CollateralTier[]>;

/** One cross-collateral pool per account. */
export interface Loan {
  readonly collateral: Map<string, Decimal>;
  /** Flexible debt with its interest. */
  readonly debt: Map<string, Decimal>;
  /** Part of `debt` that is unpaid interest. */
  readonly interest: Map<string, Decimal>;
  /** What fixed loans owe: principal, interest and penalty. */
  readonly fixedDebt: Map<string, Decimal>;
  liquidation: LoanLiquidation | undefined;
}

export interface LoanLiquidation {
  readonly timeMs: number;
  /** Recorded clock, milliseconds since the epoch. */
  readonly replayTimeMs: number;
  readonly ltv: Decimal;
  /** USD price of every coin that was sold. */
  readonly prices: ReadonlyMap<string, Decimal>;
  readonly sold: ReadonlyMap<string, Decimal>;
  readonly returned: ReadonlyMap<string, Decimal>;
  readonly debtUsd: Decimal;
  readonly feeUsd: Decimal;
  /** Debt that the collateral did not cover; the exchange bears it. */
  readonly shortfallUsd: Decimal;
}

export interface LoanValue {
  readonly debtUsd: Decimal;
  /** After the tiered ratios. */
  readonly collateralUsd: Decimal;
  readonly collateralByCoin: ReadonlyMap<string, Decimal>;
  /** Flexible and fixed together, USD. */
  readonly debtByCoin: ReadonlyMap<string, Decimal>;
  /** debt / collateral; 0 without debt, undefined for debt without collateral. */
  readonly ltv: Decimal | undefined;
}

/** USD price of a coin. */
export type UsdPrice = (coin: string) => Decimal;

/** Places of a quantity of collateral that is sold. */
const QTY_PLACES = 8;

export function createLoan(
  collateral: Iterable<readonly [string, string]>,
  debt: Iterable<readonly [string, string]>,
): Loan {
  const toMap = (entries: Iterable<readonly [string, string]>): Map<string, Decimal> =>
    new Map([...entries].map(([coin, amount]) => [coin, decimal(amount)]));
  return {
    collateral: toMap(collateral),
    debt: toMap(debt),
    interest: new Map(),
    fixedDebt: new Map(),
    liquidation: undefined,
  };
}

export function copyLoan(loan: Loan): Loan {
  return {
    collateral: new Map(loan.collateral),
    debt: new Map(loan.debt),
    interest: new Map(loan.interest),
    fixedDebt: new Map(loan.fixedDebt),
    liquidation: loan.liquidation,
  };
}

/** Value after the tiered ratio: brackets of USD value are marginal (documentation, new crypto loan, collateral-data). */
export function collateralValue(valueUsd: Decimal, tiers: readonly CollateralTier[]): Decimal {
  return sum(
    tiers.map((tier) => {
      const inTier = smaller(valueUsd, decimal(tier.maxValue)).minus(tier.minValue);
      return inTier.isGreaterThan(0) ? inTier.times(tier.collateralRatio) : ZERO;
    }),
  );
}

/** LTV = debt / collateral after ratios, both in USD at spot last price. */
export function loanValue(loan: Loan, usdPrice: UsdPrice, tiers: CollateralTiers): LoanValue {
  const collateralByCoin = new Map<string, Decimal>();
  for (const [coin, amount] of loan.collateral) {
    collateralByCoin.set(coin, collateralValue(amount.times(usdPrice(coin)), tiers.get(coin) ?? []));
  }
  const debtByCoin = new Map<string, Decimal>();
  for (const [coin, amount] of [...loan.debt, ...loan.fixedDebt]) {
    debtByCoin.set(coin, (debtByCoin.get(coin) ?? ZERO).plus(amount.times(usdPrice(coin))));
  }
  const debtUsd = sum(debtByCoin.values());
  const collateralUsd = sum(collateralByCoin.values());
  const ltv = debtUsd.isZero() ? ZERO : collateralUsd.isZero() ? undefined : debtUsd.div(collateralUsd);
  return { debtUsd, collateralUsd, collateralByCoin, debtByCoin, ltv };
}

/**
 * Liquidates the pool: collateral is sold at the spot price, in liquidation order, for the whole debt and the fee on it;
 * what remains goes back to the owner's funding wallet.
 * @returns what happened; the loan is left without debt and without collateral
 */
export function liquidateLoan(
  loan: Loan,
  value: LoanValue,
  rules: { readonly usdPrice: UsdPrice; readonly tiers: CollateralTiers; readonly lines: LoanLines },
  time: { readonly timeMs: number; readonly replayTimeMs: number },
): LoanLiquidation {
  const feeUsd = value.debtUsd.times(rules.lines.liquidationFee);
  let owedUsd = value.debtUsd.plus(feeUsd);
  const sold = new Map<string, Decimal>();
  const prices = new Map<string, Decimal>();
  const returned = new Map<string, Decimal>();
  const order = [...rules.tiers.keys()];
  const coins = [...loan.collateral].toSorted(([left], [right]) => order.indexOf(left) - order.indexOf(right));
  for (const [coin, amount] of coins) {
    const price = rules.usdPrice(coin);
    const wanted = owedUsd.isZero() ? ZERO : owedUsd.div(price).decimalPlaces(QTY_PLACES, Decimal.ROUND_UP);
    const qty = smaller(amount, wanted);
    if (qty.isGreaterThan(0)) {
      sold.set(coin, qty);
      prices.set(coin, price);
      owedUsd = owedUsd.minus(qty.times(price));
      if (owedUsd.isLessThan(0)) owedUsd = ZERO;
    }
    const rest = amount.minus(qty);
    if (rest.isGreaterThan(0)) returned.set(coin, rest);
  }
  loan.collateral.clear();
  loan.debt.clear();
  loan.interest.clear();
  loan.fixedDebt.clear();
  const liquidation: LoanLiquidation = {
    ...time,
    ltv: value.ltv ?? ZERO,
    prices,
    sold,
    returned,
    debtUsd: value.debtUsd,
    feeUsd,
    shortfallUsd: owedUsd,
  };
  loan.liquidation = liquidation;
  return liquidation;
}
