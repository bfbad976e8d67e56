import { fnv1a32 } from "./hash.ts";

/** Number of partitions when nothing else is provisioned. Fixed once the streams exist. */
export const DEFAULT_PARTITIONS = 16;

/** Most partitions a deployment may have. */
export const MAX_PARTITIONS = 1024;

/**
 * The partition of an account: FNV-1a 32 of its UTF-8 name, modulo the number of partitions.
 * Published test vectors stand in `partition.test.ts` and in docs/contracts.md; changing this function orphans every ledger.
 * @throws RangeError when `partitions` is not a whole number from 1 to MAX_PARTITIONS
 */
export function partitionOf(account: string, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw new RangeError(`partitions must be a whole number from 1 to ${MAX_PARTITIONS}, not ${partitions}`);
  }
  return fnv1a32(account) % partitions;
}
