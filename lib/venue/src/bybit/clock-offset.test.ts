import { manualTime } from "@hedgelock/runtime";
import { expect, test } from "vitest";

import { ClockOffset } from "./clock-offset.ts";

const START_MS = 1_785_600_000_000;

test("is the local clock until something was measured", () => {
  const offset = new ClockOffset(manualTime(START_MS));
  expect(offset.known).toBe(false);
  expect(offset.nowMs()).toBe(START_MS);
});

test("takes the middle of the request as the moment of the venue's time", () => {
  const time = manualTime(START_MS);
  const offset = new ClockOffset(time);
  const sentUs = time.nowUs();
  time.advance(100);
  offset.observe(START_MS + 50 + 700, sentUs, time.nowUs());
  expect(offset.offsetMs).toBe(700);
  expect(offset.nowMs()).toBe(START_MS + 100 + 700);
});

test("one slow answer does not move the clock", () => {
  const offset = new ClockOffset(manualTime(START_MS));
  const us = START_MS * 1000;
  for (let sample = 0; sample < 9; sample += 1) offset.observe(START_MS + 10, us, us);
  offset.observe(START_MS + 10, us - 4_000_000, us);
  expect(offset.offsetMs).toBe(10);
});

test("a step of the venue's clock shows once most samples have seen it, at once after a reset", () => {
  const offset = new ClockOffset(manualTime(START_MS));
  const us = START_MS * 1000;
  for (let sample = 0; sample < 40; sample += 1) offset.observe(START_MS, us, us);
  for (let sample = 0; sample < 8; sample += 1) offset.observe(START_MS + 5000, us, us);
  expect(offset.offsetMs).toBe(5000);
  offset.reset();
  offset.observe(START_MS - 3000, us, us);
  expect(offset.offsetMs).toBe(-3000);
});
