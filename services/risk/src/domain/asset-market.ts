import { TickKind } from "@hedgelock/contracts";

import type { Quote } from "./quote.ts";

/** A price that may be decided on, and the tick it comes from. */
export interface AcceptedPrice {
  /** Lower of last and index: values collateral. */
  readonly low: number;
  /** Higher of the two: values a debt in this asset. */
  readonly high: number;
  readonly quote: Quote;
}

/** What is known of one asset's market; replaced with every tick, never changed. */
export interface AssetMarket {
  readonly accepted: AcceptedPrice | undefined;
  /** A price far from everything else that waits for a second witness. */
  readonly pending: AcceptedPrice | undefined;
  /** Something other than one tick vouches for the accepted price: mark, index, or a second report after a gap. */
  readonly isWitnessed: boolean;
  /** Counts price reports (not repeats of an unchanged state). */
  readonly priceReports: number;
  /** Newest tick of the valuing product and of the hedge product. */
  readonly price: Quote | undefined;
  readonly hedge: Quote | undefined;
}

export const EMPTY_MARKET: AssetMarket = {
  accepted: undefined,
  pending: undefined,
  isWitnessed: false,
  priceReports: 0,
  price: undefined,
  hedge: undefined,
};

function isNear(value: number | undefined, reference: number, limit: number): boolean {
  return value !== undefined && Math.abs(value - reference) <= limit * reference;
}

function candidateOf(quote: Quote): AcceptedPrice | undefined {
  const { last, index } = quote;
  if (last === undefined) return undefined;
  return index === undefined
    ? { low: last, high: last, quote }
    : { low: Math.min(last, index), high: Math.max(last, index), quote };
}

/** Last and index vouch for each other; so do mark and index of the hedge product. */
function isCorroborated(price: AcceptedPrice, hedge: Quote | undefined, limit: number): boolean {
  const { last, index } = price.quote;
  if (last !== undefined && isNear(index, last, limit)) return true;
  return isNear(hedge?.mark, price.low, limit) || isNear(hedge?.index, price.low, limit);
}

type Verdict = Pick<AssetMarket, "accepted" | "pending" | "isWitnessed">;

/** Of two reports on the same side of the accepted price, the nearer one has two witnesses. */
function afterSecondReport(accepted: AcceptedPrice, pending: AcceptedPrice, candidate: AcceptedPrice): Verdict {
  const before = pending.low - accepted.low;
  const now = candidate.low - accepted.low;
  if (before * now <= 0) return { accepted, pending: candidate, isWitnessed: false };
  return Math.abs(now) <= Math.abs(before)
    ? { accepted: candidate, pending: undefined, isWitnessed: true }
    : { accepted: pending, pending: candidate, isWitnessed: true };
}

/**
 * A new tick of the valuing product. A price within `limit` of the accepted one, or with a witness, is accepted. One that
 * is not waits: for mark or index, or for the next report on the same side (a median of three), so a single bad sample
 * moves nothing and a true gap is believed one tick later. Repeats of an unchanged state are no witness.
 */
export function withPriceQuote(market: AssetMarket, quote: Quote, limit: number): AssetMarket {
  const isReport = quote.kind === TickKind.TICK_KIND_TICKER;
  const base = { ...market, price: quote, priceReports: market.priceReports + (isReport ? 1 : 0) };
  const candidate = candidateOf(quote);
  if (candidate === undefined) return base;
  const { accepted, pending } = market;
  const isWitnessed = isCorroborated(candidate, market.hedge, limit);
  if (isWitnessed || (accepted !== undefined && isNear(candidate.low, accepted.low, limit))) {
    return { ...base, accepted: candidate, pending: undefined, isWitnessed };
  }
  if (!isReport) return base;
  if (pending === undefined) return { ...base, pending: candidate };
  if (accepted !== undefined) return { ...base, ...afterSecondReport(accepted, pending, candidate) };
  return isNear(candidate.low, pending.low, limit)
    ? { ...base, accepted: candidate, pending: undefined, isWitnessed: true }
    : { ...base, pending: candidate };
}

/** A new tick of the hedge product: its mark or index may be the second witness that a waiting price needs. */
export function withHedgeQuote(market: AssetMarket, quote: Quote, limit: number): AssetMarket {
  const { accepted, pending } = market;
  if (pending !== undefined && isCorroborated(pending, quote, limit)) {
    return { ...market, hedge: quote, accepted: pending, pending: undefined, isWitnessed: true };
  }
  return { ...market, hedge: quote, isWitnessed: accepted !== undefined && isCorroborated(accepted, quote, limit) };
}
