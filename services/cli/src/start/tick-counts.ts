import { HedgeLockError } from "@hedgelock/runtime";
import type { Timers } from "@hedgelock/runtime";

import { EXIT } from "../cli/exit-status.ts";
import type { BusFeed } from "../feed/bus-feed.ts";
import { fetchText } from "../feed/fetch-text.ts";

const EVALUATED_METRIC = /^hedgelock_risk_ticks_total(?:\{[^}]*\})? (\d+(?:\.\d+)?(?:e\+?\d+)?)$/m;
const POLL_MS = 50;
const ATTEMPTS = 40;

/** Ticks stored on the bus, and ticks the risk engine has taken in by its own metric. */
export interface TickCounts {
  readonly published: number;
  readonly evaluated: number;
}

export interface TickSources {
  readonly feed: Pick<BusFeed, "ticksPublished">;
  /** Port of the risk engine's metrics. */
  readonly riskPort: number;
  readonly timers: Timers;
}

async function ticksEvaluated({ riskPort, timers }: TickSources): Promise<number> {
  const metrics = await fetchText(`http://127.0.0.1:${riskPort}/metrics`, "the risk engine", timers);
  const value = EVALUATED_METRIC.exec(metrics)?.[1];
  if (value !== undefined) return Number(value);
  throw new HedgeLockError("METRIC_MISSING", "the risk engine has no metric hedgelock_risk_ticks_total", {
    exitStatus: EXIT.SERVICE_FAILED,
  });
}

/**
 * Counts at a quiet moment: both read again until neither moves (a heartbeat of the feed may be under way).
 * @throws HedgeLockError METRIC_MISSING
 */
export async function countTicks(sources: TickSources): Promise<TickCounts> {
  let last: TickCounts = { published: -1, evaluated: -1 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const counts = { published: sources.feed.ticksPublished, evaluated: await ticksEvaluated(sources) };
    if (counts.published === last.published && counts.evaluated === last.evaluated) return counts;
    last = counts;
    await sources.timers.sleep(POLL_MS);
  }
  return last;
}

/** What was counted since `start`. The risk engine starts with the newest tick of each symbol, not with all before. */
export function ticksSince(start: TickCounts, end: TickCounts): TickCounts {
  return { published: end.published - start.published, evaluated: end.evaluated - start.evaluated };
}
