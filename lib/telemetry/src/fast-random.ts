import type { Random } from "@hedgelock/runtime";

/** Words of 32 random bits, for ids: unique, not secret. */
export interface FastRandom {
  /** Fills `words[from]` to `words[from + count - 1]`. */
  fill(words: Uint32Array, from: number, count: number): void;
}

const STATE_WORDS = 4;

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/**
 * xoshiro128** (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c), seeded with 128 random bits. A system
 * call, or even a pooled one, for every tick would cost more than everything else that tracing does there.
 */
export function fastRandom(seed: Random): FastRandom {
  const digits = seed.hex(STATE_WORDS * 4);
  const word = (index: number): number => Number.parseInt(digits.slice(index * 8, index * 8 + 8), 16) | 0;
  let a = word(0);
  let b = word(1);
  let c = word(2);
  // A state of zeros only would stay one.
  let d = word(3) | 1;
  return {
    fill(words, from, count) {
      for (let index = from; index < from + count; index += 1) {
        words[index] = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
        const shifted = b << 9;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = rotateLeft(d, 11);
      }
    },
  };
}
