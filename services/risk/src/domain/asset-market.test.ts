import { TickKind } from "@hedgelock/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EMPTY_MARKET, withHedgeQuote, withPriceQuote } from "./asset-market.ts";
import type { AssetMarket } from "./asset-market.ts";
import type { Quote } from "./quote.ts";

const LIMIT = 0.02;

function quote(values: Partial<Quote>): Quote {
  return {
    source: { subject: "md", messageId: "m", exchangeTimeMs: 1, receiveTimeUs: 1 },
    kind: TickKind.TICK_KIND_TICKER,
    last: undefined,
    mark: undefined,
    index: undefined,
    markText: "",
    bidText: "",
    askText: "",
    ...values,
  };
}

function after(prices: readonly number[], start: AssetMarket = EMPTY_MARKET): AssetMarket {
  return prices.reduce((market, last) => withPriceQuote(market, quote({ last }), LIMIT), start);
}

describe("the accepted price", () => {
  it("takes the lower of last and index for collateral, the higher for a debt", () => {
    const market = withPriceQuote(EMPTY_MARKET, quote({ last: 100, index: 101 }), LIMIT);
    expect(market.accepted).toMatchObject({ low: 100, high: 101 });
    expect(market.isWitnessed).toBe(true);
  });

  it("does not believe the first price without a witness, and believes the second that agrees", () => {
    expect(after([100]).accepted).toBeUndefined();
    expect(after([100, 100.5]).accepted?.low).toBe(100.5);
    expect(after([100, 110]).accepted).toBeUndefined();
  });

  it("ignores a single bad sample", () => {
    expect(after([100, 100, 50]).accepted?.low).toBe(100);
    expect(after([100, 100, 50, 100.1]).accepted?.low).toBe(100.1);
    expect(after([100, 100, 50, 100.1]).pending).toBeUndefined();
    expect(after([100, 100, 50, 150, 100]).accepted?.low).toBe(100);
  });

  it("believes a true gap one report later, and only as far as two reports agree", () => {
    expect(after([100, 100, 90, 89.9]).accepted?.low).toBe(90);
    expect(after([100, 100, 90, 92]).accepted?.low).toBe(92);
    const falling = after([100, 100, 95, 90, 85, 80]);
    expect(falling.accepted?.low).toBe(85);
    expect(falling.pending?.low).toBe(80);
  });

  it("believes a gap at once when mark or index stands beside it, whichever comes first", () => {
    const calm = after([100, 100]);
    const marked = withHedgeQuote(calm, quote({ mark: 90 }), LIMIT);
    expect(withPriceQuote(marked, quote({ last: 90 }), LIMIT).accepted?.low).toBe(90);
    const waiting = withPriceQuote(calm, quote({ last: 90 }), LIMIT);
    expect(waiting.accepted?.low).toBe(100);
    expect(withHedgeQuote(waiting, quote({ mark: 90.5 }), LIMIT).accepted?.low).toBe(90);
    expect(withPriceQuote(calm, quote({ last: 90, index: 90.2 }), LIMIT).accepted?.low).toBe(90);
  });

  it("takes neither a book frame nor a heartbeat for a second report: they repeat the same last price", () => {
    for (const kind of [TickKind.TICK_KIND_BOOK, TickKind.TICK_KIND_HEARTBEAT]) {
      const repeated = withPriceQuote(after([100, 100, 50]), quote({ last: 50, kind }), LIMIT);
      expect(repeated.accepted?.low).toBe(100);
      expect(repeated.priceReports).toBe(3);
    }
  });

  it("keeps what it has when a tick has no last price", () => {
    expect(withPriceQuote(after([100, 100]), quote({ index: 50 }), LIMIT).accepted?.low).toBe(100);
  });

  it("only ever accepts a price that was reported, and never one with a single witness", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { maxLength: 30 }), (prices) => {
        let market = EMPTY_MARKET;
        let before: number | undefined;
        for (const [index, last] of prices.entries()) {
          market = withPriceQuote(market, quote({ last }), LIMIT);
          const now = market.accepted?.low;
          const isNearBefore = before !== undefined && now !== undefined && Math.abs(now - before) <= LIMIT * before;
          const previous = prices[index - 1] ?? Number.NaN;
          // Between the old price and the farther of the last two reports, so both of them vouch for it.
          const agreed =
            before === undefined
              ? Math.abs(last - previous) <= LIMIT * previous
              : (last - before) * (previous - before) > 0 || isNearBefore;
          expect(now === before || agreed).toBe(true);
          expect(now === undefined || prices.includes(now)).toBe(true);
          before = now;
        }
      }),
    );
  });
});
