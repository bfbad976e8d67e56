import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { connectBus, provision } from "@hedgelock/bus";
import type { Bus, StoredMessage } from "@hedgelock/bus";
import { Decision, HEADER, RiskState, STREAM, riskSubject } from "@hedgelock/contracts";
import { silentLogger, systemClock, systemRandom, systemTimers } from "@hedgelock/runtime";
import type { RunningService } from "@hedgelock/runtime";
import { startNatsServer } from "@hedgelock/test/support/nats-server.ts";
import type { NatsServer } from "@hedgelock/test/support/nats-server.ts";
import { until } from "@hedgelock/test/support/until.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startRisk } from "./start-risk.ts";
import { countingMetrics } from "./testing/harness.ts";
import { PARTITIONS, linear, loan, positions, spot, stored, wallet } from "./testing/messages.ts";
import { testConfig } from "./testing/policy.ts";

const DANGER = RiskState.RISK_STATE_DANGER;
const deps = () => ({
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom(),
  log: silentLogger,
  metrics: countingMetrics(),
});
const MAIN = new URL("main.ts", import.meta.url).pathname;

let server: NatsServer;
let bus: Bus;
let lastMs = 0;

/** Strictly rising, so that every message has an identity of its own. */
function nextMs(): number {
  lastMs = Math.max(lastMs + 1, systemClock.nowMs());
  return lastMs;
}

async function put(...messages: readonly StoredMessage[]): Promise<void> {
  for (const message of messages) await bus.publish(message);
}

async function quotes(price: number): Promise<void> {
  await put(linear(price, nextMs()), spot(price, nextMs()));
}

async function account(name: string): Promise<void> {
  await put(wallet(name, nextMs()), positions(name, nextMs()), loan(name, nextMs()));
}

async function decisions(name: string): Promise<Decision[]> {
  const all: Decision[] = [];
  for await (const message of bus.readAll(STREAM.RISK, riskSubject(name, PARTITIONS)))
    all.push(Decision.decode(message.payload));
  return all;
}

async function reached(name: string, state: RiskState): Promise<void> {
  await until(`${name} is in state ${state}`, async () => {
    const last = await bus.lastOf(STREAM.RISK, riskSubject(name, PARTITIONS));
    return last !== undefined && Decision.decode(last.payload).state === state;
  });
}

/** An engine of this process, on a connection of its own. */
async function engine(writer: string): Promise<RunningService> {
  const own = await connectBus({ ...deps(), name: writer, servers: server.servers });
  const running = await startRisk(own, {
    ...deps(),
    config: testConfig({ dwellMs: 60_000 }),
    writer,
    addReadiness: () => undefined,
  });
  return {
    async stop(budgetMs) {
      await running.stop(budgetMs);
      await own.close(budgetMs);
    },
  };
}

function expectOneChain(chain: readonly Decision[]): void {
  expect(chain.map((decision) => decision.version)).toStrictEqual(chain.map((_decision, index) => index + 1));
  const states = chain.map((decision) => decision.state);
  expect(chain.map((decision) => decision.previousState)).toStrictEqual([0, ...states.slice(0, -1)]);
}

beforeAll(async () => {
  server = await startNatsServer();
  await provision({ ...deps(), name: "provision", servers: server.servers }, { partitions: PARTITIONS });
  bus = await connectBus({ ...deps(), name: "test", servers: server.servers });
});

afterAll(async () => {
  await bus.close(2000);
  await server.stop();
});

describe("the risk engine on a real server", () => {
  it("turns ticks into decisions, and goes on over a malformed one", async () => {
    const running = await engine("flow");
    await account("flow");
    await quotes(60_000);
    await reached("flow", RiskState.RISK_STATE_NORMAL);
    await put(stored("MD", "md.bybit.spot.BTCUSDT", new Uint8Array([255, 255]), "malformed"));
    await quotes(47_000);
    await reached("flow", DANGER);
    await until(
      "the malformed tick is in the dead letters",
      async () => (await bus.lastPerSubject(STREAM.DLQ, "dlq.MD")).length === 1,
    );
    const last = (await decisions("flow")).find((decision) => decision.state === DANGER);
    expect(last).toMatchObject({ targets: [{ targetQty: "-0.8", symbol: "BTCUSDT" }], inputQuality: 1 });
    const message = await bus.lastOf(STREAM.RISK, riskSubject("flow", PARTITIONS));
    expect(message?.headers[HEADER.TRACEPARENT]).toContain("4bf92f3577b34da6a3ce929d0e0e4736");
    await running.stop(5000);
    expectOneChain(await decisions("flow"));
  });

  it("resumes version and state after a restart", async () => {
    const first = await engine("before");
    await account("restart");
    await quotes(47_000);
    await reached("restart", DANGER);
    await first.stop(5000);
    const versionBefore = (await decisions("restart")).length;
    await quotes(60_000);
    const second = await engine("after");
    await until("the successor has refreshed", async () => (await decisions("restart")).at(-1)?.writer === "after");
    await second.stop(5000);
    const chain = await decisions("restart");
    expect(chain[versionBefore]).toMatchObject({ state: DANGER, previousState: DANGER, version: versionBefore + 1 });
    expectOneChain(chain);
  });

  it("gives two engines on one account one chain without gaps or lost updates", async () => {
    const engines = await Promise.all([engine("twin-a"), engine("twin-b")]);
    await account("twins");
    for (const price of [60_000, 58_000, 53_000, 52_000, 47_000, 46_500, 43_000]) {
      await quotes(price);
      await account("twins");
    }
    await reached("twins", RiskState.RISK_STATE_CRITICAL);
    await Promise.all(engines.map((running) => running.stop(5000)));
    const chain = await decisions("twins");
    expectOneChain(chain);
    expect(chain.at(-1)).toMatchObject({ state: RiskState.RISK_STATE_CRITICAL, targets: [{ targetQty: "-1" }] });
    const levels = chain
      .map((decision) => decision.state)
      .filter((state) => state !== RiskState.RISK_STATE_UNSPECIFIED);
    expect(levels).toStrictEqual(levels.toSorted((a, b) => a - b));
  });

  it("runs as a process: ready, stops cleanly on SIGTERM, refuses a bad configuration", async () => {
    const directory = await mkdtemp(join(tmpdir(), "hedgelock-risk-"));
    const run = async (config: unknown): Promise<{ readonly status: number | null; readonly output: string }> => {
      const file = join(directory, "risk.json");
      await writeFile(file, JSON.stringify(config));
      const child = spawn(process.execPath, [MAIN, "--config", file], { stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      let isAsked = false;
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: unknown) => {
          output += String(chunk);
          if (!isAsked && output.includes("service.ready")) isAsked = child.kill("SIGTERM");
        });
      }
      const { promise, resolve } = Promise.withResolvers<number | null>();
      child.once("close", resolve);
      return { status: await promise, output };
    };
    const { policy, instruments } = testConfig();
    const good = await run({ nats: { servers: server.servers }, policy, instruments, instance: "proc" });
    expect(good).toMatchObject({ status: 0, output: expect.stringContaining("risk.live") });
    const bad = await run({
      nats: { servers: server.servers },
      policy: { ...policy, levels: { critical: 0.96 } },
      instruments,
      extra: 1,
    });
    expect(bad.status).toBe(2);
    expect(bad.output).toContain("venueLines.liquidation");
    expect(bad.output).toContain("extra");
    await rm(directory, { recursive: true, force: true });
  });
});
