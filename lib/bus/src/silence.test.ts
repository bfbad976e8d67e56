import { expect, it } from "vitest";

import { Silence } from "./silence.ts";

it("counts its own ticks, not the time that passed while nobody could listen", () => {
  const silence = new Silence(600, 200);
  expect([silence.tick(), silence.tick(), silence.tick()]).toEqual([false, false, true]);
  expect(silence.tick()).toBe(false);
  silence.heard();
  expect([silence.tick(), silence.tick(), silence.tick()]).toEqual([false, false, true]);
});
