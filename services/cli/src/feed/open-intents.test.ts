import { describe, expect, it } from "vitest";

import { LINK, ONE_HEDGE, entry, intent } from "../audit/testing/scenario.ts";
import { openIntents } from "./open-intents.ts";

describe("openIntents", () => {
  it("holds a filled intent open until its effect is checked", () => {
    const open = openIntents();
    const counts = ONE_HEDGE.map(({ record }) => {
      open.record(record);
      return open.count;
    });
    expect(counts).toEqual([1, 1, 1, 1, 0]);
  });

  it("lets an unfilled one go when it is closed, a rejected one and one that never arrived at once", () => {
    for (const body of [
      { $case: "closed", value: { linkId: LINK, orderStatus: "Cancelled", reason: "IOC" } },
      { $case: "rejected", value: { linkId: LINK, code: 1, message: "" } },
      { $case: "neverArrived", value: { linkId: LINK, evidence: "" } },
    ] as const) {
      const open = openIntents();
      open.record(entry(1, 1, { $case: "intentOpened", value: { linkId: LINK } }, [intent()]).record);
      open.record(entry(2, 2, body).record);
      expect(open.count).toBe(0);
    }
  });
});
