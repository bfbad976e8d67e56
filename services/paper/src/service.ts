import process from "node:process";

import type { ReplayPlan } from "@hedgelock/prices";
import type { RunningService, ServiceContext, ServiceDefinition, Timers } from "@hedgelock/runtime";

import { createApiKeys } from "./api-keys.ts";
import { buildFeeds } from "./build-feeds.ts";
import type { Feeds } from "./build-feeds.ts";
import { buildReplay } from "./build-replay.ts";
import { paperConfig } from "./config.ts";
import type { PaperConfig } from "./config.ts";
import { isAnythingDue } from "./domain/step.ts";
import { buildFaults } from "./faults/build-faults.ts";
import type { Faults } from "./faults/build-faults.ts";
import { createRateWindows } from "./http/rate-window.ts";
import type { RateWindows } from "./http/rate-window.ts";
import { createRequestHandler } from "./http/request-handler.ts";
import { listen } from "./listener.ts";
import { openExchange } from "./persist/open-exchange.ts";
import type { OpenedExchange } from "./persist/open-exchange.ts";
import { loadPrices } from "./replay/load-prices.ts";
import type { ReplayRunner } from "./replay/runner.ts";
import { createSimApi } from "./sim/sim-api.ts";
import type { Venue } from "./venue.ts";
import { WsGate } from "./ws/ws-gate.ts";

/** How often silent topics are looked for, milliseconds. */
const BEAT_PERIOD_MS = 50;
/** Between the answer to `/sim/kill` and the end, milliseconds. */
const KILL_DELAY_MS = 20;

function createGate(
  context: ServiceContext<PaperConfig>,
  feeds: Feeds,
  venue: Venue,
  rates: RateWindows,
  faults: Faults,
): WsGate {
  const { timers, random, log, metrics, config } = context;
  return new WsGate({
    linearFeed: feeds.linear,
    spotFeed: feeds.spot,
    inverseFeed: feeds.inverse,
    privateFeed: feeds.private,
    statusFeed: feeds.status,
    keys: venue.keys,
    clock: venue.clock,
    timers,
    random,
    log,
    connections: metrics.gauge("hedgelock_paper_ws_connections", "Open WebSocket connections"),
    slowClients: metrics.counter("hedgelock_paper_slow_clients_total", "Clients disconnected for not reading"),
    maxBufferedBytes: config.maxBufferedBytes,
    faults: faults.ws,
    venue,
    rates,
  });
}

/** Ends the process as a crash would, once the answer is out. */
function killSoon(timers: Timers): void {
  timers.after(KILL_DELAY_MS, () => process.kill(process.pid, "SIGKILL"));
}

interface HandlerParts {
  readonly venue: Venue;
  readonly faults: Faults;
  readonly runner: ReplayRunner;
  readonly opened: OpenedExchange;
  readonly plan: ReplayPlan;
  readonly rates: RateWindows;
}

function createHandler(
  context: ServiceContext<PaperConfig>,
  parts: HandlerParts,
): ReturnType<typeof createRequestHandler> {
  const { config, timers, log, metrics } = context;
  const { venue, faults, runner, opened, plan, rates } = parts;
  return createRequestHandler({
    venue,
    sim: createSimApi({
      venueName: config.venueName,
      seed: config.seed,
      state: opened.exchange.state,
      plan,
      runner,
      timeline: () => opened.timeline,
      faults: faults.list,
      kill: () => {
        killSoon(timers);
      },
    }),
    rates,
    log,
    failures: metrics.counter("hedgelock_paper_request_failures_total", "Requests that failed inside the exchange"),
    faults: faults.http,
    timers,
  });
}

async function start(context: ServiceContext<PaperConfig>): Promise<RunningService> {
  const { config, timers, log, metrics } = context;
  const prices = await loadPrices(config);
  const opened = openExchange(config, prices, context);
  const { exchange } = opened;
  const feeds = buildFeeds(exchange, context);
  const steps = metrics.counter("hedgelock_paper_steps_total", "Replay steps done");
  const runner = buildReplay(prices, opened, feeds, { ...context, steps });
  const faults = buildFaults(exchange, {
    ...context,
    publish: feeds.publish,
    onNotice: (notice, nowMs) => {
      feeds.status.publish(notice, nowMs);
    },
  });
  const keys = createApiKeys(config.accounts);
  const { clock } = faults;
  const venue: Venue = {
    exchange: faults.exchange,
    keys,
    clock,
    notices: () => faults.notices.all(),
    publish: feeds.publish,
  };
  const rates = createRateWindows(config.enforceRateLimits);
  const gate = createGate(context, feeds, venue, rates, faults);
  const onRequest = createHandler(context, { venue, faults, runner, opened, plan: prices.plan, rates });
  const { host, port } = config.listen;
  const listener = await listen({
    host,
    port,
    onRequest,
    onUpgrade: (request, socket, head) => {
      gate.upgrade(request, socket, head);
    },
  }).catch((error: unknown) => {
    opened.close();
    throw error;
  });
  const stopBeat = timers.every(BEAT_PERIOD_MS, () => {
    const nowMs = context.clock.nowMs();
    // A replay that stands still must not hold up money that is on its way.
    if (isAnythingDue(exchange.state, nowMs)) feeds.publish(exchange.settle(nowMs));
    feeds.beat();
  });
  log.info("paper.listening", {
    port: listener.port,
    host,
    steps_total: prices.plan.stepsTotal,
    expected_duration_ms: prices.plan.expectedDurationMs,
    restored_commands: opened.commands,
  });
  if (config.autostart) runner.start();
  return {
    async stop() {
      runner.stop();
      stopBeat();
      faults.stop();
      gate.close();
      await listener.close();
      opened.close();
    },
  };
}

/** The paper exchange as a service. */
export const paperService: ServiceDefinition<PaperConfig> = { name: "paper", config: paperConfig, start };
