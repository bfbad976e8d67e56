import { memoryBus } from "@hedgelock/bus";
import { ExecEvent, STREAM, executionSubject } from "@hedgelock/contracts";
import { manualTime, seededRandom, silentLogger } from "@hedgelock/runtime";
import type { ReadinessCheck } from "@hedgelock/runtime";
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
  return { time, bus, metrics, started, stopped, deps, notReady, lines };
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
