import type { JetStreamApi } from "./jetstream-api.ts";
import { leaderLast } from "./leader-read.ts";

/**
 * Sequence of the last message in the stream that any of the filters selects, from the stream's leader; 0 when there is
 * none. A consumer's own count of pending messages will not do: it may live on a replica that lags.
 */
export async function lastMatching(api: JetStreamApi, stream: string, filters: readonly string[]): Promise<number> {
  const last = await Promise.all(filters.map((filter) => leaderLast(api, stream, filter)));
  return Math.max(0, ...last.map((message) => message?.seq ?? 0));
}
