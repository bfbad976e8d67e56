import type { z } from "zod";

import type { Clock, Random, Timers } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";

/** What keeps a service from being ready; undefined when nothing does. */
export type ReadinessCheck = () => string | undefined;

/** What the runtime hands to a service. */
export interface ServiceContext<Config> {
  readonly config: Config;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Names this process: goes into message ids, logs and metrics. Letters, digits, - and _. */
  readonly writer: string;
  /** Aborts when the service is asked to stop. */
  readonly signal: AbortSignal;
  /** Adds a condition to /readyz. */
  readonly addReadiness: (name: string, check: ReadinessCheck) => void;
  /** Ends the process with a final log line, because going on would be wrong. */
  readonly fatal: (error: unknown) => void;
}

/** A started service. */
export interface RunningService {
  /**
   * Stops in order: take no new work, finish what is in flight, release what is owned, close connections.
   * @param budgetMs time left; what is not done by then is abandoned loudly
   */
  stop(budgetMs: number): Promise<void>;
}

/** A service as `runService` starts it. */
export interface ServiceDefinition<Config> {
  /** Short name: "collector", "risk", "hedger", "paper". */
  readonly name: string;
  /** Shape of its own configuration; unknown keys are refused. */
  readonly config: z.ZodType<Config>;
  readonly start: (context: ServiceContext<Config>) => Promise<RunningService>;
}
