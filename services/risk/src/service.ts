import { connectBus } from "@hedgelock/bus";
import type { ServiceDefinition } from "@hedgelock/runtime";
import { startTracing } from "@hedgelock/telemetry";

import { riskConfig } from "./config.ts";
import type { RiskConfig } from "./config.ts";
import { startRisk } from "./start-risk.ts";

/** Of the time for stopping, for exporting the last spans. */
const FLUSH_SHARE = 0.2;

/** The risk engine as a process. */
export const riskService: ServiceDefinition<RiskConfig> = {
  name: "risk",
  config: riskConfig,
  async start(context) {
    const { config, clock, timers, random, log, metrics, fatal } = context;
    const tracing = await startTracing(config.tracing, { ...context, service: "risk" });
    const bus = await connectBus({
      ...config.nats,
      name: "risk",
      clock,
      timers,
      random,
      log,
      metrics,
      onLost: fatal,
    });
    try {
      const running = await startRisk(bus, context, tracing);
      return {
        async stop(budgetMs) {
          try {
            await running.stop(budgetMs * (1 - FLUSH_SHARE));
          } finally {
            await tracing.stop(budgetMs * FLUSH_SHARE);
            await bus.close(budgetMs);
          }
        },
      };
    } catch (error) {
      await bus.close(1_000);
      throw error;
    }
  },
};
