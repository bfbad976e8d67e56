import { describe, expect, it } from "vitest";

import { replayTimeAt } from "./replay-clock.ts";

describe("replayTimeAt", () => {
  const timeline = [
    [1000, 60_000],
    [1200, 120_000],
    [1300, 180_000],
  ] as const;

  it("interpolates between the pairs", () => {
    expect(replayTimeAt(timeline, 1000)).toBe(60_000);
    expect(replayTimeAt(timeline, 1100)).toBe(90_000);
    expect(replayTimeAt(timeline, 1250)).toBe(150_000);
  });

  it("is undefined before the start, and stands at the last pair after the end", () => {
    expect(replayTimeAt(timeline, 999)).toBeUndefined();
    expect(replayTimeAt([], 1)).toBeUndefined();
    expect(replayTimeAt(timeline, 9999)).toBe(180_000);
  });
});
