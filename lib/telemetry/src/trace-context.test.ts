import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { seededRandom } from "@hedgelock/runtime";

import { childOf, formatTraceparent, newTrace, parseTraceparent } from "./trace-context.ts";

describe("trace context", () => {
  it("round trips through its header", () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, sampled) => {
        const context = { ...newTrace(seededRandom(seed)), sampled };
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
  });

  it("a child keeps the trace and has a span of its own", () => {
    const random = seededRandom(1);
    const parent = newTrace(random);
    const child = childOf(parent, random);
    expect(child.traceId).toBe(parent.traceId);
    expect(child.spanId).not.toBe(parent.spanId);
  });

  it.each([
    undefined,
    "",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
  ])("%s is not a context", (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});
