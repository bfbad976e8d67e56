import { TickKind } from "@hedgelock/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";

import { readExcerpt } from "../testing/excerpt.ts";
import { FrameReader } from "./frame-reader.ts";

type Fields = Record<string, string>;

/** A second merge that shares nothing with the first: keep every key ever told, and look at the ones that matter. */
class ReferenceMerge {
  readonly ticker = new Map<string, string>();
  book: { readonly bid: readonly string[]; readonly ask: readonly string[] } | undefined;

  apply(text: string): void {
    const frame = JSON.parse(text) as { topic: string; type: string; data: Record<string, unknown> };
    if (frame.topic.startsWith("orderbook.")) {
      const [bid = ["", ""]] = frame.data["b"] as string[][];
      const [ask = ["", ""]] = frame.data["a"] as string[][];
      this.book = { bid, ask };
      return;
    }
    if (frame.type === "snapshot") this.ticker.clear();
    for (const [key, value] of Object.entries(frame.data)) this.ticker.set(key, String(value));
  }

  state(category: string): Fields {
    const told = (key: string): string => this.ticker.get(key) ?? "";
    const quotes = this.book ?? {
      bid: [told("bid1Price"), told("bid1Size")],
      ask: [told("ask1Price"), told("ask1Size")],
    };
    return {
      bidPrice: quotes.bid[0] ?? "",
      bidSize: quotes.bid[1] ?? "",
      askPrice: quotes.ask[0] ?? "",
      askSize: quotes.ask[1] ?? "",
      lastPrice: told("lastPrice"),
      markPrice: told("markPrice"),
      indexPrice: category === "spot" ? told("usdIndexPrice") : told("indexPrice"),
      fundingRate: told("fundingRate"),
      nextFundingTimeMs: told("nextFundingTime") || "0",
    };
  }
}

test.each(["linear", "spot"] as const)(
  "%s: after every recorded frame the merged tick equals an independent merge",
  (category) => {
    const reader = new FrameReader(category, ["BTCUSDT"]);
    const reference = new ReferenceMerge();
    let changes = 0;
    let previous = "";
    for (const { frame } of readExcerpt().filter((row) => row.category === category)) {
      const read = reader.read(frame);
      reference.apply(frame);
      if (read.kind !== "topic") throw new Error(`not read: ${frame}`);
      const { topic, verdict } = read;
      const tick = topic.instrument.toTick(topic.kind, topic.last.seq, topic.last.timeMs, 5);
      const state = reference.state(category);
      expect({ ...tick, nextFundingTimeMs: String(tick.nextFundingTimeMs) }).toMatchObject(state);
      expect(tick).toMatchObject({ venue: "bybit", category, symbol: "BTCUSDT", receiveTimeUs: 5 });
      expect(["changed", "unchanged"]).toContain(verdict.kind);
      const isSame = JSON.stringify(state) === previous;
      if (verdict.kind === "unchanged") expect(isSame).toBe(true);
      else changes += 1;
      previous = JSON.stringify(state);
    }
    expect(changes).toBeGreaterThan(50);
  },
);

const BASE = { lastPrice: "100.5", markPrice: "100.4", indexPrice: "100.3", fundingRate: "0.0001" };
let seq = 0;
const ticker = (type: string, data: object, position: { cs?: number; ts?: number } = {}): string => {
  seq += 1;
  return JSON.stringify({
    topic: "tickers.BTCUSDT",
    type,
    data: { symbol: "BTCUSDT", ...data },
    cs: seq,
    ts: 1000 + seq,
    ...position,
  });
};
const book = (
  bid: readonly string[][],
  ask: readonly string[][],
  rest: object = {},
  type: string = "snapshot",
): string => {
  seq += 1;
  return JSON.stringify({
    topic: "orderbook.1.BTCUSDT",
    type,
    ts: 1000 + seq,
    data: { s: "BTCUSDT", b: bid, a: ask, u: seq, seq, ...rest },
  });
};

function verdictOf(reader: FrameReader, frame: string): string {
  const read = reader.read(frame);
  return read.kind === "topic" ? read.verdict.kind : read.kind;
}

function stateOf(reader: FrameReader): object {
  const topic = reader.topics.get("tickers.BTCUSDT");
  return topic === undefined ? {} : topic.instrument.toTick(TickKind.TICK_KIND_TICKER, 0, 0, 0);
}

test("any delta sequence merges to the last told value of each key; regressions and garbage change nothing", () => {
  const price = fc.integer({ min: 1, max: 10 ** 9 }).map((value) => (value / 100).toFixed(2));
  const delta = fc.record(
    { lastPrice: price, markPrice: price, indexPrice: price, fundingRate: fc.constantFrom("0.0001", "-0.0002", "") },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: delta.map((data) => ({ kind: "delta" as const, data })) },
    { weight: 1, arbitrary: delta.map((data) => ({ kind: "old" as const, data })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom("x", "-1", "0", "1e3", "1.2.3", "")
        .map((bad) => ({ kind: "garbled" as const, data: { markPrice: bad } })),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const reader = new FrameReader("linear", ["BTCUSDT"]);
      expect(verdictOf(reader, ticker("snapshot", BASE))).toBe("changed");
      const expected: Record<string, string> = { ...BASE };
      for (const { kind, data } of steps) {
        if (kind === "old") {
          expect(verdictOf(reader, ticker("delta", data, { cs: 0 }))).toBe("regression");
        } else if (kind === "garbled") {
          expect(verdictOf(reader, ticker("delta", { lastPrice: "77", ...data }))).toBe("bad");
        } else {
          Object.assign(expected, data);
          expect(["changed", "unchanged"]).toContain(verdictOf(reader, ticker("delta", data)));
        }
      }
      expect(stateOf(reader)).toMatchObject(expected);
    }),
  );
});

test("a delta before its snapshot is refused, on both topics", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  expect(verdictOf(reader, ticker("delta", BASE))).toBe("no_snapshot");
  expect(verdictOf(reader, book([["100", "1"]], [["101", "1"]], {}, "delta"))).toBe("no_snapshot");
  expect(stateOf(reader)).toMatchObject({ lastPrice: "", bidPrice: "" });
});

test("a frame older by sequence or by time is a regression; an equal one is not", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  verdictOf(reader, ticker("snapshot", BASE, { cs: 50, ts: 5000 }));
  expect(verdictOf(reader, ticker("delta", { markPrice: "1" }, { cs: 49, ts: 5001 }))).toBe("regression");
  expect(verdictOf(reader, ticker("delta", { markPrice: "1" }, { cs: 51, ts: 4999 }))).toBe("regression");
  expect(verdictOf(reader, ticker("delta", { markPrice: "2" }, { cs: 50, ts: 5000 }))).toBe("changed");
  expect(verdictOf(reader, ticker("snapshot", BASE, { cs: 1, ts: 10 }))).toBe("changed");
});

test("spot sends snapshots only: an older one is a regression there too", () => {
  const reader = new FrameReader("spot", ["BTCUSDT"]);
  const spot = { lastPrice: "100", usdIndexPrice: "" };
  expect(verdictOf(reader, ticker("snapshot", spot, { cs: 50, ts: 5000 }))).toBe("changed");
  expect(verdictOf(reader, ticker("snapshot", { lastPrice: "90" }, { cs: 50, ts: 4990 }))).toBe("regression");
  expect(verdictOf(reader, ticker("snapshot", { lastPrice: "90", usdIndexPrice: "91" }, { cs: 50, ts: 5010 }))).toBe(
    "changed",
  );
  expect(stateOf(reader)).toMatchObject({ lastPrice: "90", indexPrice: "91", markPrice: "" });
});

test("a contract snapshot without mark or index price is refused", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  for (const key of ["lastPrice", "markPrice", "indexPrice"]) {
    expect(verdictOf(reader, ticker("snapshot", { ...BASE, [key]: undefined }))).toBe("bad");
    expect(verdictOf(reader, ticker("snapshot", { ...BASE, [key]: "" }))).toBe("bad");
  }
});

test("quotes come from the book once it has spoken; the ticker's are ignored then", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  verdictOf(reader, ticker("snapshot", { ...BASE, bid1Price: "100", bid1Size: "1", ask1Price: "101", ask1Size: "2" }));
  expect(stateOf(reader)).toMatchObject({ bidPrice: "100", askSize: "2" });
  expect(verdictOf(reader, book([["100.1", "3"]], [["100.9", "4"]]))).toBe("changed");
  expect(verdictOf(reader, ticker("delta", { bid1Price: "99", bid1Size: "9" }))).toBe("unchanged");
  expect(stateOf(reader)).toMatchObject({ bidPrice: "100.1", bidSize: "3", askPrice: "100.9", askSize: "4" });
});

test("a crossed or locked book changes nothing and says so; an empty side is no cross", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  verdictOf(reader, ticker("snapshot", BASE));
  verdictOf(reader, book([["100", "1"]], [["101", "1"]]));
  expect(verdictOf(reader, book([["102", "1"]], [["101", "1"]]))).toBe("crossed");
  expect(verdictOf(reader, book([["101.0", "1"]], [["101", "1"]]))).toBe("crossed");
  expect(stateOf(reader)).toMatchObject({ bidPrice: "100", askPrice: "101" });
  expect(verdictOf(reader, book([["9.5", "1"]], [["10.5", "1"]]))).toBe("changed");
  expect(verdictOf(reader, book([["100", "1"]], []))).toBe("changed");
  expect(stateOf(reader)).toMatchObject({ bidPrice: "100", askPrice: "", askSize: "" });
});

test("book deltas: contiguous ones apply, a hole is a gap, size 0 takes a level away", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  verdictOf(reader, ticker("snapshot", BASE));
  verdictOf(reader, book([["100", "1"]], [["101", "1"]], { u: 10 }));
  expect(
    verdictOf(
      reader,
      book(
        [
          ["100.5", "2"],
          ["100", "0"],
        ],
        [],
        { u: 11 },
        "delta",
      ),
    ),
  ).toBe("changed");
  expect(stateOf(reader)).toMatchObject({ bidPrice: "100.5", bidSize: "2", askPrice: "101" });
  expect(verdictOf(reader, book([["100.6", "2"]], [], { u: 13 }, "delta"))).toBe("gap");
  expect(verdictOf(reader, book([], [["101", "0.000"]], { u: 12 }, "delta"))).toBe("changed");
  expect(stateOf(reader)).toMatchObject({ bidPrice: "100.5", askPrice: "" });
});

test("after a restart of the venue's service (u is 1) the book starts over although sequences go back", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  verdictOf(reader, book([["100", "1"]], [["101", "1"]], { u: 900, seq: 5_000_000 }));
  expect(verdictOf(reader, book([["90", "1"]], [["91", "1"]], { u: 2, seq: 4 }))).toBe("regression");
  expect(verdictOf(reader, book([["90", "1"]], [["91", "1"]], { u: 1, seq: 5 }))).toBe("changed");
});

test("whatever JSON arrives, reading does not throw", () => {
  const reader = new FrameReader("linear", ["BTCUSDT"]);
  verdictOf(reader, ticker("snapshot", BASE));
  const topics = fc.constantFrom("tickers.BTCUSDT", "orderbook.1.BTCUSDT", "nobody");
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      topics,
      fc.constantFrom("snapshot", "delta", 5),
      (data, time, topic, type) => {
        reader.read(JSON.stringify(data));
        reader.read(JSON.stringify({ topic, type, data, ts: time, cs: 10 ** 9 }));
        reader.read(
          JSON.stringify({
            topic,
            type,
            ts: 10 ** 9,
            cs: 10 ** 9,
            data: { symbol: "BTCUSDT", s: "BTCUSDT", seq: 1, u: 1, b: data, a: time, markPrice: data },
          }),
        );
      },
    ),
  );
  expect(reader.read("{").kind).toBe("bad");
  expect(reader.read('{"topic":"tickers.ETHUSDT"}')).toEqual({ kind: "bad", reason: "a topic nobody subscribed" });
});
