import { manualTime } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import { settle } from "./settle.ts";

const RULES = { quietMs: 300, maxMs: 2000 };

/** Runs `settle` in manual time; `state` gives the feed at each moment. @returns how long it waited */
async function waited(state: (ms: number) => { readonly activity: number; readonly open: number }): Promise<number> {
  const time = manualTime(0);
  const progress = { done: false };
  const feed = {
    get activity() {
      return state(time.nowMs()).activity;
    },
    get openIntents() {
      return state(time.nowMs()).open;
    },
  };
  const settled = settle(feed, RULES, time, new AbortController().signal).then(() => {
    progress.done = true;
  });
  const runs = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  for (await runs(); !progress.done; await runs()) time.advance(100);
  await settled;
  return time.nowMs();
}

describe("settle", () => {
  it("waits until nothing was written for a while", async () => {
    expect(await waited(() => ({ activity: 1, open: 0 }))).toBeLessThanOrEqual(500);
    expect(await waited((ms) => ({ activity: Math.min(ms, 1000), open: 0 }))).toBeGreaterThanOrEqual(1300);
  });

  it("waits for open intents, but not for ever", async () => {
    expect(await waited((ms) => ({ activity: 1, open: ms < 900 ? 1 : 0 }))).toBeGreaterThanOrEqual(1200);
    expect(await waited(() => ({ activity: 1, open: 1 }))).toBe(2000);
  });
});
