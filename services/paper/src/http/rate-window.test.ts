import { expect, test } from "vitest";

import { createRateWindows } from "./rate-window.ts";

test("a bucket holds the calls of the last second; beyond the limit the reset lies ahead of now", () => {
  const rates = createRateWindows(true);
  expect(rates.take("a", 2, 1000)).toEqual({ granted: 1, exceeded: false, remaining: 1, resetMs: 1000 });
  expect(rates.take("a", 2, 1400)).toEqual({ granted: 1, exceeded: false, remaining: 0, resetMs: 1400 });
  expect(rates.take("a", 2, 1900)).toEqual({ granted: 0, exceeded: true, remaining: 0, resetMs: 2000 });
  expect(rates.take("b", 2, 1900)).toMatchObject({ exceeded: false });
  expect(rates.take("a", 2, 2000)).toMatchObject({ exceeded: false, remaining: 0 });
});

test("without enforcement it only counts", () => {
  const rates = createRateWindows(false);
  for (let call = 0; call < 50; call += 1) expect(rates.take("a", 5, 1000).exceeded).toBe(false);
  expect(rates.take("a", 5, 1000).remaining).toBe(0);
});

test("a batch takes as much as it has orders, and gets what is left", () => {
  const rates = createRateWindows(true);
  expect(rates.take("a", 10, 1000, 7)).toMatchObject({ granted: 7, remaining: 3 });
  expect(rates.take("a", 10, 1000, 7)).toMatchObject({ granted: 3, exceeded: false, remaining: 0 });
  expect(rates.take("a", 10, 1000, 7)).toMatchObject({ granted: 0, exceeded: true });
});

test("an address may call 600 times in 5 s", () => {
  const rates = createRateWindows(true);
  for (let call = 0; call < 600; call += 1) expect(rates.takeAddress("x", 1000)).toBe(true);
  expect(rates.takeAddress("x", 5999)).toBe(false);
  expect(rates.takeAddress("y", 5999)).toBe(true);
  expect(rates.takeAddress("x", 6001)).toBe(true);
});
