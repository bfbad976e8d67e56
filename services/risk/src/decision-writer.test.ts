import { Decision, RiskState } from "@hedgelock/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FakeRiskStream } from "./testing/fake-risk-stream.ts";
import type { Behaviour } from "./testing/fake-risk-stream.ts";
import { harness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";
import { START_MS, linear, loan, positions, spot, wallet } from "./testing/messages.ts";

const { RISK_STATE_CAUTION: CAUTION, RISK_STATE_DANGER: DANGER, RISK_STATE_CRITICAL: CRITICAL } = RiskState;

function quotes({ engine }: Harness, price: number, timeMs: number): void {
  engine.onTick(linear(price, timeMs));
  engine.onTick(spot(price, timeMs));
}

function live(options: Parameters<typeof harness>[0] = {}): Harness {
  const setup = harness(options);
  setup.engine.onSnapshot(wallet("alice", START_MS));
  setup.engine.onSnapshot(positions("alice", START_MS));
  setup.engine.onSnapshot(loan("alice", START_MS));
  quotes(setup, 60_000, START_MS);
  setup.engine.goLive();
  return setup;
}

function versions(stream: FakeRiskStream): number[] {
  return stream.decisions().map((decision) => decision.version);
}

/** Every stored version once, from 1, without a gap. */
function expectOneChain(stream: FakeRiskStream): void {
  expect(stream.overlaps).toBe(0);
  expect(versions(stream)).toStrictEqual(stream.messages.map((_message, index) => index + 1));
}

describe("appending decisions", () => {
  it("keeps one in flight per account, and the newest state wins", async () => {
    const setup = live();
    await setup.settle();
    setup.stream.isHolding = true;
    for (const [step, price] of [53_000, 47_000, 43_000].entries()) quotes(setup, price, START_MS + step + 1);
    await setup.settle();
    expect(setup.stream.messages).toHaveLength(1);
    setup.stream.release();
    await setup.settle();
    expect(setup.stream.decisions().map((decision) => decision.state)).toStrictEqual([1, CAUTION, CRITICAL]);
    expectOneChain(setup.stream);
  });

  it.each<Behaviour>(["lost", "stored_lost", "throw"])(
    "settles an append whose answer was %s by a read, never by a blind retry",
    async (behaviour) => {
      const setup = live();
      await setup.settle();
      setup.stream.plan(behaviour);
      quotes(setup, 47_000, START_MS + 1);
      await setup.settle();
      expect(setup.stream.reads).toBe(1);
      expectOneChain(setup.stream);
      expect(setup.stream.decisions().map((decision) => decision.state)).toStrictEqual([1, DANGER]);
      quotes(setup, 43_000, START_MS + 2);
      await setup.settle();
      expect(setup.stream.decisions().at(-1)).toMatchObject({ state: CRITICAL, version: 3, previousState: DANGER });
    },
  );

  it("writes nothing until the last decision could be read", async () => {
    const setup = live();
    await setup.settle();
    setup.stream.failingReads = 3;
    setup.stream.plan("stored_lost");
    quotes(setup, 47_000, START_MS + 1);
    await setup.settle();
    quotes(setup, 43_000, START_MS + 2);
    await setup.settle();
    expect(setup.stream.messages).toHaveLength(2);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      setup.time.advance(2000);
      await setup.settle();
    }
    expect(setup.stream.decisions().at(-1)).toMatchObject({ state: CRITICAL, version: 3 });
    expect(setup.metrics.values.get("hedgelock_risk_reload_failures_total")).toBe(3);
  });

  it("gives two engines on one account one chain, without gaps and without a lost update", async () => {
    const stream = new FakeRiskStream();
    const first = live({ stream, writer: "risk-a" });
    const second = live({ stream, writer: "risk-b" });
    await first.settle();
    for (const [step, price] of [53_000, 47_000, 43_000].entries()) {
      quotes(first, price, START_MS + step + 1);
      quotes(second, price, START_MS + step + 1);
      await first.settle();
    }
    expectOneChain(stream);
    expect(stream.decisions().map((decision) => decision.state)).toStrictEqual([1, CAUTION, DANGER, CRITICAL]);
    expect(stream.decisions().map((decision) => decision.previousState)).toStrictEqual([0, 1, CAUTION, DANGER]);
    const conflicts = [first, second].map(
      (setup) => setup.metrics.values.get("hedgelock_risk_append_conflicts_total") ?? 0,
    );
    expect(Math.max(...conflicts)).toBeGreaterThan(0);
  });

  it("keeps the chain whole and ends on the right state, whatever is lost and whoever writes", async () => {
    const behaviours = fc.array(fc.constantFrom<Behaviour>("normal", "lost", "stored_lost", "throw"), {
      maxLength: 12,
    });
    const moves = fc.array(
      fc.record({ price: fc.constantFrom(60_000, 53_000, 47_000, 43_000), who: fc.constantFrom(0, 1, 2) }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(behaviours, moves, async (planned, path) => {
        const stream = new FakeRiskStream();
        stream.plan(...planned);
        const engines = [live({ stream, writer: "risk-a" }), live({ stream, writer: "risk-b" })];
        for (const [step, { price, who }] of path.entries()) {
          for (const [index, engine] of engines.entries())
            if (who !== index) quotes(engine, price, START_MS + step + 1);
          await engines[0]?.settle();
        }
        for (const engine of engines) quotes(engine, 43_000, START_MS + 100);
        for (let turn = 0; turn < 20; turn += 1) {
          for (const engine of engines) engine.time.advance(100);
          await engines[0]?.settle();
        }
        expectOneChain(stream);
        expect(stream.decisions().at(-1)).toMatchObject({ state: CRITICAL, targets: [{ targetQty: "-1" }] });
        for (const [index, decision] of stream.decisions().entries()) {
          expect(decision.previousState).toBe(
            index === 0 ? 0 : Decision.decode(stream.messages[index - 1]?.payload ?? new Uint8Array()).state,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("stops without waiting for a read that keeps failing", async () => {
    const setup = live();
    await setup.settle();
    setup.stream.failingReads = 1000;
    setup.stream.plan("lost");
    quotes(setup, 47_000, START_MS + 1);
    await setup.settle();
    await setup.engine.stop();
    expect(setup.stream.messages).toHaveLength(1);
  });
});
