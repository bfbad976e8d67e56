import type { Clock, Logger, Metrics, Random, Timers } from "@hedgelock/runtime";

/** What every part of the bus is handed. */
export interface BusDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}
