import { TickKind } from "@hedgelock/contracts";
import type { Tick } from "@hedgelock/contracts";
import { manualTime, seededRandom } from "@hedgelock/runtime";
import type { ManualTime } from "@hedgelock/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Feed, FeedCount, FeedState } from "../port.ts";
import { FakeVenue, politeReply } from "../testing/fake-venue.ts";
import type { FakeConnection } from "../testing/fake-venue.ts";
import { bybitMarketFeed } from "./market-feed.ts";

const TICKER = "tickers.BTCUSDT";
const BOOK = "orderbook.1.BTCUSDT";
const PATH = "/v5/public/linear";

let venue: FakeVenue;
let time: ManualTime;
let feed: Feed | undefined;
let ticks: Tick[];
let bad: string[];
let states: [FeedState, string][];
let counts: Map<FeedCount, number>;
let seq: number;

beforeEach(async () => {
  venue = await FakeVenue.start();
  time = manualTime(venue.timeMs);
  [ticks, bad, states, counts, seq] = [[], [], [], new Map(), 0];
});
afterEach(async () => {
  await feed?.stop();
  await venue[Symbol.asyncDispose]();
});

function start(
  instruments: readonly { readonly category: "linear" | "spot"; readonly symbol: string }[] = [
    { category: "linear", symbol: "BTCUSDT" },
  ],
): void {
  feed = bybitMarketFeed(
    { wsUrl: venue.wsUrl, instruments, clock: time, timers: time, random: seededRandom(1) },
    {
      onTick: (tick) => ticks.push(tick),
      onBadFrame: (reason) => bad.push(reason),
      onState: (state, detail) => states.push([state, detail]),
      onCount: (what) => counts.set(what, (counts.get(what) ?? 0) + 1),
    },
  );
}

const until = async (check: () => void): Promise<void> => {
  await vi.waitFor(check, { timeout: 10_000, interval: 2 });
};

/** The nth connection, once it has subscribed. */
async function connected(nth: number = 1, path: string = PATH): Promise<FakeConnection> {
  await until(() =>
    expect(venue.connections.filter((one) => one.path === path && one.topics.length > 0).length).toBeGreaterThanOrEqual(
      nth,
    ),
  );
  const connection = venue.connections.filter((one) => one.path === path)[nth - 1];
  if (connection === undefined) throw new Error("no connection");
  return connection;
}

const position = (): { cs: number; ts: number } => {
  seq += 1;
  return { cs: seq, ts: venue.timeMs + seq };
};
const ticker = (changes: object = {}, type: string = "snapshot"): object => ({
  topic: TICKER,
  type,
  data: {
    symbol: "BTCUSDT",
    ...(type === "snapshot" ? { lastPrice: "100", markPrice: "100", indexPrice: "100" } : {}),
    ...changes,
  },
  ...position(),
});
const book = (bid: string = "99", ask: string = "101"): object => {
  const { cs, ts } = position();
  return {
    topic: BOOK,
    type: "snapshot",
    ts,
    data: { s: "BTCUSDT", b: [[bid, "1"]], a: [[ask, "1"]], u: cs, seq: cs },
  };
};

async function live(connection: FakeConnection): Promise<void> {
  const before = ticks.length;
  connection.send(ticker({ openInterest: "1" }));
  connection.send(book());
  await until(() => expect(ticks.length).toBeGreaterThan(before));
  await until(() => expect(states.at(-1)?.[0]).toBe("live"));
}

async function settle(connection: FakeConnection): Promise<void> {
  const frames = counts.get("frame") ?? 0;
  connection.send({ success: true, ret_msg: "pong", op: "ping" });
  await until(() => expect(counts.get("frame")).toBeGreaterThan(frames));
}

test("subscribes both topics, becomes live with both snapshots, and ticks whole", async () => {
  start();
  expect(states).toEqual([["connecting", "not connected yet"]]);
  const connection = await connected();
  expect(connection.topics).toEqual([TICKER, BOOK]);
  connection.send(ticker({ fundingRate: "0.0001", nextFundingTime: "1785628800000" }));
  await until(() => expect(ticks.length).toBe(1));
  expect(states.at(-1)?.[0]).toBe("connecting");
  connection.send(book("99.5", "100.5"));
  await until(() => expect(states.at(-1)).toEqual(["live", ""]));
  expect(ticks.at(-1)).toMatchObject({
    venue: "bybit",
    category: "linear",
    symbol: "BTCUSDT",
    kind: TickKind.TICK_KIND_BOOK,
    exchangeSeq: 2,
    exchangeTimeMs: venue.timeMs + 2,
    receiveTimeUs: time.nowUs(),
    bidPrice: "99.5",
    askPrice: "100.5",
    markPrice: "100",
    fundingRate: "0.0001",
    nextFundingTimeMs: 1_785_628_800_000,
  });
});

test("an unchanged frame is suppressed, and told as a heartbeat once a second; without a frame there is no heartbeat", async () => {
  start();
  const connection = await connected();
  await live(connection);
  const published = ticks.length;
  connection.send(ticker({ volume24h: "5" }, "delta"));
  await settle(connection);
  expect(ticks.length).toBe(published);
  expect(counts.get("suppressed")).toBe(1);
  time.advance(1000);
  await settle(connection);
  expect(ticks.length).toBe(published);
  connection.send(book());
  await until(() => expect(ticks.length).toBe(published + 1));
  expect(ticks.at(-1)).toMatchObject({ kind: TickKind.TICK_KIND_HEARTBEAT, lastPrice: "100", exchangeSeq: seq });
});

test("a living book does not vouch for a silent ticker: no heartbeat, state stale", async () => {
  start();
  const connection = await connected();
  await live(connection);
  const published = ticks.length;
  for (let second = 0; second < 6; second += 1) {
    time.advance(1000);
    if (second > 3) connection.send(book());
    await settle(connection);
  }
  expect(states.at(-1)?.[0]).toBe("stale");
  expect(states.at(-1)?.[1]).toContain(TICKER);
  expect(ticks.slice(published).filter((tick) => tick.receiveTimeUs > (venue.timeMs + 5000) * 1000)).toEqual([]);
});

test("a silent topic on a live socket is asked for anew, and taken to a new connection when that does not help", async () => {
  start();
  const connection = await connected();
  await live(connection);
  for (let second = 0; second < 6; second += 1) {
    time.advance(1000);
    connection.send(ticker({ markPrice: `10${second}` }, "delta"));
    await settle(connection);
  }
  await until(() => expect(connection.ops("unsubscribe").map((frame) => frame["args"])).toEqual([[BOOK]]));
  expect(connection.topics).toEqual([TICKER, BOOK, BOOK]);
  expect(counts.get("resubscribe")).toBe(1);
  for (let second = 0; second < 6 && connection.open; second += 1) {
    time.advance(1000);
    if (connection.open) connection.send(ticker({ markPrice: `20${second}` }, "delta"));
    await until(() => expect(true).toBe(true));
  }
  const second = await connected(2);
  expect(second.topics).toEqual([TICKER, BOOK]);
  await live(second);
});

test("a snapshot that answers a resubscription heals: no reconnect", async () => {
  start();
  const connection = await connected();
  await live(connection);
  venue.reply = (one, frame) => {
    politeReply(one, frame);
    if (frame["op"] !== "subscribe") return;
    for (const topic of frame["args"] as string[]) one.send(topic === BOOK ? book() : ticker());
  };
  for (let round = 0; round < 4; round += 1) {
    const before = connection.ops("subscribe").length;
    time.advance(6000);
    await until(() => expect(connection.ops("subscribe").length).toBe(before + 2));
    await until(() => expect(states.at(-1)?.[0]).toBe("live"));
    await settle(connection);
  }
  expect(venue.connections.length).toBe(1);
});

test("a broken connection is made again, needs new snapshots, and is told", async () => {
  start();
  const connection = await connected();
  await live(connection);
  connection.close();
  await until(() => expect(states.at(-1)?.[0]).toBe("down"));
  time.advance(200);
  const second = await connected(2);
  const published = ticks.length;
  second.send(ticker({ markPrice: "55" }, "delta"));
  await settle(second);
  expect(ticks.length).toBe(published);
  expect(counts.get("delta_before_snapshot")).toBe(1);
  await live(second);
});

test("reconnects back off while the venue is gone", async () => {
  venue.acceptSockets = false;
  start();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    await until(() => expect(counts.get("reconnect")).toBe(attempt));
    let waited = 0;
    const failures = attempt;
    while ((counts.get("reconnect") ?? 0) === failures && waited < 60_000) {
      time.advance(100);
      waited += 100;
      await settleIo();
    }
    waits.push(waited);
  }
  expect(waits.at(-1)).toBeGreaterThan((waits[0] ?? 0) * 10);
});

/** Lets sockets make progress: a loop iteration of the event loop. */
async function settleIo(): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 2);
  });
}

test("a peer that answers no ping is left", async () => {
  start();
  const connection = await connected();
  await live(connection);
  venue.reply = (one, frame) => {
    if (frame["op"] !== "ping") politeReply(one, frame);
  };
  time.advance(5_000);
  await until(() => expect(connection.ops("ping").length).toBeGreaterThan(0));
  time.advance(5_000);
  await until(() => expect(states.some(([state, detail]) => state === "down" && detail.includes("ping"))).toBe(true));
});

test("pings come at least every 20 s", async () => {
  start();
  const connection = await connected();
  for (let second = 0; second < 60; second += 1) {
    time.advance(1000);
    connection.send(ticker());
    connection.send(book());
    await settle(connection);
  }
  await until(() => expect(connection.ops("ping").length).toBeGreaterThanOrEqual(3));
  expect(connection.ops("ping").length).toBeLessThanOrEqual(6);
});

test("a crossed book is not told; the topic is asked for anew, at most once a second", async () => {
  start();
  const connection = await connected();
  await live(connection);
  const published = ticks.length;
  for (let frame = 0; frame < 5; frame += 1) connection.send(book("102", "101"));
  await until(() => expect(counts.get("crossed_book")).toBe(5));
  expect(ticks.length).toBe(published);
  expect(counts.get("resubscribe")).toBe(1);
});

test("malformed frames are counted and told, and the flow goes on", async () => {
  start();
  const connection = await connected();
  await live(connection);
  const published = ticks.length;
  for (const frame of [
    "{",
    "[]",
    "7",
    '{"topic":"tickers.BTCUSDT"}',
    '{"what":1}',
    "x".repeat(5000),
    ticker({ markPrice: "-5" }, "delta"),
  ]) {
    connection.send(frame);
  }
  connection.send(ticker({ markPrice: "101" }, "delta"));
  await until(() => expect(ticks.length).toBe(published + 1));
  expect(counts.get("bad_frame")).toBe(7);
  expect(bad.length).toBe(7);
  expect(ticks.at(-1)?.markPrice).toBe("101");
});

test("regressions are ignored and counted", async () => {
  start();
  const connection = await connected();
  await live(connection);
  connection.send({ ...ticker({ markPrice: "1" }, "delta"), cs: 0 });
  await until(() => expect(counts.get("regression")).toBe(1));
  expect(ticks.at(-1)?.markPrice).toBe("100");
});

test("one bad topic spoils a request: each is then asked for alone, and only the bad one is missing", async () => {
  venue.reply = (connection, frame) => {
    const isBad = frame["op"] === "subscribe" && (frame["args"] as string[]).some((topic) => topic.includes("NOPE"));
    if (isBad)
      connection.send({
        success: false,
        ret_msg: "error:handler not found",
        conn_id: "u1",
        req_id: frame["req_id"],
        op: "subscribe",
      });
    else politeReply(connection, frame);
  };
  start([
    { category: "linear", symbol: "BTCUSDT" },
    { category: "linear", symbol: "NOPEUSDT" },
  ]);
  const connection = await connected();
  await until(() => expect(connection.ops("subscribe").length).toBe(5));
  await until(() => expect(bad.length).toBe(2));
  connection.send(ticker());
  connection.send(book());
  await until(() => expect(ticks.length).toBe(2));
  time.advance(1000);
  expect(states.at(-1)?.[0]).toBe("stale");
  expect(states.at(-1)?.[1]).toContain("NOPEUSDT was refused");
  for (let second = 0; second < 31; second += 1) {
    time.advance(1000);
    connection.send(ticker());
    connection.send(book());
    await settle(connection);
  }
  await until(() => expect(connection.topics.filter((topic) => topic === "tickers.NOPEUSDT").length).toBe(3));
  expect(venue.connections.length).toBe(1);
});

test("each category has its own connection, and the feed is live when both are", async () => {
  start([
    { category: "linear", symbol: "BTCUSDT" },
    { category: "spot", symbol: "BTCUSDT" },
  ]);
  const linear = await connected();
  const spot = await connected(1, "/v5/public/spot");
  linear.send(ticker());
  linear.send(book());
  await until(() => expect(ticks.length).toBe(2));
  time.advance(250);
  expect(states.at(-1)?.[0]).toBe("connecting");
  spot.send({
    topic: TICKER,
    type: "snapshot",
    ts: 5,
    cs: 5,
    data: { symbol: "BTCUSDT", lastPrice: "99", usdIndexPrice: "98" },
  });
  spot.send(book());
  await until(() => expect(states.at(-1)?.[0]).toBe("live"));
  expect(ticks.at(-1)).toMatchObject({ category: "spot", lastPrice: "99", indexPrice: "98", markPrice: "" });
});

test("a stopped feed stays stopped", async () => {
  start();
  const connection = await connected();
  await live(connection);
  await feed?.stop();
  await until(() => expect(connection.open).toBe(false));
  time.advance(60_000);
  expect(venue.connections.length).toBe(1);
});
