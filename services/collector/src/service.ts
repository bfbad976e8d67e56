import { connectBus } from "@hedgelock/bus";
import type { RunningService, ServiceContext, ServiceDefinition } from "@hedgelock/runtime";
import { bybitAccountFeed, bybitMarketFeed, checkedVenue, readKeyFile } from "@hedgelock/venue";
import type { VenueCredentials } from "@hedgelock/venue";

import { startCollector } from "./collector.ts";
import { collectorConfig } from "./config.ts";
import type { CollectorConfig } from "./config.ts";

async function start(context: ServiceContext<CollectorConfig>): Promise<RunningService> {
  const { config } = context;
  const venue = checkedVenue(
    config.venue,
    config.accounts.map(({ account }) => account),
  );
  const credentials = new Map<string, VenueCredentials>();
  for (const { account, keyFile } of config.accounts) credentials.set(account, await readKeyFile(keyFile));
  const { clock, timers, random, log, metrics, fatal } = context;
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
    return await startCollector({
      ...context,
      venue,
      credentials,
      bus,
      marketFeed: bybitMarketFeed,
      accountFeed: bybitAccountFeed,
    });
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
