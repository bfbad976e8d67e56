import { InputQuality } from "@hedgelock/contracts";
import { HEADER, STREAM } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import { lifeStateOf } from "./domain/order-life.ts";
import { TRACE_ID, World } from "./testing/world.ts";

async function started(): Promise<World> {
  const world = new World();
  await world.start().hedger;
  return world;
}

const refusals = async (world: World): Promise<readonly string[]> =>
  (await world.ledger()).flatMap(({ event }) => (event?.body?.$case === "refused" ? [event.body.value.rule] : []));

describe("from a decision to a verified hedge", () => {
  it("writes the intent, sends it, and records fill, end and postcondition, under the decision's trace", async () => {
    const world = await started();
    world.decide("-0.25");
    await world.pass(1000);
    expect(await world.events()).toEqual(["intentOpened", "execution", "closed", "postcondition", "acknowledged"]);
    const records = await world.ledger();
    expect(records.map((record) => record.traceId)).toEqual(records.map(() => TRACE_ID));
    const intent = records.at(-1)?.state?.intents[0];
    expect(lifeStateOf(intent?.state ?? 0)).toBe("VERIFIED");
    expect(intent).toMatchObject({ side: "Sell", qty: "0.25", cumExecQty: "0.25", finalStatus: "Filled", attempt: 1 });
    for await (const message of world.bus.readAll(STREAM.HEDGE, "hedge.*.*")) {
      expect(message.headers[HEADER.TRACEPARENT]).toContain(TRACE_ID);
    }
  });

  it("fills in where the time went, in order", async () => {
    const world = await started();
    world.exchange.fates.push({ fillsAfterMs: 200 });
    world.decide("-0.25");
    await world.pass(1000);
    const intent = (await world.state()).intents[0];
    const times = [
      intent?.decidedTimeUs,
      intent?.decisionReceiveTimeUs,
      intent?.openedTimeUs,
      intent?.sentTimeUs,
      intent?.acknowledgedTimeUs,
      intent?.firstFillTimeUs,
      intent?.lastFillTimeUs,
      intent?.closedTimeUs,
    ];
    expect(times).not.toContain(0);
    expect(times.toSorted((left, right) => (left ?? 0) - (right ?? 0))).toEqual(times);
    expect(intent?.firstFillTimeUs).toBe((intent?.sentTimeUs ?? 0) + 200_000);
  });

  it("stores the intent before anything is sent, and signs with the time that stands in it, however long that takes", async () => {
    const world = new World();
    const { bus, hedger } = world.start();
    await hedger;
    const append = bus.append.bind(bus);
    bus.append = async (message) => {
      await world.time.sleep(700);
      return append(message);
    };
    const decidedMs = world.time.nowMs();
    world.decide("-0.25");
    await world.pass(600);
    expect(world.exchange.requests).toBe(0);
    await world.pass(5000);
    expect(world.exchange.signedMs).toEqual([decidedMs]);
    expect((await world.ledger())[0]?.state?.intents[0]?.signTimeMs).toBe(decidedMs);
  });

  it("does not send what the ledger took too long to store, and knows that it did not", async () => {
    const world = new World();
    const { bus, hedger } = world.start();
    await hedger;
    const append = bus.append.bind(bus);
    bus.append = async (message) => {
      await world.time.sleep(5500);
      return append(message);
    };
    world.decide("-0.25");
    await world.pass(20_000);
    expect(world.exchange.requests).toBe(0);
    expect(await world.events()).toEqual(["intentOpened", "neverArrived"]);
  });

  it("splits a large target and goes on at once", async () => {
    const world = await started();
    world.decide("-2.5");
    await world.pass(1000);
    expect(world.exchange.orders.map(({ request }) => request.qty)).toEqual(["1", "1", "0.5"]);
    const checks = (await world.ledger()).flatMap(({ event }) =>
      event?.body?.$case === "postcondition" ? [event.body.value] : [],
    );
    expect(checks.at(-1)).toMatchObject({ satisfied: true, positionQty: "-2.5" });
  });

  it("turns round in two steps, the first reduce-only", async () => {
    const world = await started();
    world.decide("-0.25");
    await world.pass(500);
    world.decide("0.1");
    await world.pass(500);
    const orders = world.exchange.orders.map(
      ({ request }) => `${request.side} ${request.qty} ${String(request.reduceOnly)}`,
    );
    expect(orders).toEqual(["Sell 0.25 false", "Buy 0.25 true", "Buy 0.1 false"]);
  });

  it("widens the price when an order falls short, and says so in the intent", async () => {
    const world = await started();
    world.exchange.fates.push({ fills: [0] }, { fills: [0.5] });
    world.decide("-0.25");
    await world.pass(1000);
    expect(world.exchange.orders.map(({ request }) => [request.qty, request.limitPrice])).toEqual([
      ["0.25", "59700"],
      ["0.25", "59400"],
      ["0.125", "59100"],
    ]);
  });

  it("at the widest price waits for the next decision instead of using up the order budget", async () => {
    const world = await started();
    world.exchange.fates.push(...Array.from({ length: 30 }, () => ({ fills: [0] })));
    world.decide("-0.25");
    await world.pass(900);
    const prices = world.exchange.orders.map(({ request }) => request.limitPrice);
    expect(prices.slice(0, 2)).toEqual(["59700", "59400"]);
    expect(new Set(prices).size).toBe(prices.length);
    world.decide("-0.25");
    await world.pass(100);
    expect(world.exchange.orders.length).toBe(prices.length + 1);
  });

  it("backs off after a definite refusal instead of asking again at once", async () => {
    const world = await started();
    world.exchange.fates.push(...Array.from({ length: 50 }, () => ({ refuse: 110007 })));
    world.decide("-0.25");
    await world.passDeciding(20_000, "-0.25");
    expect(world.exchange.requests).toBeGreaterThan(2);
    expect(world.exchange.requests).toBeLessThan(8);
  });
});

describe("refusals", () => {
  it("one cause is one record, and anew when the situation was another meanwhile", async () => {
    const world = await started();
    const stale = { inputQuality: InputQuality.INPUT_QUALITY_STALE };
    for (let times = 0; times < 5; times += 1) {
      world.decide("-0.25", stale);
      await world.pass(100);
    }
    expect(await refusals(world)).toEqual(["input_quality_not_fresh"]);
    world.decide("0", stale);
    await world.pass(100);
    world.decide("-0.25", stale);
    await world.pass(100);
    expect(await refusals(world)).toEqual(["input_quality_not_fresh", "input_quality_not_fresh"]);
    expect(world.metrics.value("hedgelock_hedger_refusals_total", { rule: "input_quality_not_fresh" })).toBeGreaterThan(
      5,
    );
    expect(world.exchange.requests).toBe(0);
  });

  it("an old decision is refused, and carried out when it comes fresh", async () => {
    const world = await started();
    world.decide("-0.25", { decidedTimeUs: world.time.nowUs() - 6_000_000 });
    await world.pass(500);
    expect(await refusals(world)).toEqual(["decision_too_old"]);
    expect(world.exchange.requests).toBe(0);
    world.decide("-0.25");
    await world.pass(500);
    expect(world.exchange.orders).toHaveLength(1);
  });

  it("a decision of a lower epoch is ignored", async () => {
    const world = await started();
    world.decide("-0.25", { epoch: 5 });
    await world.pass(500);
    world.decide("-1", { epoch: 4 });
    await world.pass(500);
    expect(world.exchange.positionQty.toFixed()).toBe("-0.25");
  });
});

describe("what is not ours", () => {
  it("a manual trade is adopted, with a metric, and the target reached from there", async () => {
    const world = await started();
    world.decide("-0.25");
    await world.pass(500);
    // Traded while the stream of executions was silent: only the position tells.
    world.collectorDown = true;
    world.exchange.foreignFill("Sell", "0.1");
    world.collectorDown = false;
    world.exchange.publishPositions();
    await world.pass(500);
    expect(world.metrics.value("hedgelock_hedger_positions_adopted_total")).toBe(1);
    await world.passDeciding(2000, "-0.25");
    expect(world.exchange.positionQty.toFixed()).toBe("-0.25");
    expect(world.exchange.orders.map(({ request }) => request.qty)).toEqual(["0.25", "0.1"]);
  });

  it("a position found at the start is adopted before anything is decided", async () => {
    const world = new World();
    world.exchange.positionQty = world.exchange.positionQty.minus(0.2);
    await world.start().hedger;
    expect(await world.events()).toEqual(["positionAdopted"]);
    world.decide("-0.25");
    await world.pass(500);
    expect(world.exchange.orders.map(({ request }) => request.qty)).toEqual(["0.05"]);
  });
});

describe("stopping", () => {
  it("opens nothing more, waits for the answer under way, and records it", async () => {
    const world = new World();
    const { hedger } = world.start();
    const running = await hedger;
    world.exchange.fates.push({ arrivesAfterMs: 100, answer: "lost" });
    world.decide("-0.25");
    await world.calm();
    const stopped = running.stop(5000);
    world.decide("-1");
    await world.pass(2000);
    await stopped;
    expect(world.exchange.requests).toBe(1);
    expect(await world.events()).toContain("outcomeUnknown");
  });

  it("leaves what does not end in time to the successor, which finds it", async () => {
    const world = new World();
    const running = await world.start().hedger;
    world.exchange.fates.push({ answer: "hang", fillsAfterMs: 8000 });
    world.decide("-0.25");
    await world.calm();
    const stopped = running.stop(2000);
    await world.pass(3000);
    await stopped;
    expect((await world.state()).intents.map((intent) => lifeStateOf(intent.state))).toEqual(["SENDING"]);
    await world.start().hedger;
    await world.passDeciding(15_000, "-0.25");
    expect(world.exchange.orders).toHaveLength(1);
    expect((await world.state()).positions[0]?.qty).toBe("-0.25");
  });
});
