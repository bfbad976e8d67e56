import { connectBus } from "@hedgelock/bus";
import type { RunningService, ServiceContext, ServiceDefinition } from "@hedgelock/runtime";
import { startTracing } from "@hedgelock/telemetry";
import { bybitAccountFeed, bybitMarketFeed, checkedVenue, readKeyFile } from "@hedgelock/venue";
import type { VenueCredentials } from "@hedgelock/venue";

import { startCollector } from "./collector.ts";
import { collectorConfig } from "./config.ts";
import type { CollectorConfig } from "./config.ts";

/** Of the time for stopping, for exporting the last spans. */
const FLUSH_SHARE = 0.2;

async function start(context: ServiceContext<CollectorConfig>): Promise<RunningService> {
  const { config } = context;
  const venue = checkedVenue(
    config.venue,
    config.accounts.map(({ account }) => account),
  );
  const credentials = new Map<string, VenueCredentials>();
  for (const { account, keyFile } of config.accounts) credentials.set(account, await readKeyFile(keyFile));
  const { clock, timers, random, log, metrics, fatal } = context;
  const tracing = await startTracing(config.tracing, { ...context, service: "collector" });
  const bus = await connectBus({
    ...config.nats,
    name: "collector",
    clock,
    timers,
    random,
    log,
    metrics,
    onLost: fatal,
  });
  try {
    const collector = await startCollector({
      ...context,
      venue,
      credentials,
      bus,
      tracing,
      marketFeed: bybitMarketFeed,
      accountFeed: bybitAccountFeed,
    });
    return {
      async stop(budgetMs) {
        await collector.stop(budgetMs * (1 - FLUSH_SHARE));
        await tracing.stop(budgetMs * FLUSH_SHARE);
      },
    };
  } catch (error) {
    await bus.close(1_000);
    throw error;
  }
}

/** Exchange -> MD, ACCT, EXEC: public market data and the private surfaces of every configured account. */
export const collectorService: ServiceDefinition<CollectorConfig> = {
  name: "collector",
  config: collectorConfig,
  start,
};
