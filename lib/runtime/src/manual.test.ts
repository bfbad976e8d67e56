import { describe, expect, it } from "vitest";

import { manualTime } from "./manual.ts";
import { seededRandom } from "./seeded.ts";
import { systemClock, systemRandom } from "./system.ts";

describe("manualTime", () => {
  it("runs what falls due in order of time, at its own time", () => {
    const time = manualTime(1_000);
    const seen: string[] = [];
    time.every(10, () => seen.push(`every@${time.nowMs()}`));
    time.after(15, () => seen.push(`after@${time.nowMs()}`));
    const cancel = time.after(5, () => seen.push("cancelled"));
    cancel();
    time.advance(25);
    expect(seen).toEqual(["every@1010", "after@1015", "every@1020"]);
    expect(time.nowUs()).toBe(1_025_000);
  });

  it("ends a sleep when its signal aborts", async () => {
    const abort = new AbortController();
    const sleeping = manualTime(0).sleep(10, abort.signal);
    abort.abort(new Error("stop"));
    await expect(sleeping).rejects.toThrow("stop");
  });
});

describe("randomness", () => {
  it("repeats with the same seed and differs with another", () => {
    const draw = (seed: number): string => seededRandom(seed).hex(16);
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
  });

  it("gives distinct ids of the right length across the pool's end", () => {
    const random = systemRandom();
    const ids = new Set(Array.from({ length: 2_000 }, () => random.hex(16)));
    expect(ids.size).toBe(2_000);
    expect([...ids].every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});

describe("systemClock", () => {
  it("never goes back", () => {
    let last = systemClock.nowUs();
    for (let index = 0; index < 10_000; index += 1) {
      const now = systemClock.nowUs();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
});
