import { describe, expect, it } from "vitest";

import { percentiles } from "./percentiles.ts";

describe("percentiles", () => {
  it("takes the nearest rank, in any order of samples", () => {
    const samples = Array.from({ length: 1000 }, (_unused, index) => 1000 - index);
    expect(percentiles(samples)).toEqual({ p50: 500, p99: 990, p999: 999, n: 1000 });
    expect(percentiles([7])).toEqual({ p50: 7, p99: 7, p999: 7, n: 1 });
  });

  it("says null where there is nothing", () => {
    expect(percentiles([])).toEqual({ p50: null, p99: null, p999: null, n: 0 });
  });
});
