import { memoryBus } from "@hedgelock/bus";
import type { MemoryBus, StoredMessage } from "@hedgelock/bus";
import { Decision, HEADER, PartitionHeartbeat, RiskState, STREAM, riskSubject } from "@hedgelock/contracts";
import { manualTime, seededRandom } from "@hedgelock/runtime";
import type { ManualTime, RunningService } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import type { RiskConfig } from "./config.ts";
import { startRisk } from "./start-risk.ts";
import { countingMetrics, recordingLogger } from "./testing/harness.ts";
import type { LogLine } from "./testing/harness.ts";
import { PARTITIONS, START_MS, linear, loan, positions, spot, stored, wallet } from "./testing/messages.ts";
import { testConfig } from "./testing/policy.ts";

const SUBJECT = riskSubject("alice", PARTITIONS);

interface Rim {
  readonly bus: MemoryBus;
  readonly time: ManualTime;
  readonly lines: LogLine[];
  readonly readiness: Map<string, () => string | undefined>;
  start(writer?: string, config?: RiskConfig): Promise<RunningService>;
  put(...messages: readonly StoredMessage[]): Promise<void>;
  quotes(price: number): Promise<void>;
  decisions(): Promise<Decision[]>;
}

function rim(): Rim {
  const bus = memoryBus();
  const time = manualTime(START_MS);
  const lines: LogLine[] = [];
  const readiness = new Map<string, () => string | undefined>();
  const put = async (...messages: readonly StoredMessage[]): Promise<void> => {
    for (const message of messages) await bus.publish(message);
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  return {
    bus,
    time,
    lines,
    readiness,
    put,
    start: (writer = "risk-a", config = testConfig()) =>
      startRisk(bus.connect(writer), {
        config,
        clock: time,
        timers: time,
        random: seededRandom(1),
        log: recordingLogger(lines),
        metrics: countingMetrics(),
        writer,
        addReadiness: (name, check) => void readiness.set(name, check),
      }),
    quotes(price) {
      // A new venue time makes a new message id: the bus keeps one message of each.
      time.advance(1);
      return put(linear(price, time.nowMs()), spot(price, time.nowMs()));
    },
    async decisions() {
      const all: Decision[] = [];
      for await (const message of bus.readAll(STREAM.RISK, SUBJECT)) all.push(Decision.decode(message.payload));
      return all;
    },
  };
}

async function withAccount(): Promise<Rim> {
  const setup = rim();
  await setup.put(wallet("alice", START_MS), positions("alice", START_MS), loan("alice", START_MS));
  await setup.quotes(60_000);
  return setup;
}

describe("the risk engine on a bus", () => {
  it("starts from the last snapshots and ticks, follows the stream, and stops", async () => {
    const setup = await withAccount();
    const running = await setup.start();
    await setup.put();
    expect(await setup.decisions()).toMatchObject([
      { state: RiskState.RISK_STATE_NORMAL, inputQuality: 1, reasons: ["first"] },
    ]);
    await setup.quotes(47_000);
    expect((await setup.decisions()).at(-1)).toMatchObject({ state: RiskState.RISK_STATE_DANGER, version: 2 });
    await running.stop(1000);
    await setup.quotes(43_000);
    expect(await setup.decisions()).toHaveLength(2);
  });

  it("does not call what it never had NORMAL", async () => {
    const setup = rim();
    await setup.start();
    await setup.put(wallet("alice", START_MS));
    expect(await setup.decisions()).toMatchObject([{ state: 0, inputQuality: 2, ltv: "", targets: [] }]);
  });

  it("resumes after a restart: no repeated decision, the version goes on", async () => {
    const setup = await withAccount();
    const first = await setup.start("risk-a");
    await setup.quotes(47_000);
    await first.stop(1000);
    await setup.start("risk-b");
    await setup.put();
    expect(await setup.decisions()).toHaveLength(2);
    await setup.quotes(43_000);
    expect((await setup.decisions()).at(-1)).toMatchObject({
      version: 3,
      writer: "risk-b",
      previousState: RiskState.RISK_STATE_DANGER,
    });
  });

  it("sends what it cannot read to the dead letters, with the reason, and goes on", async () => {
    const setup = await withAccount();
    await setup.start();
    await setup.put(
      stored("MD", "md.bybit.spot.BTCUSDT", new Uint8Array([255]), "bad-tick"),
      stored("ACCT", "acct.1.alice.loan", new Uint8Array([255]), "bad-loan"),
    );
    await setup.quotes(47_000);
    const dead = await setup.bus.lastPerSubject(STREAM.DLQ, "dlq.*");
    expect(dead.map((message) => message.subject).toSorted()).toStrictEqual(["dlq.ACCT", "dlq.MD"]);
    expect(dead.find((message) => message.subject === "dlq.MD")?.headers[HEADER.DLQ_REASON]).toContain("not a tick");
    expect((await setup.decisions()).at(-1)).toMatchObject({ state: RiskState.RISK_STATE_DANGER });
  });

  it("refuses to start on a history it cannot read", async () => {
    const setup = await withAccount();
    await setup.put(stored("RISK", SUBJECT, new Uint8Array([255, 255]), "newer"));
    await expect(setup.start()).rejects.toMatchObject({ code: "RISK_HISTORY_UNREADABLE" });
  });

  it("tells once a second, for every partition, up to where it has evaluated", async () => {
    const setup = await withAccount();
    const beats: PartitionHeartbeat[] = [];
    setup.bus.listen("hb.risk.*", (_subject, payload) => beats.push(PartitionHeartbeat.decode(payload)));
    await setup.start();
    await setup.quotes(59_990);
    setup.time.advance(1000);
    await setup.put();
    expect(beats).toHaveLength(2 * PARTITIONS);
    const newest = (await setup.bus.lastOf(STREAM.MD, "md.bybit.spot.BTCUSDT"))?.seq;
    expect(beats.at(-1)).toMatchObject({
      service: "risk",
      writer: "risk-a",
      partition: PARTITIONS - 1,
      evaluatedSeq: newest,
    });
    expect(beats.at(-1)?.evaluatedMessages).toBeGreaterThan(beats[0]?.evaluatedMessages ?? 0);
  });

  it("notices silence by itself", async () => {
    const setup = await withAccount();
    await setup.start();
    setup.time.advance(11_000);
    await setup.put();
    expect((await setup.decisions()).at(-1)).toMatchObject({ state: 0, inputQuality: 3 });
  });

  it("warns about a policy that hedges fully only after the margin call", async () => {
    const setup = rim();
    await setup.start("risk-a", testConfig({ levels: { critical: 0.9 } }));
    expect(setup.lines.some((line) => line.event === "risk.policy_warning")).toBe(true);
  });

  it("is ready only while its bus is connected", async () => {
    const setup = rim();
    await setup.start();
    expect(setup.readiness.get("bus")?.()).toBeUndefined();
  });
});
