import { expect, it } from "vitest";

import { derivedSpanId, rootSpanId } from "./span-id.ts";

it("gives the same names the same id, other names another", () => {
  expect(derivedSpanId("hl-1", "fill", "e1")).toBe("94705887fcc87a50");
  expect(derivedSpanId("hl-1", "fille1")).not.toBe(derivedSpanId("hl-1", "fill", "e1"));
  expect(derivedSpanId("hl-1", "fill")).toMatch(/^[0-9a-f]{16}$/);
});

it("gives a trace's first span an id that is no part of the trace id", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  expect(rootSpanId(traceId)).toBe(rootSpanId(traceId));
  expect(traceId).not.toContain(rootSpanId(traceId));
});
