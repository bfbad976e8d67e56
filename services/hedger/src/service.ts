import { type Bus, connectBus } from "@hedgelock/bus";
import type { RunningService, ServiceContext, ServiceDefinition } from "@hedgelock/runtime";
import { PromotionAsker, startTracing } from "@hedgelock/telemetry";
import { type CheckedVenue, checkedVenue } from "@hedgelock/venue";

import type { HedgeTracingDeps } from "./account/hedge-tracing.ts";
import { type HedgerConfig, hedgerConfig } from "./config.ts";
import { startHedger } from "./hedger.ts";
import { openVenue } from "./venue-access.ts";

/** Kept of the shutdown budget for closing the connection. */
const CLOSE_MS = 1000;
/** Of the rest, for exporting the last spans. */
const FLUSH_SHARE = 0.2;
const NONCE_BYTES = 4;

async function connect(context: ServiceContext<HedgerConfig>): Promise<Bus> {
  const { config, clock, timers, random, log, metrics, fatal } = context;
  return connectBus({ ...config.nats, name: "hedger", clock, timers, random, log, metrics, onLost: fatal });
}

function serverOf({ restUrl }: CheckedVenue): HedgeTracingDeps["server"] {
  const { hostname, port, protocol } = new URL(restUrl);
  const usual = protocol === "https:" ? 443 : 80;
  return { "rpc.system.name": "bybit", "server.address": hostname, "server.port": port === "" ? usual : Number(port) };
}

async function startOn(bus: Bus, venue: CheckedVenue, context: ServiceContext<HedgerConfig>): Promise<RunningService> {
  const { config, clock, timers, random, log, metrics, signal, fatal } = context;
  context.addReadiness("bus", () => (bus.state === "connected" ? undefined : `the bus is ${bus.state}`));
  const { partitions, ledgerId } = await bus.provisioned();
  const tracing = await startTracing(config.tracing, { ...context, service: "hedger" });
  const asker = new PromotionAsker({ bus, recorder: tracing.recorder, timers, metrics, log });
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
      tracing: { recorder: tracing.recorder, asker, server: serverOf(venue) },
    });
    return {
      async stop(budgetMs) {
        const workMs = Math.max(0, budgetMs - CLOSE_MS);
        await hedger.stop(workMs * (1 - FLUSH_SHARE));
        access.close();
        await asker.stop(workMs * FLUSH_SHARE);
        await tracing.stop(workMs * FLUSH_SHARE);
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
