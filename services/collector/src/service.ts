import { readFile } from "node:fs/promises";

import { connectBus } from "@hedgelock/bus";
import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { RunningService, ServiceContext, ServiceDefinition } from "@hedgelock/runtime";
import { bybitAccountFeed, bybitMarketFeed, checkedVenue, readKeyFile } from "@hedgelock/venue";
import type { VenueCredentials } from "@hedgelock/venue";

import { startCollector } from "./collector.ts";
import { collectorConfig } from "./config.ts";
import type { CollectorConfig } from "./config.ts";

async function readPassword(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trimEnd();
  } catch (error) {
    throw new HedgeLockError("CONFIG_UNREADABLE", `cannot read nats.passwordFile ${path}: ${errorText(error)}`, {
      cause: error,
      exitStatus: 2,
    });
  }
}

async function start(context: ServiceContext<CollectorConfig>): Promise<RunningService> {
  const { config, clock, timers, random, log, metrics } = context;
  const venue = checkedVenue(
    config.venue,
    config.accounts.map(({ account }) => account),
  );
  const credentials = new Map<string, VenueCredentials>();
  for (const { account, keyFile } of config.accounts) credentials.set(account, await readKeyFile(keyFile));
  const { servers, user, passwordFile } = config.nats;
  const password = passwordFile === undefined ? undefined : await readPassword(passwordFile);
  const bus = await connectBus({
    servers,
    name: context.writer,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    clock,
    timers,
    random,
    log,
    metrics,
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
