import { describe, expect, it } from "vitest";

import { CRASH_POINTS, type CrashPoint } from "./account/crash-points.ts";
import { INVARIANTS } from "./domain/change.ts";
import { isResolved } from "./domain/ledger-state.ts";
import type { Fate } from "./testing/fake-exchange.ts";
import { World } from "./testing/world.ts";

/** How the first order fares at the exchange; every later one goes well. */
const FATES: Readonly<Record<string, Fate>> = {
  "all is well": {},
  "the answer is lost": { answer: "lost" },
  "the request is lost": { arrivesAfterMs: "never", answer: "lost" },
  "it is filled in part": { fills: [0.4, 0.2] },
  "the answer never comes and the events are late": { answer: "hang", eventsAfterMs: 3000 },
  "it arrives late": { arrivesAfterMs: 2000 },
  "it arrives after its window": { arrivesAfterMs: 7000 },
  "it is refused for good": { refuse: 110007 },
  "nothing fills": { fills: [0] },
};

/** An order that ends short is followed by another for the rest; all others stay alone. */
const ENDS_SHORT: readonly string[] = ["it is filled in part", "nothing fills"];

async function killAndSucceed(
  fate: Fate,
  crashPoint: CrashPoint,
  nth: number,
): Promise<{ world: World; hit: boolean }> {
  const world = new World();
  world.exchange.fates.push(fate);
  const first = world.start({ crashPoint, nth });
  await world.calm();
  world.decide("-0.25");
  await world.passDeciding(3000, "-0.25");
  const hit = first.life.dead;
  first.life.kill();
  world.start();
  await world.passDeciding(40_000, "-0.25");
  return { world, hit };
}

describe("killed between two steps: the successor finishes what was begun, once", () => {
  const hits = new Set<CrashPoint>();

  for (const [name, fate] of Object.entries(FATES)) {
    for (const crashPoint of CRASH_POINTS) {
      it(`${name}; killed at ${crashPoint}`, async () => {
        for (const nth of name === "it is filled in part" ? [1, 2] : [1]) {
          const { world, hit } = await killAndSucceed(fate, crashPoint, nth);
          if (hit) hits.add(crashPoint);
          expect(world.failures).toEqual([]);
          expect(world.exchange.positionQty.toFixed()).toBe("-0.25");

          const records = await world.ledger();
          expect(records.map((record) => record.version)).toEqual(records.map((_, index) => index + 1));
          const state = await world.state();
          expect(state.intents.filter((intent) => !isResolved(intent))).toEqual([]);
          expect(state.positions.find((position) => position.symbol === "BTCUSDT")?.qty).toBe("-0.25");

          const links = world.exchange.orders.map((order) => order.request.linkId);
          expect(new Set(links).size).toBe(links.length);
          const openings = records.flatMap(({ event }) =>
            event?.body?.$case === "intentOpened" ? [event.body.value.linkId] : [],
          );
          expect(new Set(openings).size).toBe(openings.length);
          for (const link of links) expect(openings).toContain(link);
          if (!ENDS_SHORT.includes(name)) expect(links).toHaveLength(1);
          for (const invariant of INVARIANTS) expect(world.violations(invariant), invariant).toBe(0);
        }
      });
    }
  }

  it("and all of these steps were really come to", () => {
    const missed = CRASH_POINTS.filter((point) => !hits.has(point));
    // These three need something else to go wrong; hedger.races and hedger.lessons bring it about.
    const elsewhere = ["neverArrived", "positionAdopted", "refused"].flatMap((name) => [
      `append.${name}.before`,
      `append.${name}.after`,
    ]);
    expect(missed.toSorted()).toEqual(elsewhere.toSorted());
  });
});
