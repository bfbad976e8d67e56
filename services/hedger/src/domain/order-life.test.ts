import { OrderState } from "@hedgelock/contracts";
import { describe, expect, it } from "vitest";

import {
  FINAL_STATES,
  IllegalTransitionError,
  LIFE_EVENTS,
  LIFE_STATES,
  type LifeState,
  transition,
  TRANSITIONS,
} from "./order-life.ts";

const reachable = (): ReadonlySet<LifeState> => {
  const seen = new Set<LifeState>(["NONE"]);
  for (const state of seen) for (const next of Object.values(TRANSITIONS[state])) seen.add(next);
  return seen;
};

describe("the order life", () => {
  it("reaches every state from the start", () => {
    expect([...reachable()].toSorted()).toEqual([...LIFE_STATES].toSorted());
  });

  it("leaves a final state only for another final one, or by a contradiction, which raises an alarm", () => {
    const ways = FINAL_STATES.flatMap((state) =>
      Object.entries(TRANSITIONS[state]).filter(
        ([event, next]) => event !== "contradict" && !FINAL_STATES.includes(next),
      ),
    );
    expect(ways).toEqual([]);
  });

  it("attempts an order again only while nobody knows what became of it", () => {
    const attempted = LIFE_STATES.filter((state) => TRANSITIONS[state].attempt !== undefined);
    expect(attempted).toEqual(["SENDING", "UNKNOWN"]);
  });

  it("believes that an order never arrived only while there is no sign of it", () => {
    expect(LIFE_STATES.filter((state) => TRANSITIONS[state].never_arrived !== undefined)).toEqual([
      "SENDING",
      "UNKNOWN",
    ]);
  });

  it("verifies only what was settled with a trade", () => {
    expect(LIFE_STATES.filter((state) => TRANSITIONS[state].verify !== undefined)).toEqual(["FILLED", "CANCELLED"]);
  });

  it("throws for every pair that is not in the table", () => {
    expect(() => transition(OrderState.ORDER_STATE_FILLED, "attempt")).toThrow(IllegalTransitionError);
    expect(() => transition(OrderState.ORDER_STATE_ACKED, "never_arrived")).toThrow(/ACKED cannot never_arrived/);
    expect(() => transition(OrderState.ORDER_STATE_UNSPECIFIED, "fill_part")).toThrow(IllegalTransitionError);
    for (const event of LIFE_EVENTS) {
      if (TRANSITIONS.VERIFIED[event] === undefined) {
        expect(() => transition(OrderState.ORDER_STATE_VERIFIED, event)).toThrow(IllegalTransitionError);
      }
    }
  });
});
