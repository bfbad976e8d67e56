import { PoisonMessageError } from "@hedgelock/bus";
import { HEADER, InputQuality, RiskState } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { harness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";
import { START_MS, linear, loan, positionOf, positions, spot, stored, wallet } from "./testing/messages.ts";

const {
  RISK_STATE_NORMAL: NORMAL,
  RISK_STATE_CAUTION: CAUTION,
  RISK_STATE_DANGER: DANGER,
  RISK_STATE_CRITICAL: CRITICAL,
} = RiskState;

/** LTV of the test loan is 32400 / (0.9 x price): 0.6 at 60,000. */
const AT = { calm: 60_000, caution: 53_000, danger: 47_000, critical: 43_000 } as const;

function quotes({ engine, time }: Harness, price: number): void {
  engine.onTick(linear(price, time.nowMs()));
  engine.onTick(spot(price, time.nowMs()));
}

function account({ engine, time }: Harness, name: string, debt = "32400"): void {
  engine.onSnapshot(wallet(name, time.nowMs()));
  engine.onSnapshot(positions(name, time.nowMs()));
  engine.onSnapshot(loan(name, time.nowMs(), debt));
}

/** An engine with one account at LTV 0.6, its first decision written. */
async function started(options: Parameters<typeof harness>[0] = {}): Promise<Harness> {
  const setup = harness(options);
  account(setup, "alice");
  quotes(setup, AT.calm);
  setup.engine.goLive();
  await setup.settle();
  return setup;
}

async function move(setup: Harness, price: number): Promise<void> {
  quotes(setup, price);
  await setup.settle();
}

describe("from a tick to a decision", () => {
  it("writes the first decision, then only what is material", async () => {
    const setup = await started();
    await move(setup, AT.calm + 10);
    await move(setup, AT.calm - 10);
    expect(setup.stream.decisions().map((decision) => decision.reasons)).toStrictEqual([["first"]]);
    expect(setup.stream.decisions()[0]).toMatchObject({
      version: 1,
      state: NORMAL,
      previousState: 0,
      inputQuality: 1,
      ltv: "0.600000",
    });
  });

  it("answers a falling price with states and absolute targets, in one chain", async () => {
    const setup = await started();
    for (const price of [AT.caution, AT.danger, AT.critical]) await move(setup, price);
    const chain = setup.stream.decisions().slice(1);
    expect(chain.map((decision) => decision.state)).toStrictEqual([CAUTION, DANGER, CRITICAL]);
    expect(chain.map((decision) => decision.previousState)).toStrictEqual([NORMAL, CAUTION, DANGER]);
    expect(chain.map((decision) => decision.version)).toStrictEqual([2, 3, 4]);
    expect(chain.map((decision) => decision.targets[0]?.targetQty)).toStrictEqual(["-0.5", "-0.8", "-1"]);
    expect(chain[0]?.reasons).toStrictEqual(["state_change", "target_change"]);
  });

  it("carries what it was made from: trigger, inputs, prices, exposure, policy, and the trace of its tick", async () => {
    const setup = await started();
    await move(setup, AT.caution);
    const message = setup.stream.messages[1];
    const [, decision] = setup.stream.decisions();
    expect(decision).toMatchObject({
      account: "alice",
      writer: "risk-a",
      policyVersion: "test-1",
      trigger: {
        subject: "md.bybit.spot.BTCUSDT",
        exchangeTimeMs: START_MS,
        receiveTimeUs: START_MS * 1000 + 100,
        publishTimeUs: START_MS * 1000 + 200,
      },
      targets: [
        {
          category: "linear",
          symbol: "BTCUSDT",
          bandQty: "0.001",
          positionQty: "0",
          markPrice: "53000",
          bidPrice: "52999",
          askPrice: "53001",
        },
      ],
      exposures: [{ base: "BTC", collateralQty: "1", walletQty: "0", debtQty: "0", perpQty: "0", netDeltaQty: "1" }],
      maintenanceMarginRate: "0.005",
    });
    expect(decision?.inputs.map((input) => input.subject.split(".").at(-1))).toStrictEqual([
      "wallet",
      "position",
      "loan",
      "BTCUSDT",
    ]);
    expect(message?.messageId).toBe("alice:2:risk-a");
    expect(message?.headers[HEADER.TRACEPARENT]).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
    expect(message?.headers[HEADER.TRACEPARENT]).not.toContain("00f067aa0ba902b7");
    const change = setup.lines.find((line) => line.event === "risk.state_changed" && line.fields["to"] === "CAUTION");
    expect(change?.fields).toMatchObject({
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
      account: "alice",
      from: "NORMAL",
      ltv: "0.679245",
    });
    const target = setup.lines.find((line) => line.event === "risk.target_changed");
    expect(target?.fields).toMatchObject({
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
      account: "alice",
      symbol: "BTCUSDT",
      from: 0,
      to: "-0.5",
    });
    expect(setup.metrics.values.get("hedgelock_risk_tick_to_decision_seconds")).toBe(1);
  });

  it("does not ask for another hedge while the first is on its way: the target is absolute (lessons §2 row 5)", async () => {
    const setup = await started();
    await move(setup, AT.caution);
    for (const qty of ["-0.1", "-0.3", "-0.5"]) {
      setup.engine.onSnapshot(positions("alice", setup.time.nowMs(), [positionOf("BTCUSDT", qty)]));
      await move(setup, AT.caution - 1);
    }
    expect(setup.stream.decisions().map((decision) => decision.targets[0]?.targetQty)).toStrictEqual(["0", "-0.5"]);
  });

  it("refreshes while something is at stake, and is silent while nothing is", async () => {
    const setup = await started();
    setup.time.advance(1000);
    await move(setup, AT.calm);
    expect(setup.stream.decisions()).toHaveLength(1);
    await move(setup, AT.caution);
    for (let second = 0; second < 3; second += 1) {
      setup.time.advance(999);
      await move(setup, AT.caution);
      setup.time.advance(1);
      await move(setup, AT.caution);
    }
    expect(
      setup.stream
        .decisions()
        .slice(2)
        .map((decision) => decision.reasons),
    ).toStrictEqual([["refresh"], ["refresh"], ["refresh"]]);
  });

  it("refreshes while the position is outside the band, also in state NORMAL", async () => {
    const setup = await started();
    setup.engine.onSnapshot(positions("alice", setup.time.nowMs(), [positionOf("BTCUSDT", "-0.5")]));
    setup.time.advance(1000);
    await move(setup, AT.calm);
    expect(setup.stream.decisions().at(-1)).toMatchObject({
      state: NORMAL,
      reasons: ["refresh"],
      targets: [{ targetQty: "0", positionQty: "-0.5" }],
    });
  });

  it("unwinds the hedge of a liquidated loan, and calls that NORMAL", async () => {
    const setup = await started();
    await move(setup, AT.critical);
    setup.engine.onSnapshot(positions("alice", setup.time.nowMs(), [positionOf("BTCUSDT", "-1")]));
    for (const step of [1, 2]) {
      setup.time.advance(1000);
      setup.engine.onSnapshot(loan("alice", setup.time.nowMs(), "", { collateral: [] }));
      await move(setup, AT.critical + step);
    }
    expect(setup.stream.decisions().at(-1)).toMatchObject({
      state: NORMAL,
      inputQuality: 1,
      effectiveLtv: "0.000000",
      targets: [{ targetQty: "0", positionQty: "-1" }],
    });
  });

  it("evaluates only the accounts that a tick concerns", async () => {
    const setup = await started();
    account(setup, "bob", "");
    setup.engine.onSnapshot(loan("bob", setup.time.nowMs(), "", { collateral: [] }));
    await setup.settle();
    const before = setup.engine.evaluations;
    setup.engine.onTick(spot(AT.calm, setup.time.nowMs()));
    expect(setup.engine.evaluations - before).toBe(1);
  });
});

describe("a single bad sample", () => {
  it("moves nobody to CRITICAL, and a true crash does so one tick later (lessons §3 row 11)", async () => {
    const setup = await started();
    const alone = { indexPrice: "" };
    setup.engine.onTick(spot(AT.critical, START_MS + 1, alone));
    await setup.settle();
    setup.engine.onTick(spot(AT.calm, START_MS + 2, alone));
    await setup.settle();
    expect(setup.stream.decisions()).toHaveLength(1);
    setup.engine.onTick(spot(AT.critical, START_MS + 3, alone));
    setup.engine.onTick(spot(AT.critical - 50, START_MS + 4, alone));
    await setup.settle();
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: CRITICAL });
    expect(setup.metrics.values.get("hedgelock_risk_witness_holds_total")).toBe(2);
  });
});

describe("time without messages", () => {
  it("turns silence into STALE by the local clock, keeps state and target, and recovers", async () => {
    const setup = await started();
    await move(setup, AT.danger);
    setup.time.advance(10_001);
    setup.engine.sweep();
    await setup.settle();
    const silent = setup.stream.decisions().at(-1);
    expect(silent).toMatchObject({
      state: DANGER,
      inputQuality: InputQuality.INPUT_QUALITY_STALE,
      targets: [{ targetQty: "-0.8" }],
    });
    expect(silent?.trigger).toBeUndefined();
    account(setup, "alice");
    await move(setup, AT.danger);
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: DANGER, inputQuality: 1 });
  });

  it("never says NORMAL about an account in the dark", async () => {
    const setup = await started();
    setup.time.advance(10_001);
    setup.engine.sweep();
    await setup.settle();
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: 0, previousState: NORMAL, inputQuality: 3 });
  });

  it("finds one dead surface among live ones by the venue's time, whatever the local clock says", async () => {
    const setup = await started();
    const receiveTimeUs = setup.time.nowUs();
    for (const afterMs of [8000, 15_000]) {
      setup.engine.onTick(linear(AT.calm, START_MS + afterMs, { receiveTimeUs }));
      setup.engine.onTick(spot(AT.calm, START_MS + afterMs, { receiveTimeUs }));
      await setup.settle();
    }
    expect(setup.stream.decisions()).toHaveLength(1);
    setup.engine.onTick(spot(AT.calm, START_MS + 15_001, { receiveTimeUs }));
    await setup.settle();
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: 0, inputQuality: InputQuality.INPUT_QUALITY_STALE });
  });

  const calmSecond = async (setup: Harness): Promise<void> => {
    setup.time.advance(1000);
    account(setup, "alice");
    await move(setup, AT.calm);
  };

  it("counts the dwell time by the venue's clock", async () => {
    const setup = await started();
    await move(setup, AT.caution);
    for (let second = 1; second <= 10; second += 1) await calmSecond(setup);
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: CAUTION });
    await calmSecond(setup);
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: NORMAL, previousState: CAUTION });
  });

  it("goes on counting after a restart, which resumes version, state and memory", async () => {
    const setup = await started();
    await move(setup, AT.caution);
    for (let second = 1; second <= 6; second += 1) await calmSecond(setup);
    const successor = harness({ stream: setup.stream, time: setup.time, writer: "risk-b" });
    for (const message of setup.stream.messages.slice(-1)) successor.engine.resume(message);
    account(successor, "alice");
    quotes(successor, AT.calm);
    successor.engine.goLive();
    for (let second = 7; second <= 11; second += 1) await calmSecond(successor);
    const chain = setup.stream.decisions();
    expect(chain.map((decision) => decision.version)).toStrictEqual(chain.map((_decision, index) => index + 1));
    expect(chain.map((decision) => decision.state)).not.toContain(0);
    expect(chain.at(-1)).toMatchObject({
      state: NORMAL,
      previousState: CAUTION,
      writer: "risk-b",
      reasons: ["state_change", "target_change"],
    });
    expect(chain.at(-2)).toMatchObject({ state: CAUTION, reasons: ["refresh"] });
  });
});

describe("messages that must not count", () => {
  it("ignores what is older than known of its surface", async () => {
    const setup = await started();
    setup.engine.onTick(spot(AT.critical, START_MS - 1));
    setup.engine.onTick(linear(AT.critical, START_MS - 1));
    setup.engine.onSnapshot(loan("alice", START_MS - 1, "50000"));
    await setup.settle();
    expect(setup.stream.decisions()).toHaveLength(1);
    expect(setup.metrics.values.get("hedgelock_risk_outdated_messages_total")).toBe(3);
  });

  it("refuses a malformed message and goes on", async () => {
    const setup = await started();
    const garbage = new Uint8Array([255, 255, 255]);
    expect(() => setup.engine.onTick(stored("MD", "md.bybit.spot.BTCUSDT", garbage, "x"))).toThrow(PoisonMessageError);
    expect(() => setup.engine.onSnapshot(stored("ACCT", "acct.3.alice.loan", garbage, "y"))).toThrow(
      PoisonMessageError,
    );
    await move(setup, AT.danger);
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: DANGER });
  });

  it("refuses a venue time from the far future: one wrong message must not make all later ones look outdated", async () => {
    const setup = await started();
    const tomorrow = setup.time.nowMs() + 86_400_000;
    expect(() => setup.engine.onTick(spot(AT.calm, tomorrow))).toThrow(PoisonMessageError);
    expect(() => setup.engine.onSnapshot(loan("alice", tomorrow, "32400"))).toThrow(PoisonMessageError);
    await move(setup, AT.danger);
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: DANGER });
  });

  it("ignores a market subject that nobody configured", async () => {
    const setup = await started();
    setup.engine.onTick(spot(1, START_MS + 5, { symbol: "ETHUSDT" }));
    expect(setup.engine.evaluations).toBe(1);
  });
});
