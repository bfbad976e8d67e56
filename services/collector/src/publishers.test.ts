import { memoryBus } from "@hedgelock/bus";
import type { Bus, OutgoingMessage, PublishAck } from "@hedgelock/bus";
import { AccountSnapshot, ExecEvent, STREAM, Tick } from "@hedgelock/contracts";
import { manualTime, seededRandom, silentLogger } from "@hedgelock/runtime";
import type { HedgeLockError } from "@hedgelock/runtime";
import { TraceRing, parseTraceparent } from "@hedgelock/telemetry";
import { expect, test, vi } from "vitest";

import { AccountPublisher } from "./account-publisher.ts";
import { FactPublisher } from "./fact-publisher.ts";
import { MarketPublisher } from "./market-publisher.ts";
import { collectorMetrics } from "./metrics.ts";
import { recordingMetrics } from "./testing/recording-metrics.ts";
import { executionWith, loan, orderWith, positionWith, tickWith, wallet } from "./testing/samples.ts";
import { ThrottledLog } from "./throttled-log.ts";

const START_MS = 1_785_600_000_000;
const P = 16;

/** A bus whose publishes are acknowledged, or refused, when the test says so. */
function heldBus(): { bus: Bus; sent: OutgoingMessage[]; settle: (index: number, error?: Error) => void } {
  const sent: OutgoingMessage[] = [];
  const settlers: ((error?: Error) => void)[] = [];
  const publish = async (message: OutgoingMessage): Promise<PublishAck> => {
    sent.push(message);
    return new Promise((resolve, reject) => {
      settlers.push((error) =>
        error === undefined ? resolve({ stream: "x", seq: 1, duplicate: false }) : reject(error),
      );
    });
  };
  return { bus: { ...memoryBus(), publish }, sent, settle: (index, error) => settlers[index]?.(error) };
}

function setup(bus: Bus) {
  const time = manualTime(START_MS);
  const recorded = recordingMetrics();
  const metrics = collectorMetrics(recorded);
  const log = new ThrottledLog({ log: silentLogger, clock: time, periodMs: 1000 });
  const overflows: HedgeLockError[] = [];
  const deps = {
    bus,
    clock: time,
    timers: time,
    traces: new TraceRing(256, seededRandom(7)),
    metrics,
    log,
    onOverflow: (error: HedgeLockError) => void overflows.push(error),
  };
  return { time, recorded, deps, overflows };
}

test("a tick is published whole, with its identity, its publish time and a trace of its own", async () => {
  const bus = memoryBus();
  const { time, deps, recorded } = setup(bus);
  const publisher = new MarketPublisher([{ category: "linear", symbol: "BTCUSDT" }], deps);
  time.advance(3);
  publisher.publish(tickWith());
  publisher.publish(tickWith({ exchangeTimeMs: START_MS + 1 }));
  publisher.publish(tickWith({ exchangeTimeMs: START_MS + 1 }));
  publisher.publish(tickWith({ symbol: "ETHUSDT" }));
  await vi.waitFor(() => expect(recorded.value("hedgelock_collector_ticks_published_total")).toBe(3));
  const stored = [];
  for await (const message of bus.readAll(STREAM.MD, "md.>")) stored.push(message);
  expect(stored.map((message) => message.subject)).toEqual(["md.bybit.linear.BTCUSDT", "md.bybit.linear.BTCUSDT"]);
  const [first, second] = stored;
  expect(first === undefined ? undefined : Tick.decode(first.payload)).toEqual({
    ...tickWith(),
    publishTimeUs: time.nowUs(),
  });
  const traces = [first, second].map((message) => parseTraceparent(message?.headers["traceparent"])?.traceId);
  expect(new Set(traces).size).toBe(2);
  expect(traces).not.toContain(undefined);
});

test("when the bus is behind, ticks of one instrument are conflated to the newest; others are not held up", async () => {
  const { bus, sent, settle } = heldBus();
  const { deps, recorded } = setup(bus);
  const publisher = new MarketPublisher(
    [
      { category: "linear", symbol: "BTCUSDT" },
      { category: "spot", symbol: "BTCUSDT" },
    ],
    deps,
  );
  for (let seq = 1; seq <= 2_092; seq += 1) publisher.publish(tickWith({ exchangeSeq: seq }));
  expect(sent.length).toBe(2_048);
  expect(recorded.value("hedgelock_collector_ticks_conflated_total")).toBe(43);
  publisher.publish(tickWith({ category: "spot" }));
  expect(sent.length).toBe(2_049);
  settle(0);
  await vi.waitFor(() => expect(sent.length).toBe(2_050));
  expect(sent.map((message) => Tick.decode(message.payload).exchangeSeq).at(-1)).toBe(2_092);
});

test("a refused tick is counted and the flow goes on", async () => {
  const { bus, sent, settle } = heldBus();
  const { deps, recorded } = setup(bus);
  const publisher = new MarketPublisher([{ category: "linear", symbol: "BTCUSDT" }], deps);
  publisher.publish(tickWith());
  settle(0, new Error("no"));
  await vi.waitFor(() =>
    expect(recorded.value("hedgelock_collector_publish_failures_total", { stream: "MD" })).toBe(1),
  );
  expect(publisher.failure).toBe("no");
  publisher.publish(tickWith());
  expect(sent.length).toBe(2);
  settle(1);
  await vi.waitFor(() => expect(publisher.failure).toBeUndefined());
});

test("surfaces go to ACCT whole, orders and executions to EXEC, each fact once", async () => {
  const bus = memoryBus();
  const { deps } = setup(bus);
  const publisher = new AccountPublisher({ ...deps, account: "main", partitions: P });
  publisher.positions([positionWith()], 5);
  publisher.positions([positionWith({ symbol: "ETHUSDT", qty: "2" })], 6);
  publisher.positions([positionWith({ exchangeSeq: 1 })], 7);
  publisher.wallet(wallet, 8);
  publisher.wallet(wallet, 8);
  publisher.loan(loan, 9);
  for (let copy = 0; copy < 2; copy += 1) {
    publisher.order(orderWith());
    publisher.execution(executionWith());
  }
  await publisher.idle();
  const surfaces = await bus.lastPerSubject(STREAM.ACCT, "acct.>");
  const bodies = surfaces.map((message) => AccountSnapshot.decode(message.payload));
  expect(surfaces.map((message) => message.subject.split(".").slice(2).join(".")).toSorted()).toEqual([
    "main.loan",
    "main.position",
    "main.wallet",
  ]);
  const position = bodies.find((body) => body.body?.$case === "positions");
  expect(position).toMatchObject({ account: "main", exchangeTimeMs: 6 });
  expect(position?.body?.value).toEqual({ positions: [positionWith(), positionWith({ symbol: "ETHUSDT", qty: "2" })] });
  const events = [];
  for await (const message of bus.readAll(STREAM.EXEC, "exec.>"))
    events.push(ExecEvent.decode(message.payload).body?.$case);
  expect(events).toEqual(["order", "execution"]);
  const counts = [];
  for await (const message of bus.readAll(STREAM.ACCT, "acct.>")) counts.push(message.subject);
  expect(counts.length).toBe(4);
});

test("a flat account is a fact: an empty read publishes an empty surface", async () => {
  const bus = memoryBus();
  const { deps } = setup(bus);
  const publisher = new AccountPublisher({ ...deps, account: "main", partitions: P });
  publisher.positions([], 5);
  await publisher.idle();
  const [surface] = await bus.lastPerSubject(STREAM.ACCT, "acct.>");
  expect(surface === undefined ? undefined : AccountSnapshot.decode(surface.payload).body?.value).toEqual({
    positions: [],
  });
});

test("facts are repeated in order until they are acknowledged", async () => {
  const { bus, sent, settle } = heldBus();
  const { time, deps, recorded } = setup(bus);
  const publisher = new AccountPublisher({ ...deps, account: "main", partitions: P });
  publisher.execution(executionWith({ execId: "first" }));
  publisher.execution(executionWith({ execId: "second" }));
  expect(sent.length).toBe(1);
  settle(0, new Error("disconnected"));
  await vi.waitFor(() =>
    expect(recorded.value("hedgelock_collector_publish_failures_total", { stream: "EXEC" })).toBe(1),
  );
  expect(publisher.waiting).toBe(2);
  time.advance(100);
  await vi.waitFor(() => expect(sent.length).toBe(2));
  settle(1);
  await vi.waitFor(() => expect(sent.length).toBe(3));
  settle(2);
  await publisher.idle();
  expect(sent.map((message) => message.messageId)).toEqual(["x:main:first", "x:main:first", "x:main:second"]);
  expect(publisher.waiting).toBe(0);
});

test("no execution is dropped however long the bus is away; snapshots may replace waiting ones", () => {
  const { bus } = heldBus();
  const { deps, recorded, overflows } = setup(bus);
  const publisher = new AccountPublisher({ ...deps, account: "main", partitions: P });
  for (let index = 0; index < 5_000; index += 1) {
    publisher.execution(executionWith({ execId: String(index) }));
    publisher.wallet(wallet, index);
  }
  expect(publisher.waiting).toBe(5_000 + 1_001);
  expect(recorded.value("hedgelock_collector_snapshots_conflated_total")).toBe(3_999);
  expect(overflows).toEqual([]);
});

test("more facts than can be kept are fatal, not dropped", () => {
  const { bus } = heldBus();
  const { deps, overflows } = setup(bus);
  const publisher = new FactPublisher(deps);
  const message = { subject: "exec.0.main", payload: new Uint8Array(), messageId: "x" };
  for (let index = 0; index <= 100_000; index += 1) publisher.publish({ message, stream: "EXEC", replaceable: false });
  expect(publisher.waiting).toBe(100_001);
  expect(overflows.map((error) => error.code)).toEqual(["COLLECTOR_OVERFLOW"]);
});

test("a log that is throttled says what it did not say", () => {
  const lines: unknown[] = [];
  const time = manualTime(START_MS);
  const log = new ThrottledLog({
    log: { ...silentLogger, warn: (event, fields) => lines.push([event, fields]) },
    clock: time,
    periodMs: 1000,
  });
  for (let index = 0; index < 5; index += 1) log.warn("x", { index });
  time.advance(1000);
  log.warn("x", { index: 5 });
  expect(lines).toEqual([
    ["x", { index: 0 }],
    ["x", { index: 5, not_logged_before: 4 }],
  ]);
});
