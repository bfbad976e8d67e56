import type { LedgerState } from "@hedgelock/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { applied, intentIn, LINK_ID, opened, SIGNED_MS } from "../testing/ledger-samples.ts";
import { anExecution, anOrderUpdate } from "../testing/samples.ts";
import type { LedgerInput } from "./ledger-input.ts";
import { lifeStateOf } from "./order-life.ts";

const US = SIGNED_MS * 1000;

function order(
  status: string,
  cumExecQty: string,
  atUs: number,
  more: Parameters<typeof anOrderUpdate>[0] = {},
): LedgerInput {
  const update = anOrderUpdate({ orderLinkId: LINK_ID, orderStatus: status, cumExecQty, ...more });
  return { kind: "order", order: update, atUs, sentTimeUs: US + 1 };
}

function fill(execId: string, qty: string, exchangeSeq: number, atUs: number): LedgerInput {
  const execution = anExecution({
    orderLinkId: LINK_ID,
    execId,
    qty,
    exchangeSeq,
    execTimeMs: SIGNED_MS + exchangeSeq - 1000,
  });
  return { kind: "execution", execution, own: true, atUs, sentTimeUs: US + 1 };
}

const accepted: LedgerInput = {
  kind: "accepted",
  linkId: LINK_ID,
  orderId: "order-1",
  atUs: US + 5,
  sentTimeUs: US + 1,
};
const duplicate: LedgerInput = { kind: "duplicate", linkId: LINK_ID, atUs: US + 5, sentTimeUs: US + 1 };
const lost: LedgerInput = { kind: "lost", linkId: LINK_ID, attempt: 1, reason: "timeout", sentTimeUs: US + 1 };
const settle: LedgerInput = { kind: "settle", linkId: LINK_ID };
const reading = (qty: string, exchangeSeq: number): LedgerInput => ({
  kind: "adopt",
  reading: { category: "linear", symbol: "BTCUSDT", qty, exchangeSeq, timeMs: SIGNED_MS + 10 },
  horizonMs: 10_000,
  reason: "test",
});

interface Sequence {
  readonly events: readonly LedgerInput[];
  readonly ends: string;
  readonly filled: string;
}

/** Sequences a venue really sends (bybit-v5 §6, §7.2), each with its one right end. */
const SEQUENCES: Readonly<Record<string, Sequence>> = {
  "filled by two executions": {
    events: [
      accepted,
      order("New", "0", US + 6),
      fill("a", "0.1", 1001, US + 7),
      order("PartiallyFilled", "0.1", US + 8),
      fill("b", "0.15", 1002, US + 9),
      order("Filled", "0.25", US + 10),
      reading("-0.25", 1002),
    ],
    ends: "FILLED",
    filled: "0.25",
  },
  "two fills of one match share a sequence": {
    events: [
      accepted,
      fill("a", "0.1", 1001, US + 7),
      fill("b", "0.15", 1001, US + 7),
      order("Filled", "0.25", US + 8),
    ],
    ends: "FILLED",
    filled: "0.25",
  },
  "filled in part, the rest cancelled": {
    events: [accepted, fill("a", "0.1", 1001, US + 7), order("Cancelled", "0.1", US + 8), order("New", "0", US + 6)],
    ends: "CANCELLED",
    filled: "0.1",
  },
  "nothing filled": {
    events: [accepted, order("New", "0", US + 6), order("Cancelled", "0", US + 8)],
    ends: "CANCELLED",
    filled: "0",
  },
  "the answer was lost": {
    events: [lost, fill("a", "0.25", 1001, US + 7), order("Filled", "0.25", US + 8), settle],
    ends: "FILLED",
    filled: "0.25",
  },
  "the answer was lost, the second attempt refused as a duplicate": {
    events: [lost, duplicate, order("Filled", "0.25", US + 8), fill("a", "0.25", 1001, US + 7)],
    ends: "FILLED",
    filled: "0.25",
  },
  "a cancel lost the race: two Filled": {
    events: [
      accepted,
      fill("a", "0.25", 1001, US + 7),
      order("Filled", "0.25", US + 8),
      order("Filled", "0.25", US + 9, { cancelType: "CancelByUser", rejectReason: "EC_OrigClOrdIDDoesNotExist" }),
      order("Cancelled", "0.25", US + 9),
    ],
    ends: "FILLED",
    filled: "0.25",
  },
  "acknowledged, then refused": {
    events: [accepted, order("Rejected", "0", US + 8, { rejectReason: "EC_ReachRiskPriceLimit" })],
    ends: "REJECTED",
    filled: "0",
  },
  "a status word nobody knows": {
    events: [
      accepted,
      order("Hibernating", "0", US + 6),
      fill("a", "0.25", 1001, US + 7),
      order("Filled", "0.25", US + 8),
    ],
    ends: "FILLED",
    filled: "0.25",
  },
};

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

const endOf = (state: LedgerState): string => JSON.stringify(state);

describe("merging what the venue says", () => {
  for (const [name, sequence] of Object.entries(SEQUENCES)) {
    it(`${name}: every order of arrival leads to the same state`, () => {
      const start = opened();
      // Beyond seven events all orders are too many; none of the sequences is longer.
      expect(sequence.events.length).toBeLessThanOrEqual(7);
      const ends = new Set(permutations(sequence.events).map((events) => endOf(applied(start, ...events, settle))));
      expect(ends.size).toBe(1);
      const intent = intentIn(applied(start, ...sequence.events, settle));
      expect(lifeStateOf(intent.state)).toBe(sequence.ends);
      expect(intent.cumExecQty).toBe(sequence.filled);
    });

    it(`${name}: repetitions change nothing`, () => {
      const start = opened();
      const expected = endOf(applied(start, ...sequence.events, settle));
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...sequence.events), { maxLength: 20 }),
          fc.shuffledSubarray([...sequence.events], { minLength: sequence.events.length }),
          fc.array(fc.constantFrom(...sequence.events), { maxLength: 20 }),
          (before, all, after) => {
            expect(endOf(applied(start, ...before, ...all, ...after, settle))).toBe(expected);
          },
        ),
        { numRuns: 200 },
      );
    });
  }

  it("counts a fill once, whether it comes by the stream or by a query, and moves the position once", () => {
    const state = applied(opened(), fill("a", "0.25", 1001, US + 7), fill("a", "0.25", 1001, US + 900));
    expect(state.positions[0]?.qty).toBe("-0.25");
    expect(intentIn(state).lastFillTimeUs).toBe(US + 7);
  });

  it("does not let an old New bring a filled order back to life", () => {
    const filled = applied(opened(), fill("a", "0.25", 1001, US + 7), order("Filled", "0.25", US + 8));
    expect(applied(filled, order("New", "0", US + 15))).toBe(filled);
  });
});
