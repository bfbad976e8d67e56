import type { CollateralBracket, Decimal } from "@hedgelock/finance";

import type { Source } from "./source.ts";

/** Coins of the trading account. A coin that is absent is known to be 0: the snapshot is the whole surface. */
export interface WalletSurface {
  readonly source: Source;
  /** Quantity without unrealised profit and without what is borrowed; undefined when the venue did not tell. */
  readonly coins: ReadonlyMap<string, Decimal | undefined>;
  /** Fraction as the venue wrote it; "" when unknown. */
  readonly maintenanceMarginRate: string;
}

/** One open position; signed base quantity. */
export interface OpenPosition {
  readonly category: string;
  readonly symbol: string;
  readonly qty: Decimal;
}

export interface PositionsSurface {
  readonly source: Source;
  readonly positions: readonly OpenPosition[];
}

export interface PledgedCoin {
  readonly coin: string;
  readonly amount: Decimal;
  /** undefined when the venue did not tell: then its value is unknown. */
  readonly brackets: readonly CollateralBracket[] | undefined;
}

export interface LoanSurface {
  readonly source: Source;
  readonly debts: readonly { readonly coin: string; readonly amount: Decimal }[];
  readonly collateral: readonly PledgedCoin[];
  readonly venueLtv: number | undefined;
}

/** The surfaces of one account, each with its own freshness. */
export interface Surfaces {
  readonly wallet: WalletSurface | undefined;
  readonly positions: PositionsSurface | undefined;
  readonly loan: LoanSurface | undefined;
  /** Venue time at which a debt was first reported gone; a second report has to confirm it. */
  readonly debtGoneSinceMs: number | undefined;
}

export const NO_SURFACES: Surfaces = {
  wallet: undefined,
  positions: undefined,
  loan: undefined,
  debtGoneSinceMs: undefined,
};

/** One snapshot, read. */
export type SurfaceUpdate =
  | { readonly kind: "wallet"; readonly wallet: WalletSurface }
  | { readonly kind: "position"; readonly positions: PositionsSurface }
  | { readonly kind: "loan"; readonly loan: LoanSurface };

function isOlder(update: Source, known: Source | undefined): boolean {
  return known !== undefined && update.exchangeTimeMs < known.exchangeTimeMs;
}

/** True when something is owed. */
export function owes(loan: LoanSurface): boolean {
  return loan.debts.some((debt) => debt.amount.gt(0));
}

/**
 * A vanished debt ends all protection, so one empty answer is not enough (a read that came back empty has been taken for
 * "flat" before, lessons §3 row 13): the previous loan counts until a later snapshot says the same.
 */
function withLoan(surfaces: Surfaces, loan: LoanSurface): Surfaces {
  const { loan: known, debtGoneSinceMs } = surfaces;
  if (known === undefined || !owes(known) || owes(loan)) return { ...surfaces, loan, debtGoneSinceMs: undefined };
  const confirmed = debtGoneSinceMs !== undefined && loan.source.exchangeTimeMs > debtGoneSinceMs;
  if (confirmed) return { ...surfaces, loan, debtGoneSinceMs: undefined };
  return { ...surfaces, debtGoneSinceMs: debtGoneSinceMs ?? loan.source.exchangeTimeMs };
}

/** Merges by venue time, never by arrival: an older snapshot of a surface changes nothing and gives the same object back. */
export function withUpdate(surfaces: Surfaces, update: SurfaceUpdate): Surfaces {
  switch (update.kind) {
    case "wallet":
      return isOlder(update.wallet.source, surfaces.wallet?.source) ? surfaces : { ...surfaces, wallet: update.wallet };
    case "position":
      return isOlder(update.positions.source, surfaces.positions?.source)
        ? surfaces
        : { ...surfaces, positions: update.positions };
    case "loan":
      return isOlder(update.loan.source, surfaces.loan?.source) ? surfaces : withLoan(surfaces, update.loan);
    default:
      return update satisfies never;
  }
}
