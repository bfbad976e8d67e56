import type { BucketName } from "@hedgelock/contracts";
import { HedgeLockError } from "@hedgelock/runtime";

import { BUS_ERROR } from "./bus-error.ts";
import { NATS_HEADER } from "./message-headers.ts";
import type { StoredMessage } from "./port.ts";

/** Keys as NATS allows them (ADR-8), without empty tokens. */
const KEY = /^[-/_=A-Za-z0-9]+(\.[-/_=A-Za-z0-9]+)*$/;
const SECOND_MS = 1_000;

/** The key, when a bucket can hold it. @throws HedgeLockError BUS_INVALID_KEY */
export function checkedKey(key: string): string {
  if (KEY.test(key)) return key;
  throw new HedgeLockError(
    BUS_ERROR.INVALID_KEY,
    `${JSON.stringify(key)} cannot be a key: use A-Z a-z 0-9 - _ / = in parts separated by single dots`,
  );
}

/** How long a key with this life time really lives: the server counts whole seconds, so it is rounded up. */
export function wholeSecondsMs(ttlMs: number): number {
  return Math.max(1, Math.ceil(ttlMs / SECOND_MS)) * SECOND_MS;
}

/**
 * The value of the life time header.
 * @param markerTtlMs of the bucket; 0 when its keys do not expire
 * @throws HedgeLockError BUS_INVALID_KEY
 */
export function ttlHeader(bucket: BucketName, ttlMs: number, markerTtlMs: number): string {
  if (markerTtlMs === 0) {
    throw new HedgeLockError(BUS_ERROR.INVALID_KEY, `keys of bucket ${bucket} do not expire: leave the life time out`);
  }
  if (!Number.isFinite(ttlMs) || ttlMs <= 0) {
    throw new HedgeLockError(BUS_ERROR.INVALID_KEY, `a life time must be positive milliseconds, not ${ttlMs}`);
  }
  return `${wholeSecondsMs(ttlMs) / SECOND_MS}s`;
}

/** True for the marker of a deleted or expired key. */
export function isTombstone(message: StoredMessage): boolean {
  const operation = message.headers[NATS_HEADER.KV_OPERATION];
  return operation === "DEL" || operation === "PURGE" || message.headers[NATS_HEADER.MARKER_REASON] !== undefined;
}
