import type { Bus } from "@hedgelock/bus";
import type { Clock, Logger, Random, Timers } from "@hedgelock/runtime";
import type { VenueTrading } from "@hedgelock/venue";

import type { OrderRules, PlanLimits, PlanTime } from "../domain/rules.ts";
import type { HedgerMetrics } from "../hedger-metrics.ts";
import type { CrashHook } from "./crash-points.ts";
import type { HedgeTracingDeps } from "./hedge-tracing.ts";
import type { Limiter } from "./limiter.ts";

/** Everything one account's hedger needs. */
export interface AccountDeps {
  readonly account: string;
  readonly bus: Bus;
  readonly venue: VenueTrading;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: HedgerMetrics;
  readonly partitions: number;
  readonly ledgerId: string;
  /** Names this process in every record; another start has another name. */
  readonly writer: string;
  readonly epoch: number;
  /** The venue's rules by `category/symbol`. */
  readonly rules: ReadonlyMap<string, OrderRules>;
  readonly limits: PlanLimits;
  readonly recvWindowMs: number;
  /** Shared by all accounts of the process: the budget of concurrent queries. */
  readonly queries: Limiter;
  readonly crash: CrashHook;
  readonly tracing: HedgeTracingDeps;
  readonly fatal: (error: unknown) => void;
}

/** Attempts under one link id before only evidence is left. */
export const MAX_ATTEMPTS = 3;

/** Both clocks now. */
export function planTime(deps: AccountDeps): PlanTime {
  return { nowUs: deps.clock.nowUs(), venueTimeMs: deps.venue.venueTimeMs() };
}
