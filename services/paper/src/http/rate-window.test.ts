import { expect, test } from "vitest";

import { createRateWindows } from "./rate-window.ts";

test("a bucket holds the calls of the last second; beyond the limit the reset lies ahead of now", () => {
  const rates = createRateWindows(true);
  expect(rates.take("a", 2, 1000)).toEqual({ exceeded: false, remaining: 1, resetMs: 1000 });
  expect(rates.take("a", 2, 1400)).toEqual({ exceeded: false, remaining: 0, resetMs: 1400 });
  expect(rates.take("a", 2, 1900)).toEqual({ exceeded: true, remaining: 0, resetMs: 2000 });
  expect(rates.take("b", 2, 1900)).toMatchObject({ exceeded: false });
  expect(rates.take("a", 2, 2000)).toMatchObject({ exceeded: false, remaining: 0 });
});

test("without enforcement it only counts", () => {
  const rates = createRateWindows(false);
  for (let call = 0; call < 50; call += 1) expect(rates.take("a", 5, 1000).exceeded).toBe(false);
  expect(rates.take("a", 5, 1000).remaining).toBe(0);
});
