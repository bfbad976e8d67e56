/** Equity with the hedge, and of the same account without it. Decimal strings, USD. */
export interface SideBySide {
  readonly hedged: string;
  readonly unhedged: string;
}

/** How one account fared, by the exchange's own records. */
export interface AccountOutcome {
  readonly account: string;
  readonly startEquityUsd: SideBySide;
  readonly lowestEquityUsd: SideBySide;
  readonly finalEquityUsd: SideBySide;
  /** Fraction as a decimal string; undefined without a loan. */
  readonly highestLtv: string | undefined;
  readonly liquidatedAtMs: number | undefined;
  readonly feesUsd: string;
  readonly finalPositions: readonly { readonly symbol: string; readonly qty: string }[];
}
