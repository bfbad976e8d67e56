import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

import type { Clock, Random, Timers } from "./clock.ts";

/**
 * The machine's clock. Anchored at process start and advanced monotonically, so that intervals are exact and a step of
 * the wall clock during the process's life does not show.
 */
export const systemClock: Clock = {
  nowUs: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
  nowMs: () => Math.floor(performance.timeOrigin + performance.now()),
};

/** The event loop's timers. */
export const systemTimers: Timers = {
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    return () => {
      clearTimeout(handle);
    };
  },
  every(periodMs, run) {
    const handle = setInterval(run, periodMs);
    return () => {
      clearInterval(handle);
    };
  },
  async sleep(delayMs, signal) {
    await delay(delayMs, undefined, signal === undefined ? {} : { signal });
  },
};

const POOL_BYTES = 4096;

/** Cryptographic randomness, drawn from a pool: one system call serves many ids. */
export function systemRandom(): Random {
  let pool = Buffer.alloc(0);
  let offset = 0;
  return {
    next: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    hex(bytes) {
      if (offset + bytes > pool.length) {
        pool = randomBytes(Math.max(POOL_BYTES, bytes));
        offset = 0;
      }
      offset += bytes;
      return pool.toString("hex", offset - bytes, offset);
    },
  };
}
