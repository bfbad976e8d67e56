import { fnv1a32 } from "./hash.ts";
import type { AccountKind } from "./subjects.ts";
import { subjectToken } from "./token.ts";

/** Longest message id built here: dedup keeps every id in memory on each replica. */
export const MAX_MESSAGE_ID_LENGTH = 160;

/**
 * Id of a tick: the exchange's own sequence **and** time. Bybit repeats a cross sequence on ticker frames whose
 * content differs (recorded 2026-08-09: the same `cs` with another `usdIndexPrice` and another `ts`), so the sequence
 * alone would drop facts.
 */
export function tickMessageId(tick: {
  readonly category: string;
  readonly symbol: string;
  readonly kind: number;
  readonly exchangeSeq: number;
  readonly exchangeTimeMs: number;
}): string {
  return `${tick.category}:${tick.symbol}:${tick.kind}:${tick.exchangeSeq}:${tick.exchangeTimeMs}`;
}

/** Id of an account snapshot: account, surface, the venue's time and a digest of the content. */
export function snapshotMessageId(account: string, kind: AccountKind, exchangeTimeMs: number, content: string): string {
  return `${subjectToken("account", account)}:${kind}:${exchangeTimeMs}:${fnv1a32(content).toString(36)}`;
}

/** Id of an execution: the venue's execId, which is unique per account. */
export function executionMessageId(account: string, execId: string): string {
  return `x:${subjectToken("account", account)}:${execId}`;
}

/** Id of an order update: order, the venue's update time, status and filled quantity. */
export function orderUpdateMessageId(
  account: string,
  order: {
    readonly orderId: string;
    readonly updatedTimeMs: number;
    readonly orderStatus: string;
    readonly cumExecQty: string;
  },
): string {
  return `o:${subjectToken("account", account)}:${order.orderId}:${order.updatedTimeMs}:${order.orderStatus}:${order.cumExecQty}`;
}

/**
 * Id of a checked append (RISK, HEDGE, TREASURY). It contains the writer: with a shared id, deduplication would answer
 * the loser of a race "duplicate", which reads as success.
 */
export function appendMessageId(account: string, version: number, writer: string): string {
  return `${subjectToken("account", account)}:${version}:${subjectToken("writer", writer)}`;
}
