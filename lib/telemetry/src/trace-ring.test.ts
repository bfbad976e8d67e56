import { seededRandom } from "@hedgelock/runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseTraceparent } from "./trace-context.ts";
import { TraceRing } from "./trace-ring.ts";

function ids(ring: TraceRing, slot: number): { readonly traceId: string; readonly spanId: string } {
  const context = parseTraceparent(ring.traceparent(slot));
  if (context === undefined) throw new Error("no valid header");
  return context;
}

describe("the trace ring", () => {
  it("gives every message a valid header of its own, not sampled", () => {
    const ring = new TraceRing(1024, seededRandom(1));
    const headers = Array.from({ length: 5000 }, () => ring.traceparent(ring.add(0, 1, 2)));
    for (const header of headers) expect(parseTraceparent(header)?.sampled).toBe(false);
    expect(new Set(headers.map((header) => header.slice(3, 35))).size).toBe(headers.length);
    expect(new Set(headers.map((header) => header.slice(36, 52))).size).toBe(headers.length);
  });

  it("of two processes, no two messages have the same ids", () => {
    const [left, right] = [seededRandom(1), seededRandom(2)].map((random) => new TraceRing(4, random));
    const header = (ring: TraceRing | undefined): string => ring?.traceparent(ring.add(0, 1, 2)) ?? "";
    const all = Array.from({ length: 200 }, () => [header(left), header(right)]).flat();
    expect(new Set(all).size).toBe(400);
  });

  it("finds exactly the newest messages again, with their times", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (count, seed) => {
        const ring = new TraceRing(8, seededRandom(seed));
        const added = Array.from({ length: count }, (_, index) => {
          const slot = ring.add(index, 1000 + index, 2000 + index);
          return { ...ids(ring, slot), index, slot };
        });
        for (const { traceId, spanId, index, slot } of added) {
          const entry = {
            slot,
            lane: index,
            traceId,
            spanId,
            receiveUs: 1000 + index,
            publishUs: 2000 + index,
            storedUs: 0,
          };
          expect(ring.find(traceId)).toEqual(index >= count - 8 ? entry : undefined);
        }
      }),
    );
  });

  it("finds nothing it never had", () => {
    const ring = new TraceRing(8, seededRandom(1));
    expect(ring.find("f".repeat(32))).toBeUndefined();
    expect(ring.find("not a trace id")).toBeUndefined();
  });

  it("notes an acknowledgement only while the message is there", () => {
    const ring = new TraceRing(2, seededRandom(1));
    const first = ring.add(0, 1, 2);
    const { traceId } = ids(ring, first);
    ring.stored(first, 77);
    expect(ring.find(traceId)?.storedUs).toBe(77);
    ring.add(0, 3, 4);
    const third = ring.add(0, 5, 6);
    ring.stored(first, 99);
    expect(ring.find(ids(ring, third).traceId)?.storedUs).toBe(0);
  });

  it("says how far back it reaches", () => {
    const ring = new TraceRing(4, seededRandom(1));
    for (let index = 0; index < 3; index += 1) ring.add(0, index, 100 + index);
    expect(ring.horizonUs(200)).toBe(Number.POSITIVE_INFINITY);
    for (let index = 3; index < 6; index += 1) ring.add(0, index, 100 + index);
    expect(ring.horizonUs(200)).toBe(98);
  });

  it.each([0, 1, 3, 1000])("refuses %d slots", (slots) => {
    expect(() => new TraceRing(slots, seededRandom(1))).toThrow("power of two");
  });
});
