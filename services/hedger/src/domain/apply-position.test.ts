import type { Position } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { applied, intentIn, LINK_ID, opened, SIGNED_MS } from "../testing/ledger-samples.ts";
import { anExecution } from "../testing/samples.ts";
import { apply } from "./apply.ts";
import type { LedgerInput, PositionReading } from "./ledger-input.ts";
import { emptyLedger } from "./ledger-state.ts";
import { lifeStateOf } from "./order-life.ts";
import { newerReading, readingOf } from "./position-view.ts";

const fill: LedgerInput = {
  kind: "execution",
  execution: anExecution({ orderLinkId: LINK_ID, execTimeMs: SIGNED_MS }),
  own: true,
  atUs: 9,
  sentTimeUs: 0,
};
const filled = applied(opened(), fill, { kind: "settle", linkId: LINK_ID });

const adopt = (reading: Partial<PositionReading>): LedgerInput => ({
  kind: "adopt",
  reading: {
    category: "linear",
    symbol: "BTCUSDT",
    qty: "-0.4",
    exchangeSeq: 1005,
    timeMs: SIGNED_MS + 100,
    ...reading,
  },
  horizonMs: 10_000,
  reason: "test",
});
const foreign = (
  execId: string,
  exchangeSeq: number,
  side: "Buy" | "Sell" = "Buy",
  execType = "Trade",
): LedgerInput => ({
  kind: "execution",
  execution: anExecution({ execId, exchangeSeq, side, execType, qty: "0.1" }),
  own: false,
  atUs: 9,
  sentTimeUs: 0,
});
const qtyAfter = (...inputs: readonly LedgerInput[]): string | undefined =>
  applied(filled, ...inputs).positions[0]?.qty;

describe("the venue's position beside ours", () => {
  it("is adopted when it is newer, differs, and nothing of ours is in flight", () => {
    const change = apply(filled, adopt({}));
    expect(change?.event).toMatchObject({ $case: "positionAdopted", value: { previousQty: "-0.25", qty: "-0.4" } });
    expect(apply(change?.state ?? filled, adopt({}))).toBeUndefined();
  });

  it("is left alone while an order of ours could explain it", () => {
    expect(apply(opened(), adopt({}))).toBeUndefined();
  });

  it("is not adopted when it is older than our last fill, or says the same", () => {
    expect(apply(filled, adopt({ exchangeSeq: 1000 }))).toBeUndefined();
    expect(apply(filled, adopt({ qty: "-0.250" }))).toBeUndefined();
  });

  it("without a sequence is believed against us only after the read lag", () => {
    const flat = { qty: "0", exchangeSeq: undefined };
    expect(apply(filled, adopt({ ...flat, timeMs: SIGNED_MS + 9_999 }))).toBeUndefined();
    expect(apply(filled, adopt({ ...flat, timeMs: SIGNED_MS + 10_000 }))).toBeDefined();
  });

  it("contains the fills up to its sequence: those do not move it again", () => {
    expect(qtyAfter(adopt({}), foreign("x", 1004))).toBe("-0.4");
    expect(qtyAfter(adopt({}), foreign("y", 1006))).toBe("-0.3");
  });
});

describe("fills that are not ours", () => {
  it("move the position: a manual trade, a liquidation, an ADL", () => {
    for (const execType of ["Trade", "BustTrade", "AdlTrade"]) {
      expect(qtyAfter(foreign("x", 1002, "Buy", execType))).toBe("-0.15");
    }
  });

  it("do not when they are funding, or of a type nobody knows", () => {
    expect(apply(filled, foreign("x", 1002, "Buy", "Funding"))).toBeUndefined();
    expect(apply(filled, foreign("x", 1002, "Buy", "Tombola"))).toBeUndefined();
  });

  it("count once, also when the list of identities has forgotten them", () => {
    const many = Array.from({ length: 70 }, (_, index) => foreign(`f${index}`, 1002 + index));
    const state = applied(filled, ...many);
    expect(state.recentExecIds).toHaveLength(64);
    expect(apply(state, foreign("f0", 1002))).toBeUndefined();
    expect(state.positions[0]?.qty).toBe("6.75");
  });
});

describe("reading a surface of positions", () => {
  const row = (changes: Partial<Position>): Position => ({
    category: "linear",
    symbol: "BTCUSDT",
    qty: "-0.25",
    entryPrice: "",
    markPrice: "",
    unrealisedPnl: "",
    leverage: "",
    liquidationPrice: "",
    initialMargin: "",
    maintenanceMargin: "",
    exchangeSeq: 7,
    updatedTimeMs: 5,
    positionIdx: 0,
    ...changes,
  });

  it("sums both sides of a hedge-mode account and takes the absent for flat", () => {
    const rows = [row({ positionIdx: 1, qty: "0.1", exchangeSeq: 9 }), row({ positionIdx: 2, qty: "-0.3" })];
    expect(readingOf(rows, "linear", "BTCUSDT", 3)).toMatchObject({ qty: "-0.2", exchangeSeq: 9, timeMs: 5 });
    expect(readingOf(rows, "linear", "ETHUSDT", 3)).toMatchObject({ qty: "0", exchangeSeq: undefined, timeMs: 3 });
    expect(readingOf([row({ exchangeSeq: -1 })], "linear", "BTCUSDT", 3).exchangeSeq).toBeUndefined();
  });

  it("keeps the newer of two by sequence, whatever came last", () => {
    const at = (exchangeSeq: number | undefined, timeMs: number): PositionReading => ({
      category: "linear",
      symbol: "BTCUSDT",
      qty: "0",
      exchangeSeq,
      timeMs,
    });
    expect(newerReading(at(9, 1), at(8, 2))).toEqual(at(9, 1));
    expect(newerReading(at(9, 1), at(undefined, 2))).toEqual(at(undefined, 2));
    expect(newerReading(undefined, at(1, 1))).toEqual(at(1, 1));
  });
});

describe("the postcondition", () => {
  const check = (positionQty: string): LedgerInput => ({
    kind: "postcondition",
    linkId: LINK_ID,
    positionQty,
    lotSize: "0.001",
    atUs: 7,
  });
  const resultOf = (state: typeof filled, positionQty: string): unknown => {
    const event = apply(state, check(positionQty))?.event;
    return event?.$case === "postcondition"
      ? { satisfied: event.value.satisfied, reason: event.value.reason }
      : undefined;
  };

  it("holds inside the band of the intent's decision, edge included", () => {
    expect(resultOf(filled, "-0.245")).toEqual({ satisfied: true, reason: "" });
    expect(lifeStateOf(intentIn(applied(filled, check("-0.25"))).state)).toBe("VERIFIED");
  });

  it("else names the residual and why", () => {
    expect(resultOf(filled, "-0.244")).toEqual({ satisfied: false, reason: "more_orders_needed" });
    const exact = applied(opened({ bandQty: "0" }), fill);
    expect(resultOf(exact, "-0.2495")).toEqual({ satisfied: false, reason: "below_minimum_lot" });
  });

  it("is checked once, and not at all for an order that is not settled or never traded", () => {
    expect(apply(applied(filled, check("-0.25")), check("-0.25"))).toBeUndefined();
    expect(apply(opened(), check("0"))).toBeUndefined();
    expect(apply(emptyLedger(), check("0"))).toBeUndefined();
  });
});
