import { priceOf } from "./market.ts";
import { Decimal, ONE, larger, smaller } from "./money.ts";
import type { Side } from "./book.ts";
import type { Refusal } from "./refusal.ts";
import type { Tradable } from "./tradable.ts";

/** Dearest buy and cheapest sell that are allowed, on the tick. */
export interface PriceBand {
  readonly maxBuy: Decimal;
  readonly minSell: Decimal;
}

/**
 * The price limits of an instrument (Bybit v5, price-limit rule of 2026-05-26).
 * Contracts: maxBuy = min(mark (1+Y), max(index, mark (1+X) + premium)), spot the same around the index. The premium
 * is the average distance of mid from mark: 0 here, where the book stands around the mark.
 */
export function priceBand(tradable: Tradable): PriceBand {
  const mark = priceOf(tradable.market);
  const index = mark;
  const tick = tradable.tickSize;
  const maxBuy = smaller(mark.times(ONE.plus(tradable.ratioY)), larger(index, mark.times(ONE.plus(tradable.ratioX))));
  const minSell = larger(
    mark.times(ONE.minus(tradable.ratioY)),
    smaller(index, mark.times(ONE.minus(tradable.ratioX))),
  );
  return {
    maxBuy: maxBuy.div(tick).integerValue(Decimal.ROUND_FLOOR).times(tick),
    minSell: minSell.div(tick).integerValue(Decimal.ROUND_CEIL).times(tick),
  };
}

/** The answer to a limit outside the band where clamping is off; undefined inside. */
export function bandRefusal(tradable: Tradable, side: Side, price: Decimal): Refusal | undefined {
  const { maxBuy, minSell } = priceBand(tradable);
  const spot = tradable.category === "spot";
  if (side === "Buy" && price.isGreaterThan(maxBuy)) {
    const limit = `${maxBuy.toFixed()}${tradable.quoteCoin}`;
    return spot
      ? { code: 170193, message: `Buy order price cannot be higher than ${limit}.` }
      : { code: 110121, message: `Order price is higher than the maximum buying price ${limit}.` };
  }
  if (side === "Sell" && price.isLessThan(minSell)) {
    const limit = `${minSell.toFixed()}${tradable.quoteCoin}`;
    return spot
      ? { code: 170194, message: `Sell order price cannot be lower than ${limit}.` }
      : { code: 110120, message: `Order price is lower than the minimum selling price ${limit}.` };
  }
  return undefined;
}
