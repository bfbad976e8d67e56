import { readFile } from "node:fs/promises";

import { type Bus, connectBus } from "@hedgelock/bus";
import {
  errorText,
  HedgeLockError,
  type RunningService,
  type ServiceContext,
  type ServiceDefinition,
} from "@hedgelock/runtime";
import { type CheckedVenue, checkedVenue } from "@hedgelock/venue";

import { type HedgerConfig, hedgerConfig } from "./config.ts";
import { startHedger } from "./hedger.ts";
import { openVenue } from "./venue-access.ts";

/** Kept of the shutdown budget for closing the connection. */
const CLOSE_MS = 1000;
const NONCE_BYTES = 4;

async function passwordOf(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trimEnd();
  } catch (error) {
    throw new HedgeLockError("CONFIG_UNREADABLE", `cannot read nats.passwordFile ${file}: ${errorText(error)}`, {
      cause: error,
      exitStatus: 2,
    });
  }
}

async function connect(context: ServiceContext<HedgerConfig>): Promise<Bus> {
  const { clock, timers, random, log, metrics } = context;
  const { servers, user, passwordFile } = context.config.nats;
  return connectBus({
    servers,
    name: "hedger",
    clock,
    timers,
    random,
    log,
    metrics,
    ...(user === undefined ? {} : { user }),
    ...(passwordFile === undefined ? {} : { password: await passwordOf(passwordFile) }),
  });
}

async function startOn(bus: Bus, venue: CheckedVenue, context: ServiceContext<HedgerConfig>): Promise<RunningService> {
  const { config, clock, timers, random, log, metrics, signal, fatal } = context;
  context.addReadiness("bus", () => (bus.state === "connected" ? undefined : `the bus is ${bus.state}`));
  const { partitions, ledgerId } = await bus.provisioned();
  const access = await openVenue({ config, venue, clock, timers, log, signal });
  try {
    const hedger = await startHedger({
      bus,
      clock,
      timers,
      random,
      log,
      metrics,
      // Another start of the same instance is another writer: its appends must not pass for each other's.
      writer: `${context.writer}-${random.hex(NONCE_BYTES)}`,
      partitions,
      ledgerId,
      accounts: access.accounts,
      rules: access.rules,
      limits: { ...config.limits, maxDecisionAgeMs: config.maxDecisionAgeMs },
      recvWindowMs: config.recvWindowMs,
      signal,
      fatal,
    });
    return {
      async stop(budgetMs) {
        await hedger.stop(Math.max(0, budgetMs - CLOSE_MS));
        access.close();
        await bus.close(CLOSE_MS);
      },
    };
  } catch (error) {
    access.close();
    throw error;
  }
}

/** RISK and EXEC -> orders and HEDGE, the intent ledger. */
export const hedgerService: ServiceDefinition<HedgerConfig> = {
  name: "hedger",
  config: hedgerConfig,
  async start(context) {
    // The guard against real money by mistake comes before anything is reached.
    const { venue, accounts } = context.config;
    const checked = checkedVenue(
      venue,
      accounts.map(({ account }) => account),
    );
    const bus = await connect(context);
    try {
      return await startOn(bus, checked, context);
    } catch (error) {
      await bus.close(CLOSE_MS);
      throw error;
    }
  },
};
