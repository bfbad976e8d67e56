import { expect, it } from "vitest";

import { ttlHeader } from "./key-value-rules.ts";

it("rounds a life time up to the whole seconds the server counts in", () => {
  expect(ttlHeader("LEASE", 1, 60_000)).toBe("1s");
  expect(ttlHeader("LEASE", 1_000, 60_000)).toBe("1s");
  expect(ttlHeader("LEASE", 1_001, 60_000)).toBe("2s");
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => ttlHeader("LEASE", bad, 60_000)).toThrow("life time");
  }
  expect(() => ttlHeader("CONFIG", 1_000, 0)).toThrow("do not expire");
});
