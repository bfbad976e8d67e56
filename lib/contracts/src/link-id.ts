import { fnv1a32 } from "./hash.ts";

/** Longest order link id Bybit takes, and the characters it allows. */
export const LINK_ID_PATTERN = /^[A-Za-z0-9_-]{1,36}$/;

const LINK_ID = /^hl-([0-9a-z]{14})-([0-9a-z]{1,11})$/;

/**
 * The order link id of an intent: a pure function of the ledger, the account and the version of the ledger record that
 * opened the intent, so whoever takes over names the same order. The ledger's own identity is part of it, because a
 * venue remembers link ids for good while a ledger can be provisioned anew.
 * At most 29 characters of `[a-z0-9-]`.
 */
export function orderLinkId(ledgerId: string, account: string, version: number): string {
  if (!Number.isSafeInteger(version) || version < 1)
    throw new RangeError(`version must be a positive integer, not ${version}`);
  const key = `${ledgerId}/${account}`;
  const low = fnv1a32(key).toString(36).padStart(7, "0");
  const high = fnv1a32(key, 0x9747b28c).toString(36).padStart(7, "0");
  return `hl-${high}${low}-${version.toString(36)}`;
}

/** True for an id that {@link orderLinkId} built for this ledger and account: such an order is ours. */
export function isOwnLinkId(linkId: string, ledgerId: string, account: string): boolean {
  const match = LINK_ID.exec(linkId);
  if (match?.[2] === undefined) return false;
  const version = Number.parseInt(match[2], 36);
  return Number.isSafeInteger(version) && version > 0 && orderLinkId(ledgerId, account, version) === linkId;
}
