/** What the report needs of an account, followed on every step; USD and fractions as doubles. */
export interface AccountStats {
  initialEquityUsd: number;
  lowestEquityHedgedUsd: number;
  lowestEquityUnhedgedUsd: number;
  finalEquityHedgedUsd: number;
  finalEquityUnhedgedUsd: number;
  highestLtv: number;
  feesPaidUsd: number;
}

export function emptyStats(): AccountStats {
  return {
    initialEquityUsd: Number.NaN,
    lowestEquityHedgedUsd: Number.POSITIVE_INFINITY,
    lowestEquityUnhedgedUsd: Number.POSITIVE_INFINITY,
    finalEquityHedgedUsd: Number.NaN,
    finalEquityUnhedgedUsd: Number.NaN,
    highestLtv: 0,
    feesPaidUsd: 0,
  };
}

/** Takes one reading. */
export function recordEquity(stats: AccountStats, hedgedUsd: number, unhedgedUsd: number): void {
  if (Number.isNaN(stats.initialEquityUsd)) stats.initialEquityUsd = hedgedUsd;
  if (hedgedUsd < stats.lowestEquityHedgedUsd) stats.lowestEquityHedgedUsd = hedgedUsd;
  if (unhedgedUsd < stats.lowestEquityUnhedgedUsd) stats.lowestEquityUnhedgedUsd = unhedgedUsd;
  stats.finalEquityHedgedUsd = hedgedUsd;
  stats.finalEquityUnhedgedUsd = unhedgedUsd;
}
