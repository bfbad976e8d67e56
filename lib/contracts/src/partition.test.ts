import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fnv1a32 } from "./hash.ts";
import { MAX_PARTITIONS, partitionOf } from "./partition.ts";

/** Published in docs/contracts.md: account, then its partition of 16, of 7 and of 1024. */
const VECTORS: readonly (readonly [string, number, number, number])[] = [
  ["acct-001", 4, 0, 884],
  ["acct-002", 13, 4, 45],
  ["main", 8, 6, 520],
  ["A", 12, 6, 716],
  ["desk_42", 3, 0, 227],
  ["0123456789", 2, 3, 1010],
];

describe("fnv1a32", () => {
  it("agrees with the vectors its authors publish", () => {
    expect(fnv1a32("")).toBe(0x811c9dc5);
    expect(fnv1a32("a")).toBe(0xe40c292c);
    expect(fnv1a32("foobar")).toBe(0xbf9cf968);
  });
});

describe("partitionOf", () => {
  it.each(VECTORS)("%s", (account, of16, of7, of1024) => {
    expect([partitionOf(account, 16), partitionOf(account, 7), partitionOf(account, 1024)]).toEqual([
      of16,
      of7,
      of1024,
    ]);
  });

  it("is always a partition, and always the same", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: MAX_PARTITIONS }), (account, partitions) => {
        const partition = partitionOf(account, partitions);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(partitions);
        expect(partitionOf(account, partitions)).toBe(partition);
      }),
    );
  });

  it("spreads accounts: no partition of 16 holds more than twice its share of 10,000", () => {
    const counts = Array.from({ length: 16 }, () => 0);
    for (let index = 0; index < 10_000; index += 1) {
      const partition = partitionOf(`acct-${index}`, 16);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.max(...counts)).toBeLessThan(1_250);
    expect(Math.min(...counts)).toBeGreaterThan(312);
  });

  it.each([0, -1, 1.5, MAX_PARTITIONS + 1, Number.NaN])("refuses %s partitions", (partitions) => {
    expect(() => partitionOf("a", partitions)).toThrow(RangeError);
  });
});
