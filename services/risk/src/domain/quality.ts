import { InputQuality } from "@hedgelock/contracts";

import type { AssetMarket } from "./asset-market.ts";
import type { AccountBook } from "./book.ts";
import type { Policy } from "./policy.ts";
import { isTooOld } from "./source.ts";
import type { Moment, Source } from "./source.ts";

const { INPUT_QUALITY_FRESH: FRESH, INPUT_QUALITY_STALE: STALE, INPUT_QUALITY_UNKNOWN: UNKNOWN } = InputQuality;

type Limits = Pick<Policy, "maxTickAgeMs" | "maxAccountAgeMs" | "maxLoanAgeMs">;

function of(source: Source | undefined, now: Moment, maxAgeMs: number): InputQuality {
  if (source === undefined) return UNKNOWN;
  return isTooOld(source, now, maxAgeMs) ? STALE : FRESH;
}

/** UNKNOWN is worse than STALE is worse than FRESH. */
export function worse(a: InputQuality, b: InputQuality): InputQuality {
  if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
  return a === STALE || b === STALE ? STALE : FRESH;
}

/** Whether the LTV may be trusted: the loan, and a price for every coin in it. Without a debt no price is needed. */
export function ltvQuality(
  book: AccountBook,
  market: readonly AssetMarket[],
  limits: Limits,
  now: Moment,
): InputQuality {
  let quality = of(book.surfaces.loan?.source, now, limits.maxLoanAgeMs);
  if (!book.owes) return quality;
  if (book.unvalued !== "") return UNKNOWN;
  for (const { asset } of book.debts) quality = worse(quality, priceQuality(asset, market, limits, now));
  for (const { asset } of book.collateral) quality = worse(quality, priceQuality(asset, market, limits, now));
  return quality;
}

function priceQuality(asset: number, market: readonly AssetMarket[], limits: Limits, now: Moment): InputQuality {
  return asset < 0 ? FRESH : of(market[asset]?.accepted?.quote.source, now, limits.maxTickAgeMs);
}

/** Whether a hedge may be sized: wallet, positions, and both prices of every asset the account holds. */
export function hedgeQuality(
  book: AccountBook,
  market: readonly AssetMarket[],
  limits: Limits,
  now: Moment,
): InputQuality {
  let quality = worse(
    of(book.surfaces.wallet?.source, now, limits.maxAccountAgeMs),
    of(book.surfaces.positions?.source, now, limits.maxAccountAgeMs),
  );
  for (const { asset, long } of book.exposures) {
    if (long === undefined) return UNKNOWN;
    quality = worse(quality, priceQuality(asset, market, limits, now));
    quality = worse(quality, of(market[asset]?.hedge?.source, now, limits.maxTickAgeMs));
  }
  return quality;
}
