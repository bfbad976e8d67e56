import type { Random } from "./clock.ts";

/** Mulberry32: small, fast, and good enough for repeatable simulations. Never for ids that must be unguessable. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    hex(bytes) {
      let text = "";
      for (let index = 0; index < bytes; index += 1) {
        text += Math.floor(next() * 256)
          .toString(16)
          .padStart(2, "0");
      }
      return text;
    },
  };
}
