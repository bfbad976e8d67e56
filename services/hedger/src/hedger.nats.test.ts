import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Bus, connectBus, provision } from "@hedgelock/bus";
import {
  AccountSnapshot,
  accountSubject,
  appendMessageId,
  Decision,
  ExecEvent,
  executionSubject,
  HedgeRecord,
  hedgeSubject,
  riskSubject,
  STREAM,
} from "@hedgelock/contracts";
import { silentLogger, systemClock, systemRandom, systemTimers } from "@hedgelock/runtime";
import { type NatsServer, startNatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, beforeAll, expect, it } from "vitest";

import { INVARIANTS } from "./domain/change.ts";
import { isDone } from "./domain/ledger-state.ts";
import { type Hedger, startHedger } from "./hedger.ts";
import { FakeExchange } from "./testing/fake-exchange.ts";
import { countingMetrics } from "./testing/metrics.ts";
import { aDecision, aTarget, BTC_RULES, LIMITS } from "./testing/samples.ts";

const ACCOUNT = "alice";
const MAIN = new URL("main.ts", import.meta.url).pathname;
const metrics = countingMetrics();
const deps = { clock: systemClock, timers: systemTimers, random: systemRandom(), log: silentLogger, metrics };
const exchange = new FakeExchange({ ...systemClock, ...systemTimers });
const failures: unknown[] = [];
const sides = new Map<string, Bus>();

let server: NatsServer;
let bus: Bus;
let partitions = 0;
let ledgerId = "";
let published = 0;
let version = 0;

async function put(subject: string, payload: Uint8Array, messageId: string): Promise<void> {
  await bus.publish({ subject, payload, messageId });
}

const report = (work: Promise<void>): void => {
  work.catch((error: unknown) => failures.push(error));
};

beforeAll(async () => {
  server = await startNatsServer();
  await provision({ ...deps, servers: server.servers, name: "provision" });
  bus = await connectBus({ ...deps, servers: server.servers, name: "test" });
  ({ partitions, ledgerId } = await bus.provisioned());
  exchange.onEvents = (events) => {
    for (const event of events) {
      report(put(executionSubject(ACCOUNT, partitions), ExecEvent.encode(event).finish(), `e${(published += 1)}`));
    }
  };
  exchange.onPositions = (positions, timeMs) => {
    const snapshot = AccountSnapshot.encode({
      account: ACCOUNT,
      exchangeTimeMs: timeMs,
      receiveTimeUs: systemClock.nowUs(),
      body: { $case: "positions", value: { positions } },
    });
    report(put(accountSubject(ACCOUNT, "position", partitions), snapshot.finish(), `p${(published += 1)}`));
  };
});

afterAll(async () => {
  for (const side of sides.values()) await side.close(1000);
  await bus.close(1000);
  await server.stop();
});

async function startSide(writer: string): Promise<Hedger> {
  const side = await connectBus({ ...deps, servers: server.servers, name: writer });
  sides.set(writer, side);
  return startHedger({
    ...deps,
    bus: side,
    writer,
    partitions,
    ledgerId,
    accounts: new Map([[ACCOUNT, exchange.trading()]]),
    rules: new Map([["linear/BTCUSDT", BTC_RULES]]),
    limits: { ...LIMITS, maxOrdersPerMinute: 200 },
    recvWindowMs: 5000,
    signal: new AbortController().signal,
    fatal: (error) => failures.push(error),
  });
}

async function decide(targetQty: string): Promise<void> {
  version += 1;
  const decision = aDecision({ version, decidedTimeUs: systemClock.nowUs(), targets: [aTarget({ targetQty })] });
  const messageId = appendMessageId(ACCOUNT, version, "risk");
  await put(riskSubject(ACCOUNT, partitions), Decision.encode(decision).finish(), messageId);
}

async function ledger(): Promise<readonly HedgeRecord[]> {
  const records: HedgeRecord[] = [];
  for await (const message of bus.readAll(STREAM.HEDGE, hedgeSubject(ACCOUNT, partitions))) {
    records.push(HedgeRecord.decode(message.payload));
  }
  return records;
}

async function hedgedTo(targetQty: string): Promise<void> {
  await until(`the position is ${targetQty} and verified`, async () => {
    expect(failures).toEqual([]);
    const state = (await ledger()).at(-1)?.state;
    return (
      exchange.positionQty.eq(targetQty) &&
      state?.positions[0]?.qty === targetQty &&
      state.intents.every((intent) => isDone(intent))
    );
  });
}

it("two hedgers on one account, on a real server: one order for each target, also across a hand-over", async () => {
  const first = await startSide("hedger-a");
  const second = await startSide("hedger-b");
  const targets = ["-0.25", "-0.5", "-0.1", "-0.75", "-0.3", "-0.9", "-0.2", "-1"];
  for (const target of targets) {
    await decide(target);
    await hedgedTo(target);
  }
  await first.stop(2000);
  await decide("-0.4");
  await hedgedTo("-0.4");
  await second.stop(2000);

  const successor = await startSide("hedger-c");
  await decide("-0.6");
  await hedgedTo("-0.6");
  await successor.stop(2000);

  expect(exchange.requests).toBe(targets.length + 2);
  expect(exchange.orders).toHaveLength(targets.length + 2);
  const records = await ledger();
  expect(records.map((record) => record.version)).toEqual(records.map((_, index) => index + 1));
  for (const invariant of INVARIANTS) {
    expect(metrics.value("hedgelock_hedger_invariant_violations_total", { invariant }), invariant).toBe(0);
  }
});

async function run(config: unknown): Promise<{ readonly status: number | null; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "hedgelock-hedger-"));
  try {
    const file = join(folder, "config.json");
    await writeFile(file, JSON.stringify(config));
    const child = spawn(process.execPath, [MAIN, "--config", file], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    const ended = Promise.withResolvers<number | null>();
    child.once("exit", (status) => ended.resolve(status));
    return { status: await ended.promise, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const configured = (changes: object): object => ({
  nats: { servers: server.servers },
  venue: { environment: "paper", restUrl: "http://127.0.0.1:9", wsUrl: "ws://127.0.0.1:9" },
  accounts: [{ account: ACCOUNT, keyFile: "/nowhere/key.json" }],
  limits: { perSymbol: { BTCUSDT: { maxOrderQty: "1", maxDayQty: "10" } } },
  ...changes,
});

it("says what is wrong with its configuration and ends with 2", async () => {
  const { status, output } = await run(configured({ accounts: [], colour: "red" }));
  expect(status).toBe(2);
  expect(output).toContain("accounts");
  expect(output).toContain("colour");
});

it("refuses a venue that trades real money in an environment that does not, before it reaches anything", async () => {
  const venue = { environment: "paper", restUrl: "https://api.bybit.com", wsUrl: "wss://stream.bybit.com" };
  const { status, output } = await run(configured({ venue }));
  expect(status).toBe(2);
  expect(output).toContain("real money");
});

it("names the messaging system when it is not there, and ends with 1", async () => {
  const { status, output } = await run(configured({ nats: { servers: ["nats://127.0.0.1:9"] } }));
  expect(status).toBe(1);
  expect(output).toContain("BUS_UNREACHABLE");
});
