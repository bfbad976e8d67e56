import { manualTime, seededRandom } from "@hedgelock/runtime";
import { expect, it } from "vitest";

import { reconnectDelay } from "./reconnect-delay.ts";

it("is quick at first, rare in a long outage, and quick again in the next", () => {
  const time = manualTime(0);
  const delayMs = reconnectDelay(time, seededRandom(1));
  const within = (low: number, high: number): void => {
    const delay = delayMs();
    expect(delay).toBeGreaterThanOrEqual(low);
    expect(delay).toBeLessThanOrEqual(high);
  };
  within(100, 250);
  for (let second = 0; second < 12; second += 1) {
    time.advance(1_000);
    delayMs();
  }
  within(500, 750);
  for (let second = 0; second < 60; second += 1) {
    time.advance(1_000);
    delayMs();
  }
  within(1_500, 2_000);
  time.advance(60_000);
  within(100, 250);
});
