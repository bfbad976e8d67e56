import { memoryBus } from "@hedgelock/bus";
import {
  ExecEvent,
  HEADER,
  STREAM,
  TRACE_PROMOTED_SUBJECT,
  TracePromoted,
  TracePromotion,
  accountSubject,
  executionSubject,
  marketSubject,
  tracePromoteSubject,
} from "@hedgelock/contracts";
import { manualTime, seededRandom, silentLogger } from "@hedgelock/runtime";
import type { ReadinessCheck } from "@hedgelock/runtime";
import { collectSpans, parseTraceparent, traceTree, treeProblems, toStoredSpan } from "@hedgelock/telemetry";
import type { AccountFeedDeps, AccountFeedHandlers, MarketFeedDeps, MarketFeedHandlers } from "@hedgelock/venue";
import { expect, test } from "vitest";

import { startCollector } from "./collector.ts";
import type { CollectorDeps } from "./collector.ts";
import { collectorConfig } from "./config.ts";
import { recordingMetrics } from "./testing/recording-metrics.ts";
import { executionWith, tickWith, wallet } from "./testing/samples.ts";

const START_MS = 1_785_600_000_000;
const CONFIG = {
  nats: { servers: ["nats://127.0.0.1:4222"] },
  venue: { environment: "paper", restUrl: "http://127.0.0.1:1", wsUrl: "ws://127.0.0.1:1" },
  instruments: [{ category: "linear", symbol: "BTCUSDT" }],
  accounts: [{ account: "main", keyFile: "main.json" }],
};

function setup() {
  const time = manualTime(START_MS);
  const bus = memoryBus();
  const metrics = recordingMetrics();
  const readiness = new Map<string, ReadinessCheck>();
  const started: {
    market?: MarketFeedHandlers;
    account?: AccountFeedHandlers;
    accountDeps?: AccountFeedDeps;
    marketDeps?: MarketFeedDeps;
  } = {};
  const stopped: string[] = [];
  const lines: string[] = [];
  const recorder = collectSpans();
  const log = { ...silentLogger, warn: (event: string) => void lines.push(event), child: () => log };
  const deps: CollectorDeps = {
    config: collectorConfig.parse(CONFIG),
    venue: { environment: "paper", restUrl: "http://127.0.0.1:1", wsUrl: "ws://127.0.0.1:1" },
    credentials: new Map([["main", { apiKey: "k", apiSecret: "s" }]]),
    bus,
    clock: time,
    timers: time,
    random: seededRandom(1),
    log,
    metrics,
    tracing: { recorder, stop: () => Promise.resolve() },
    writer: "collector-1",
    addReadiness: (name, check) => void readiness.set(name, check),
    fatal: (error) => {
      throw error;
    },
    marketFeed: (feedDeps, handlers) => {
      started.market = handlers;
      started.marketDeps = feedDeps;
      return { stop: async () => void stopped.push("market") };
    },
    accountFeed: (feedDeps, handlers) => {
      started.account = handlers;
      started.accountDeps = feedDeps;
      return { stop: async () => void stopped.push("account") };
    },
  };
  const notReady = (): object =>
    Object.fromEntries([...readiness].flatMap(([name, check]) => (check() === undefined ? [] : [[name, check()]])));
  return { time, bus, metrics, started, stopped, deps, notReady, lines, recorder };
}

test("is ready when the bus is connected, the market live and every account has its snapshot", async () => {
  const { bus, deps, started, notReady, metrics } = setup();
  await startCollector(deps);
  expect(notReady()).toEqual({
    market: "connecting: not connected yet",
    "account-main": "connecting: not connected yet",
  });
  started.market?.onState("live", "");
  started.account?.onState("down", "VENUE_AUTH: the venue refused the API key");
  expect(notReady()).toEqual({ "account-main": "down: VENUE_AUTH: the venue refused the API key" });
  started.account?.onState("live", "");
  expect(notReady()).toEqual({});
  expect(metrics.value("hedgelock_collector_feed_live", { feed: "account-main" })).toBe(1);
  bus.setConnected(false);
  expect(notReady()).toEqual({ bus: "the bus is disconnected" });
});

test("goes on from the last execution that is already in the stream", async () => {
  const { bus, deps, started } = setup();
  const payload = ExecEvent.encode({
    account: "main",
    receiveTimeUs: 1,
    body: { $case: "execution", value: executionWith() },
  }).finish();
  await bus.publish({ subject: executionSubject("main", 16), payload, messageId: "m1" });
  await startCollector(deps);
  expect(started.accountDeps?.sinceMs).toBe(executionWith().execTimeMs);
  expect(started.accountDeps).toMatchObject({ loanPollMs: 1000, snapshotPollMs: 30_000 });
  expect(started.marketDeps).toMatchObject({ heartbeatMs: 1000, instruments: CONFIG.instruments });
});

test("feeds flow into the streams, bad frames are logged once a second, and all is counted", async () => {
  const { bus, deps, started, time, metrics, lines } = setup();
  const running = await startCollector(deps);
  started.market?.onTick(tickWith());
  started.account?.onWallet(wallet, 5);
  for (let frame = 0; frame < 10; frame += 1) {
    started.market?.onCount?.("bad_frame");
    started.market?.onBadFrame("not JSON", "{");
  }
  time.advance(1000);
  expect(lines.filter((event) => event === "collector.bad_frame").length).toBe(1);
  expect(metrics.value("hedgelock_collector_feed_bad_frame_total", { feed: "market" })).toBe(10);
  expect(metrics.value("hedgelock_collector_tick_age_seconds", { category: "linear", symbol: "BTCUSDT" })).toBe(1);
  await running.stop(1000);
  expect((await bus.connect("reader").lastPerSubject(STREAM.MD, "md.>")).length).toBe(1);
  expect((await bus.connect("reader").lastPerSubject(STREAM.ACCT, "acct.>")).length).toBe(1);
});

test("of a promoted message it builds its spans, on the ids in the header and its own times, once; of others none", async () => {
  const { bus, deps, started, time, recorder } = setup();
  await startCollector(deps);
  const receiveTimeUs = time.nowUs();
  time.advance(2);
  started.market?.onTick(tickWith({ receiveTimeUs, exchangeTimeMs: 77 }));
  started.market?.onTick(tickWith({ receiveTimeUs, exchangeTimeMs: 78 }));
  started.account?.onWallet(wallet, 5);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  const other = bus.connect("risk");
  const promoted: string[] = [];
  other.listen(TRACE_PROMOTED_SUBJECT, (_subject, payload) => promoted.push(TracePromoted.decode(payload).traceId));
  const tickSubject = marketSubject("bybit", "linear", "BTCUSDT");
  const walletSubject = accountSubject("main", "wallet", 16);
  const headerOf = async (stream: "MD" | "ACCT", subject: string) =>
    parseTraceparent((await other.lastOf(stream, subject))?.headers[HEADER.TRACEPARENT]);
  const ask = (subject: string, context: { readonly traceId: string; readonly spanId: string } | undefined): void => {
    const { traceId = "f".repeat(32), spanId = "f".repeat(16) } = context ?? {};
    const request = { traceId, spanId, subject, messageId: "m", exchangeSeq: 1, exchangeTimeMs: 78, receiveTimeUs };
    other.announce(
      tracePromoteSubject(subject),
      TracePromotion.encode({ ...request, reason: "state_change" }).finish(),
    );
  };
  const tick = await headerOf("MD", tickSubject);
  const snapshot = await headerOf("ACCT", walletSubject);
  ask(tickSubject, tick);
  ask(tickSubject, tick);
  ask(walletSubject, snapshot);
  ask(tickSubject, undefined);
  ask("md.other.linear.BTCUSDT", undefined);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  expect(promoted).toEqual([tick?.traceId, tick?.traceId, snapshot?.traceId]);
  expect(recorder.spans.map(({ name }) => name)).toEqual([
    "receive tick",
    "publish md.{venue}.{category}.{symbol}",
    "receive snapshot",
    "publish acct.{partition}.{account}.{kind}",
  ]);
  const spans = recorder.spans.filter((span) => span.traceId === tick?.traceId);
  expect(spans[1]).toMatchObject({ spanId: tick?.spanId, parentSpanId: spans[0]?.spanId });
  expect(spans[0]).toMatchObject({ startUs: receiveTimeUs, endUs: receiveTimeUs + 2000 });
  for (const { traceId } of recorder.spans)
    expect(
      treeProblems(traceTree(recorder.spans.filter((span) => span.traceId === traceId).map(toStoredSpan))),
    ).toEqual([]);
});

test("stops the feeds first, then flushes, then closes the bus", async () => {
  const { bus, deps, stopped } = setup();
  const running = await startCollector(deps);
  await running.stop(1000);
  expect(stopped.toSorted()).toEqual(["account", "market"]);
  expect(bus.state).toBe("closed");
});

test.each([
  [{ instruments: [] }, "instruments"],
  [{ instruments: [...CONFIG.instruments, ...CONFIG.instruments] }, "instruments"],
  [{ instruments: [{ category: "linear", symbol: "BTC.*" }] }, "instruments.0.symbol"],
  [{ accounts: [{ account: "a b", keyFile: "x" }] }, "accounts.0.account"],
  [{ accounts: [...CONFIG.accounts, ...CONFIG.accounts] }, "accounts"],
  [{ venue: { ...CONFIG.venue, environment: "live" } }, "venue.environment"],
  [{ venue: { ...CONFIG.venue, restUrl: "127.0.0.1:1" } }, "venue.restUrl"],
  [{ nats: {} }, "nats.servers"],
  [{ loanPollMs: 0 }, "loanPollMs"],
  [{ surprise: true }, ""],
])("the configuration %j is refused", (changes, place) => {
  const parsed = collectorConfig.safeParse({ ...CONFIG, ...changes });
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toContain(place);
});
