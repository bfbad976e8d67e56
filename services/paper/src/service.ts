import type { Logger, RunningService, ServiceContext, ServiceDefinition } from "@hedgelock/runtime";
import type { ReplayStep } from "@hedgelock/prices";

import { createApiKeys } from "./api-keys.ts";
import { buildExchange } from "./build-exchange.ts";
import { paperConfig } from "./config.ts";
import type { PaperConfig } from "./config.ts";
import { dayStats } from "./domain/day-stats.ts";
import type { ExchangeEvent } from "./domain/events.ts";
import type { Exchange } from "./domain/exchange.ts";
import { openMarketBar } from "./domain/market.ts";
import { plain } from "./domain/money.ts";
import { createRateWindows } from "./http/rate-window.ts";
import { createRequestHandler } from "./http/request-handler.ts";
import { listen } from "./listener.ts";
import { barIndexAt, loadPrices } from "./replay/load-prices.ts";
import type { LoadedPrices } from "./replay/load-prices.ts";
import { ReplayRunner } from "./replay/runner.ts";
import { createSimApi } from "./sim/sim-api.ts";
import type { Venue } from "./venue.ts";
import { PrivateFeed } from "./ws/private-feed.ts";
import { PublicFeed } from "./ws/public-feed.ts";
import { WsGate } from "./ws/ws-gate.ts";

/** How often silent topics are looked for, milliseconds. */
const BEAT_PERIOD_MS = 50;

/** Liquidations have no topic: they are told to the operator. */
function logEvent(log: Logger, exchange: Exchange, event: ExchangeEvent): void {
  const account = exchange.state.accounts.get(event.uid)?.name;
  if (event.kind === "loan_liquidated") {
    const { liquidation } = event;
    log.warn("paper.loan_liquidated", {
      account,
      uid: event.uid,
      ltv: plain(liquidation.ltv, 6),
      debt_usd: plain(liquidation.debtUsd),
      fee_usd: plain(liquidation.feeUsd),
      replay_time_ms: liquidation.replayTimeMs,
    });
  } else if (event.kind === "unified_liquidated") {
    log.warn("paper.unified_liquidated", { account, uid: event.uid, mm_rate: event.mmRate });
  }
}

/** The feeds and the function that tells everybody. */
interface Feeds {
  readonly linear: PublicFeed;
  readonly spot: PublicFeed;
  readonly private: PrivateFeed;
  readonly publish: (events: readonly ExchangeEvent[]) => void;
}

function createFeeds(context: ServiceContext<PaperConfig>, exchange: Exchange): Feeds {
  const { clock, timers, random, log } = context;
  const { state } = exchange;
  const linear = new PublicFeed({ state, category: "linear", clock, random });
  const spot = new PublicFeed({ state, category: "spot", clock, random });
  const privateFeed = new PrivateFeed({ state, clock, timers });
  return {
    linear,
    spot,
    private: privateFeed,
    publish(events) {
      linear.publish();
      spot.publish();
      privateFeed.publish(events);
      for (const event of events) logEvent(log, exchange, event);
    },
  };
}

interface Replay {
  readonly runner: ReplayRunner;
  readonly timeline: [number, number][];
}

function createReplay(
  context: ServiceContext<PaperConfig>,
  prices: LoadedPrices,
  exchange: Exchange,
  feeds: Feeds,
): Replay {
  const { clock, timers, log, metrics } = context;
  const timeline: [number, number][] = [];
  const steps = metrics.counter("hedgelock_paper_steps_total", "Replay steps done");
  const onStep = (step: ReplayStep): void => {
    const timeMs = clock.nowMs();
    if (step.opensBar) {
      timeline.push([timeMs, step.replayTimeMs]);
      for (const [index, series] of prices.series.entries()) {
        const market = exchange.state.markets[index];
        if (market !== undefined) openMarketBar(market, dayStats(series.bars, barIndexAt(series, step.replayTimeMs)));
      }
    }
    feeds.publish(exchange.step(step.prices, { timeMs, replayTimeMs: step.replayTimeMs }));
    steps.inc();
  };
  const onFinished = (): void => log.info("paper.replay_finished", { steps: prices.plan.stepsTotal });
  return { runner: new ReplayRunner({ plan: prices.plan, clock, timers, onStep, onFinished }), timeline };
}

function createGate(context: ServiceContext<PaperConfig>, feeds: Feeds, venue: Venue): WsGate {
  const { clock, timers, random, log, metrics, config } = context;
  return new WsGate({
    linearFeed: feeds.linear,
    spotFeed: feeds.spot,
    privateFeed: feeds.private,
    keys: venue.keys,
    clock,
    timers,
    random,
    log,
    connections: metrics.gauge("hedgelock_paper_ws_connections", "Open WebSocket connections"),
    slowClients: metrics.counter("hedgelock_paper_slow_clients_total", "Clients disconnected for not reading"),
    maxBufferedBytes: config.maxBufferedBytes,
  });
}

async function start(context: ServiceContext<PaperConfig>): Promise<RunningService> {
  const { config, clock, timers, log, metrics } = context;
  const prices = await loadPrices(config);
  const exchange = buildExchange(config, prices, context);
  const feeds = createFeeds(context, exchange);
  const { runner, timeline } = createReplay(context, prices, exchange, feeds);
  const keys = createApiKeys(config.accounts);
  const { enforceRateLimits } = config;
  const venue: Venue = { exchange, keys, clock, publish: feeds.publish };
  const gate = createGate(context, feeds, venue);
  const onRequest = createRequestHandler({
    venue,
    sim: createSimApi({
      venueName: config.venueName,
      seed: config.seed,
      state: exchange.state,
      plan: prices.plan,
      runner,
      timeline: () => timeline,
    }),
    rates: createRateWindows(enforceRateLimits),
    log,
    failures: metrics.counter("hedgelock_paper_request_failures_total", "Requests that failed inside the exchange"),
  });
  const { host, port } = config.listen;
  const listener = await listen({
    host,
    port,
    onRequest,
    onUpgrade: (request, socket, head) => {
      gate.upgrade(request, socket, head);
    },
  });
  const stopBeat = timers.every(BEAT_PERIOD_MS, () => {
    feeds.linear.beat();
    feeds.spot.beat();
  });
  log.info("paper.listening", {
    port: listener.port,
    host,
    steps_total: prices.plan.stepsTotal,
    expected_duration_ms: prices.plan.expectedDurationMs,
  });
  if (config.autostart) runner.start();
  return {
    async stop() {
      runner.stop();
      stopBeat();
      gate.close();
      await listener.close();
    },
  };
}

/** The paper exchange as a service. */
export const paperService: ServiceDefinition<PaperConfig> = { name: "paper", config: paperConfig, start };
