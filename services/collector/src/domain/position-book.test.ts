import type { Position } from "@hedgelock/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";

import { positionWith } from "../testing/samples.ts";
import { PositionBook } from "./position-book.ts";

const qtys = (book: PositionBook): object =>
  Object.fromEntries(book.whole().positions.map((row) => [row.symbol, row.qty]));

test("a symbol that ended is absent, and an older row does not bring it back", () => {
  const book = new PositionBook();
  book.apply([positionWith({ exchangeSeq: 10 })]);
  expect(qtys(book)).toEqual({ BTCUSDT: "-0.25" });
  expect(book.apply([positionWith({ exchangeSeq: 12, qty: "0" })])).toBe(true);
  expect(qtys(book)).toEqual({});
  expect(book.apply([positionWith({ exchangeSeq: 11, updatedTimeMs: 9e12 })])).toBe(false);
  expect(qtys(book)).toEqual({});
});

test("without comparable sequences the update time decides", () => {
  const book = new PositionBook();
  book.apply([positionWith({ exchangeSeq: -1, updatedTimeMs: 50, qty: "1" })]);
  expect(book.apply([positionWith({ exchangeSeq: 5, updatedTimeMs: 40, qty: "2" })])).toBe(false);
  expect(book.apply([positionWith({ exchangeSeq: 5, updatedTimeMs: 60, qty: "3" })])).toBe(true);
  expect(qtys(book)).toEqual({ BTCUSDT: "3" });
});

test("the two legs of hedge mode are one signed position", () => {
  const book = new PositionBook();
  book.apply([
    positionWith({ positionIdx: 1, qty: "0.30" }),
    positionWith({ positionIdx: 2, qty: "-0.1", unrealisedPnl: "-5", exchangeSeq: 101 }),
  ]);
  expect(book.whole().positions).toEqual([
    positionWith({
      qty: "0.2",
      entryPrice: "",
      unrealisedPnl: "20",
      initialMargin: "3018",
      maintenanceMargin: "168",
      exchangeSeq: 101,
    }),
  ]);
  book.apply([positionWith({ positionIdx: 1, qty: "0", exchangeSeq: 102 })]);
  expect(book.whole().positions).toEqual([positionWith({ qty: "-0.1", unrealisedPnl: "-5", exchangeSeq: 101 })]);
});

test("in whatever order and however often rows arrive, the newest of each leg stays", () => {
  const leg = fc.record({ symbol: fc.constantFrom("BTCUSDT", "ETHUSDT"), positionIdx: fc.constantFrom(0, 1, 2) });
  const event = fc.tuple(leg, fc.integer({ min: 1, max: 1000 }), fc.integer({ min: -5, max: 5 }));
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.nat()), (events, noise) => {
      const rows: Position[] = events.map(([key, seq, qty]) =>
        positionWith({ ...key, exchangeSeq: seq, updatedTimeMs: seq, qty: String(qty) }),
      );
      // One sequence stands for one state of a leg.
      const distinct = [
        ...new Map(rows.map((row) => [`${row.symbol}${row.positionIdx}${row.exchangeSeq}`, row])).values(),
      ];
      const straight = new PositionBook();
      straight.apply(distinct.toSorted((left, right) => left.exchangeSeq - right.exchangeSeq));
      const shuffled = [...distinct, ...distinct]
        .map((row) => ({ row, at: noise.next().value }))
        .toSorted((left, right) => left.at - right.at);
      const other = new PositionBook();
      for (const { row } of shuffled) other.apply([row]);
      expect(qtys(other)).toEqual(qtys(straight));
    }),
  );
});
