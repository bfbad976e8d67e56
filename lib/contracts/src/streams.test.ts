import { describe, expect, it } from "vitest";

import { BUCKETS, STREAMS } from "./streams.ts";

describe("streams", () => {
  it("the ledger refuses rather than forgets, and nobody may delete from it", () => {
    const ledger = STREAMS.find((stream) => stream.name === "HEDGE");
    expect(ledger).toMatchObject({
      whenFull: "refuse",
      immutable: true,
      maxAgeMs: 0,
      maxPerSubject: 0,
      storage: "file",
    });
  });

  it("every stream is bounded, and together they fit a laptop", () => {
    expect(STREAMS.every((stream) => stream.maxBytes > 0)).toBe(true);
    const onDisk = STREAMS.filter((stream) => stream.storage === "file").reduce(
      (sum, stream) => sum + stream.maxBytes,
      0,
    );
    expect(onDisk).toBeLessThanOrEqual(5 * 1024 ** 3);
  });

  it("leases have history 1: with more, a lease of 2 s would last as long as its marker", () => {
    expect(BUCKETS.find((bucket) => bucket.name === "LEASE")?.history).toBe(1);
  });
});
