import type { Timers } from "@hedgelock/runtime";

import type { BusFeed } from "../feed/bus-feed.ts";

const POLL_MS = 100;

/** How long to wait for quiet. */
export interface SettleRules {
  /** Nothing may have happened for this long: longer than one refresh of the risk engine and one check of a hedge. */
  readonly quietMs: number;
  /** Then the books are read as they are; what is still open is reported as such. */
  readonly maxMs: number;
}

/** After the last price: waits until the ledger has no open intent and nothing new was written for a while. */
export async function settle(
  feed: Pick<BusFeed, "activity" | "openIntents">,
  rules: SettleRules,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> {
  let quietMs = 0;
  let last = -1;
  for (let waitedMs = 0; waitedMs < rules.maxMs && quietMs < rules.quietMs; waitedMs += POLL_MS) {
    const { activity } = feed;
    quietMs = activity === last && feed.openIntents === 0 ? quietMs + POLL_MS : 0;
    last = activity;
    await timers.sleep(POLL_MS, signal);
  }
}
