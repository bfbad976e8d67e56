import type { ExecEvent } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { INVARIANTS } from "./domain/change.ts";
import { isResolved } from "./domain/ledger-state.ts";
import { lifeStateOf } from "./domain/order-life.ts";
import { World } from "./testing/world.ts";

async function started(): Promise<World> {
  const world = new World();
  await world.start().hedger;
  return world;
}

function expectQuiet(world: World): void {
  expect(world.failures).toEqual([]);
  for (const invariant of INVARIANTS) expect(world.violations(invariant), invariant).toBe(0);
}

/** Defects of an earlier system with the same job. */
describe("defects that must not come back", () => {
  it("1: two services that both execute hedges place one order, not two", async () => {
    const world = await started();
    await world.start().hedger;
    world.decide("-0.25");
    await world.passDeciding(5000, "-0.25");
    expect(world.exchange.requests).toBe(1);
    expectQuiet(world);
  });

  it("2: a decision delivered again is the same decision, not a new order under a new id", async () => {
    const world = await started();
    world.decide("-0.25", { version: 7 });
    await world.pass(500);
    for (let again = 0; again < 5; again += 1) {
      world.decide("-0.25", { version: 7 });
      await world.pass(500);
    }
    expect(world.exchange.requests).toBe(1);
    expectQuiet(world);
  });

  it("5: account messages while an order is in flight fire no further orders", async () => {
    const world = await started();
    world.exchange.fates.push({ fillsAfterMs: 3000 });
    world.decide("-0.25");
    await world.pass(2800, () => {
      world.exchange.publishPositions();
      world.decide("-0.25");
    });
    expect(world.exchange.requests).toBe(1);
    await world.passDeciding(3000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    expectQuiet(world);
  });

  it("9: neither a partial fill nor a missed answer is a success, and neither is a failure", async () => {
    const world = await started();
    world.exchange.fates.push({ answer: "hang", fills: [0.4], eventsAfterMs: 60_000 });
    world.exchange.readsFailUntilMs = world.time.nowMs() + 30_000;
    world.decide("-0.25");
    await world.pass(20_000);
    const waiting = (await world.state()).intents;
    expect(waiting.map((intent) => lifeStateOf(intent.state))).toEqual(["UNKNOWN"]);
    await world.passDeciding(20_000, "-0.25");
    const outcomes = (await world.ledger()).flatMap(({ event }) =>
      event?.body?.$case === "closed" ? [event.body.value.orderStatus] : [],
    );
    expect(outcomes).toEqual(["Cancelled", "Filled"]);
    expect(world.exchange.orders.map(({ request }) => request.qty)).toEqual(["0.25", "0.15"]);
    expectQuiet(world);
  });
});

/** What users of other systems reported. The numbers are the rows of the project's list of lessons. */
describe("complaints from the field", () => {
  it("1: a position view that lags causes no second hedge", async () => {
    const world = await started();
    const { onPositions } = world.exchange;
    const held: Parameters<typeof onPositions>[] = [];
    world.exchange.onPositions = (...told) => held.push(told);
    world.exchange.publishPositions();
    const stale = held.splice(0);
    world.decide("-0.25");
    await world.passDeciding(20_000, "-0.25");
    for (const told of stale) onPositions(...told);
    await world.passDeciding(5000, "-0.25");
    for (const told of held) onPositions(...told);
    await world.passDeciding(5000, "-0.25");
    expect(world.exchange.requests).toBe(1);
    expectQuiet(world);
  });

  for (const delayMs of [0, 1000, 150_000, 300_000]) {
    it(`2: a fill ingested ${delayMs / 1000} s late is in flight until then, and its entry is not sent twice`, async () => {
      const world = await started();
      world.exchange.fates.push({ fillsAfterMs: delayMs });
      world.exchange.readsBlindUntilMs = world.time.nowMs() + delayMs;
      world.decide("-0.25");
      await world.passDeciding(delayMs + 5000, "-0.25");
      expect(world.exchange.requests).toBe(1);
      expect((await world.state()).positions[0]?.qty).toBe("-0.25");
      expectQuiet(world);
    });
  }

  it("3: a lost answer, ten minutes of empty queries, then a fill: still owned, still counted", async () => {
    const world = await started();
    const tenMinutes = 600_000;
    world.exchange.fates.push({ answer: "lost", fillsAfterMs: tenMinutes });
    world.exchange.readsBlindUntilMs = world.time.nowMs() + tenMinutes;
    world.decide("-0.25");
    await world.passDeciding(tenMinutes - 1000, "-0.25");
    const waiting = (await world.state()).intents;
    expect(waiting.map((intent) => isResolved(intent))).toEqual([false]);
    await world.passDeciding(10_000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    expect((await world.state()).positions[0]?.qty).toBe("-0.25");
    expectQuiet(world);
  });

  it("3: the same with nobody left who wants it: proved away by the rules, yet the fill is ours and alarms", async () => {
    const world = await started();
    const tenMinutes = 600_000;
    world.exchange.fates.push({ answer: "lost", fillsAfterMs: tenMinutes });
    world.exchange.readsFailUntilMs = world.time.nowMs() + 6000;
    world.exchange.readsBlindUntilMs = world.time.nowMs() + tenMinutes;
    world.decide("-0.25");
    await world.pass(tenMinutes - 5000);
    expect(await world.events()).toEqual([
      "intentOpened",
      ...Array.from({ length: 3 }, () => "outcomeUnknown"),
      "neverArrived",
    ]);
    await world.pass(10_000);
    expect(world.exchange.orders).toHaveLength(1);
    expect((await world.state()).positions[0]?.qty).toBe("-0.25");
    expect(world.violations("fill_after_refusal")).toBe(1);
    await world.passDeciding(5000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
  });

  it("4: an ambiguous answer never leads to a new id", async () => {
    const world = await started();
    world.exchange.fates.push({ answer: "lost" }, { answer: "lost" }, { answer: "lost" });
    world.exchange.readsBlindUntilMs = world.time.nowMs() + 12_000;
    world.decide("-0.25");
    await world.passDeciding(60_000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    const openings = (await world.events()).filter((name) => name === "intentOpened");
    expect(openings).toHaveLength(1);
    expectQuiet(world);
  });

  it("7: a late New after Filled, and everything told twice and backwards, makes no phantom order", async () => {
    const world = new World();
    world.reorder = (events) => {
      const filled = events.find((event) => event.body?.$case === "order");
      if (filled?.body?.$case !== "order") return events;
      const value = { ...filled.body.value, orderStatus: "New", cumExecQty: "0" };
      const late: ExecEvent = { ...filled, body: { $case: "order", value } };
      return [...events.toReversed(), ...events, late, ...events.toReversed(), late];
    };
    await world.start().hedger;
    world.exchange.fates.push({ fills: [0.4, 0.6] });
    world.decide("-0.25");
    await world.passDeciding(5000, "-0.25");
    world.exchange.repeatEverything();
    await world.passDeciding(5000, "-0.25");
    expect(world.exchange.requests).toBe(1);
    expect((await world.state()).positions[0]?.qty).toBe("-0.25");
    expect((await world.state()).intents.filter((intent) => !isResolved(intent))).toEqual([]);
    expectQuiet(world);
  });

  it("9: a fill during a gap of the streams is recovered by query", async () => {
    const world = await started();
    world.collectorDown = true;
    world.decide("-0.25");
    await world.passDeciding(20_000, "-0.25");
    expect(world.exchange.requests).toBe(1);
    const state = await world.state();
    expect(state.positions[0]?.qty).toBe("-0.25");
    expect(state.intents.map((intent) => lifeStateOf(intent.state))).toEqual(["VERIFIED"]);
    expectQuiet(world);
  });

  it("9: a restart in the gap asks before it acts", async () => {
    const world = new World();
    const first = world.start();
    await first.hedger;
    world.collectorDown = true;
    world.exchange.fates.push({ answer: "hang" });
    world.decide("-0.25");
    await world.pass(100);
    first.life.kill();
    await world.start().hedger;
    await world.passDeciding(5000, "-0.25");
    expect(world.exchange.requests).toBe(1);
    expect((await world.state()).positions[0]?.qty).toBe("-0.25");
    expectQuiet(world);
  });

  it("12: 'not found' from a venue whose reads lag behind is evidence, not proof", async () => {
    const world = await started();
    world.exchange.fates.push({ answer: "lost", eventsAfterMs: 9000 });
    world.exchange.readsBlindUntilMs = world.time.nowMs() + 8000;
    world.decide("-0.25");
    await world.passDeciding(30_000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    expectQuiet(world);
  });

  it("14: a liquidation of the hedge is booked and hedged anew", async () => {
    const world = await started();
    world.decide("-0.25");
    await world.passDeciding(2000, "-0.25");
    world.exchange.foreignFill("Buy", "0.25", "BustTrade");
    world.exchange.publishPositions();
    await world.passDeciding(3000, "-0.25");
    expect(world.exchange.positionQty.toFixed()).toBe("-0.25");
    expect(world.exchange.orders).toHaveLength(2);
    expectQuiet(world);
  });
});
