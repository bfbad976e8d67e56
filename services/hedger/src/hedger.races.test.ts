import { describe, expect, it } from "vitest";

import { INVARIANTS } from "./domain/change.ts";
import { isResolved } from "./domain/ledger-state.ts";
import { World } from "./testing/world.ts";

async function expectOneOrderDone(world: World): Promise<void> {
  expect(world.failures).toEqual([]);
  expect(world.exchange.orders).toHaveLength(1);
  expect(world.exchange.positionQty.toFixed()).toBe("-0.25");
  const state = await world.state();
  expect(state.intents.filter((intent) => !isResolved(intent))).toEqual([]);
  expect(state.positions[0]?.qty).toBe("-0.25");
  for (const invariant of INVARIANTS) expect(world.violations(invariant), invariant).toBe(0);
}

describe("two hedgers that both believe they own the account", () => {
  it("place one order for each target, whoever is faster", async () => {
    const world = new World();
    let slower = 0;
    [world.start(), world.start()].forEach(({ bus }, index) => {
      const append = bus.append.bind(bus);
      bus.append = async (message) => {
        if (index === slower) for (let round = 0; round < 20; round += 1) await Promise.resolve();
        return append(message);
      };
    });
    await world.calm();
    const targets = ["-0.25", "-0.5", "-0.1", "0", "-0.75"];
    for (const [round, target] of targets.entries()) {
      slower = round % 2;
      world.decide(target);
      await world.passDeciding(3000, target);
    }
    expect(world.failures).toEqual([]);
    expect(world.exchange.orders.map(({ request }) => `${request.side} ${request.qty}`)).toEqual([
      "Sell 0.25",
      "Sell 0.25",
      "Buy 0.4",
      "Buy 0.1",
      "Sell 0.75",
    ]);
    expect(world.exchange.requests).toBe(targets.length);
    const writers = new Set((await world.ledger()).map((record) => record.writer));
    expect(writers.size).toBe(2);
    for (const invariant of INVARIANTS) expect(world.violations(invariant), invariant).toBe(0);
  });

  it("place one order when its answer is lost and its events are late", async () => {
    const world = new World();
    world.exchange.fates.push({ answer: "lost", fillsAfterMs: 4000, eventsAfterMs: 1000 });
    world.start();
    world.start();
    await world.calm();
    world.decide("-0.25");
    await world.passDeciding(40_000, "-0.25");
    await expectOneOrderDone(world);
  });

  it("attempt a lost order again once, not once each", async () => {
    const world = new World();
    world.exchange.fates.push({ arrivesAfterMs: "never", answer: "lost" });
    await Promise.all([world.start().hedger, world.start().hedger]);
    world.decide("-0.25");
    await world.passDeciding(20_000, "-0.25");
    expect(world.exchange.requests).toBe(2);
    await expectOneOrderDone(world);
  });
});

describe("an append whose answer is lost", () => {
  for (const fault of ["lose_answer", "lose_message"] as const) {
    for (let before = 0; before < 4; before += 1) {
      it(`${fault}, after ${before} appends that went well: stored once, sent once`, async () => {
        const world = new World();
        const { bus } = world.start();
        await world.calm();
        let appends = 0;
        const append = bus.append.bind(bus);
        bus.append = (message) => {
          appends += 1;
          if (appends === before + 1) bus.faultNextAppend(fault);
          return append(message);
        };
        world.decide("-0.25");
        await world.passDeciding(10_000, "-0.25");
        expect(appends).toBeGreaterThan(before);
        await expectOneOrderDone(world);
        expect(await world.events()).toEqual(["intentOpened", "execution", "closed", "postcondition", "acknowledged"]);
      });
    }
  }

  it("sends nothing while the ledger cannot be reached, and one order when it is back", async () => {
    const world = new World();
    const { bus } = world.start();
    await world.calm();
    world.decide("-0.25");
    bus.setConnected(false);
    await world.passDeciding(8000, "-0.25");
    expect(world.exchange.requests).toBe(0);
    bus.setConnected(true);
    await world.passDeciding(20_000, "-0.25");
    await expectOneOrderDone(world);
  });
});

describe("a hedger that freezes between the ledger and the venue", () => {
  it("wakes up after its window: its late request is fenced by the signed time, and there is one order", async () => {
    const world = new World();
    const frozen = world.start({ crashPoint: "send.before", how: "freeze" });
    await world.calm();
    world.decide("-0.25");
    await world.passDeciding(2000, "-0.25");
    expect(frozen.life.frozen).toBe(true);
    expect(world.exchange.requests).toBe(0);
    world.start();
    await world.passDeciding(10_000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    frozen.life.thaw();
    await world.passDeciding(20_000, "-0.25");
    expect(world.exchange.fenced).toBe(1);
    await expectOneOrderDone(world);
  });

  it("wakes up within its window: its request is a duplicate of the successor's attempt", async () => {
    const world = new World();
    const frozen = world.start({ crashPoint: "send.before", how: "freeze" });
    await world.calm();
    world.decide("-0.25");
    await world.pass(500);
    world.start();
    await world.passDeciding(3000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    frozen.life.thaw();
    await world.passDeciding(20_000, "-0.25");
    expect(world.exchange.duplicates).toBe(1);
    await expectOneOrderDone(world);
  });

  it("wakes up when the order was proved never to have arrived and another one stands: still one", async () => {
    const world = new World();
    const frozen = world.start({ crashPoint: "send.before", how: "freeze" });
    await world.calm();
    world.decide("-0.25");
    await world.pass(6000);
    world.start();
    // The decision is old and nobody makes another, so the successor attempts nothing and waits for the proof.
    await world.pass(20_000);
    expect(await world.events()).toContain("neverArrived");
    expect(world.exchange.requests).toBe(0);
    await world.passDeciding(3000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    frozen.life.thaw();
    await world.passDeciding(20_000, "-0.25");
    expect(world.exchange.fenced).toBe(1);
    await expectOneOrderDone(world);
  });

  it("before the ledger: its append is refused, and nothing of its plan is sent", async () => {
    const world = new World();
    const frozen = world.start({ crashPoint: "append.intentOpened.before", how: "freeze" });
    await world.calm();
    world.decide("-0.25");
    await world.pass(500);
    world.start();
    await world.passDeciding(3000, "-0.25");
    frozen.life.thaw();
    await world.passDeciding(20_000, "-0.25");
    expect(world.exchange.requests).toBe(1);
    await expectOneOrderDone(world);
  });
});

describe("a request that the venue refuses for its time", () => {
  const attempts = async (world: World): Promise<readonly string[]> =>
    (await world.ledger()).flatMap(({ event }) =>
      event?.body?.$case === "attempt" ? [`${event.body.value.linkId} ${event.body.value.attempt}`] : [],
    );

  it("is attempted again under the same link id with a new time", async () => {
    const world = new World();
    world.exchange.fates.push({ fenced: true });
    await world.start().hedger;
    world.decide("-0.25");
    await world.passDeciding(5000, "-0.25");
    expect(await attempts(world)).toEqual([`${world.exchange.orders[0]?.request.linkId} 2`]);
    await expectOneOrderDone(world);
  });

  it("is given up after three attempts, for certain, and planned anew", async () => {
    const world = new World();
    world.exchange.fates.push({ fenced: true }, { fenced: true }, { fenced: true });
    await world.start().hedger;
    world.decide("-0.25");
    await world.passDeciding(5000, "-0.25");
    expect(await attempts(world)).toHaveLength(2);
    expect((await world.events()).filter((name) => name === "neverArrived")).toHaveLength(1);
    await expectOneOrderDone(world);
  });

  it("is not attempted again when nobody wants it any more", async () => {
    const world = new World();
    world.exchange.fates.push({ fenced: true, answer: "given" });
    await world.start().hedger;
    world.decide("-0.25");
    world.decide("0");
    await world.passDeciding(5000, "0");
    expect(world.exchange.orders).toHaveLength(0);
    expect(world.failures).toEqual([]);
  });
});

describe("the second attempt", () => {
  it("refused for lack of balance says nothing about the first, which had arrived", async () => {
    const world = new World();
    world.exchange.fates.push({ arrivesAfterMs: 3000, answer: "lost" }, { refuse: 110007 });
    await world.start().hedger;
    world.decide("-0.25");
    await world.passDeciding(40_000, "-0.25");
    expect(await world.events()).not.toContain("rejected");
    await expectOneOrderDone(world);
  });
});
