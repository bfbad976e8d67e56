import * as fc from "fast-check";
import { expect, test } from "vitest";

import { bestAskTicks, bestBidTicks, bookSide, createBook, moveBook, quoteFills, takeFills } from "./book.ts";

const shape = fc.record({
  spreadTicks: fc.integer({ min: 1, max: 50 }),
  levels: fc.integer({ min: 1, max: 100 }),
  levelTicks: fc.integer({ min: 1, max: 20 }),
  lotsPerLevel: fc.integer({ min: 1, max: 5000 }),
});

test("a book is never crossed, sorted on both sides, and as wide as configured", () => {
  fc.assert(
    fc.property(shape, fc.integer({ min: 10_000, max: 2_000_000 }), (one, centre) => {
      const book = createBook(one, centre);
      const bids = bookSide(book, "Buy", 1000).map((level) => level.ticks);
      const asks = bookSide(book, "Sell", 1000).map((level) => level.ticks);
      expect(bids).toEqual(bids.toSorted((left, right) => right - left));
      expect(asks).toEqual(asks.toSorted((left, right) => left - right));
      expect((asks[0] ?? 0) - (bids[0] ?? 0)).toBe(one.spreadTicks);
      expect([bestBidTicks(book), bestAskTicks(book)]).toEqual([bids[0], asks[0]]);
    }),
  );
});

test("a taker gets no more than it asked for, no worse than its limit, and what it took is gone until the next move", () => {
  fc.assert(
    fc.property(
      shape,
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 0, max: 500 }),
      fc.boolean(),
      (one, lots, reach, buys) => {
        const book = createBook(one, 600_000);
        const side = buys ? ("Buy" as const) : ("Sell" as const);
        const limit = buys ? bestAskTicks(book) + reach : bestBidTicks(book) - reach;
        const first = quoteFills(book, side, limit, lots);
        const total = first.reduce((sum, fill) => sum + fill.lots, 0);
        expect(total).toBeLessThanOrEqual(lots);
        for (const fill of first) expect(buys ? fill.ticks <= limit : fill.ticks >= limit).toBe(true);
        takeFills(book, side, first);
        const second = quoteFills(book, side, limit, Number.MAX_SAFE_INTEGER).reduce((sum, fill) => sum + fill.lots, 0);
        const fresh = createBook(one, 600_000);
        const whole = quoteFills(fresh, side, limit, Number.MAX_SAFE_INTEGER).reduce((sum, fill) => sum + fill.lots, 0);
        expect(total + second).toBe(whole);
        moveBook(book, 600_000);
        expect(quoteFills(book, side, limit, 1)).toHaveLength(1);
      },
    ),
  );
});

test("an unmoved price leaves the touch unmoved and stirs the deeper levels", () => {
  const book = createBook({ spreadTicks: 1, levels: 20, levelTicks: 10, lotsPerLevel: 2000 }, 600_000);
  const before = bookSide(book, "Buy", 20);
  moveBook(book, 600_000);
  const after = bookSide(book, "Buy", 20);
  expect(after[0]).toEqual(before[0]);
  expect(after.slice(1)).not.toEqual(before.slice(1));
});
