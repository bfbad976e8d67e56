import type { Bus } from "@hedgelock/bus";
import type { Clock, Logger, Metrics, Random, ReadinessCheck, RunningService, Timers } from "@hedgelock/runtime";
import type {
  AccountFeedDeps,
  AccountFeedHandlers,
  CheckedVenue,
  Feed,
  FeedState,
  MarketFeedDeps,
  MarketFeedHandlers,
  VenueCredentials,
} from "@hedgelock/venue";
import type { Tracing } from "@hedgelock/telemetry";

import { AccountPublisher } from "./account-publisher.ts";
import type { CollectorConfig } from "./config.ts";
import { lastEventTimeMs } from "./last-event-time.ts";
import { MarketPublisher } from "./market-publisher.ts";
import { collectorMetrics } from "./metrics.ts";
import type { CollectorMetrics } from "./metrics.ts";
import { ThrottledLog } from "./throttled-log.ts";
import { startTraceKeeping } from "./trace-keeping.ts";
import type { TraceKeeping } from "./trace-keeping.ts";

const LOG_PERIOD_MS = 1_000;
const AGE_PERIOD_MS = 1_000;

/** What the collector is made of; the feeds are handed in so that it can be tried without a venue. */
export interface CollectorDeps {
  readonly config: CollectorConfig;
  readonly venue: CheckedVenue;
  readonly credentials: ReadonlyMap<string, VenueCredentials>;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly writer: string;
  readonly addReadiness: (name: string, check: ReadinessCheck) => void;
  readonly fatal: (error: unknown) => void;
  readonly marketFeed: (deps: MarketFeedDeps, handlers: MarketFeedHandlers) => Feed;
  readonly accountFeed: (deps: AccountFeedDeps, handlers: AccountFeedHandlers) => Feed;
}

/** Logs a feed's state when it changes, shows it in the metrics and holds it for /readyz. */
class FeedWatch {
  readonly #name: string;
  readonly #log: Logger;
  readonly #metrics: CollectorMetrics;
  #state: FeedState = "connecting";
  #detail = "not connected yet";

  constructor(name: string, log: Logger, metrics: CollectorMetrics) {
    this.#name = name;
    this.#log = log;
    this.#metrics = metrics;
    metrics.feedLive(name).set(0);
  }

  readonly changed = (state: FeedState, detail: string): void => {
    this.#state = state;
    this.#detail = detail;
    this.#metrics.feedLive(this.#name).set(state === "live" ? 1 : 0);
    const fields = { feed: this.#name, state, detail };
    if (state === "down" || state === "stale") this.#log.warn("collector.feed_state", fields);
    else this.#log.info("collector.feed_state", fields);
  };

  readonly check: ReadinessCheck = () =>
    this.#state === "live" ? undefined : `${this.#state}${this.#detail === "" ? "" : `: ${this.#detail}`}`;
}

function startMarket(
  deps: CollectorDeps,
  metrics: CollectorMetrics,
  publishLog: ThrottledLog,
  { marketRing }: TraceKeeping,
): Feed {
  const { config, venue, bus, clock, timers, random, log } = deps;
  const publisher = new MarketPublisher(config.instruments, {
    bus,
    clock,
    traces: marketRing,
    metrics,
    log: publishLog,
  });
  const watch = new FeedWatch("market", log, metrics);
  const badFrames = new ThrottledLog({ log, clock, periodMs: LOG_PERIOD_MS });
  deps.addReadiness("market", watch.check);
  deps.addReadiness("ticks", () => publisher.failure);
  const ages = config.instruments.map((one) => ({ ...one, gauge: metrics.tickAge(one.category, one.symbol) }));
  const cancelAges = timers.every(AGE_PERIOD_MS, () => {
    for (const { category, symbol, gauge } of ages) gauge.set(publisher.ageSeconds(category, symbol));
  });
  const feed = deps.marketFeed(
    { wsUrl: venue.wsUrl, instruments: config.instruments, clock, timers, random, heartbeatMs: config.heartbeatMs },
    {
      onTick: (tick) => publisher.publish(tick),
      onBadFrame: (reason, frame) => badFrames.warn("collector.bad_frame", { feed: "market", reason, frame }),
      onState: watch.changed,
      onCount: metrics.feedCount("market"),
    },
  );
  return {
    async stop() {
      cancelAges();
      await feed.stop();
    },
  };
}

interface RunningAccount {
  readonly account: string;
  readonly feed: Feed;
  readonly publisher: AccountPublisher;
}

function startAccount(
  deps: CollectorDeps,
  metrics: CollectorMetrics,
  publishLog: ThrottledLog,
  start: {
    readonly account: string;
    readonly credentials: VenueCredentials;
    readonly partitions: number;
    readonly sinceMs: number | undefined;
    readonly traces: TraceKeeping["factRing"];
  },
): RunningAccount {
  const { config, venue, clock, timers, random } = deps;
  const { account, credentials, partitions, sinceMs, traces } = start;
  const log = deps.log.child({ account });
  const publisher = new AccountPublisher({
    account,
    partitions,
    bus: deps.bus,
    clock,
    timers,
    traces,
    metrics,
    log: publishLog,
    onOverflow: deps.fatal,
  });
  const watch = new FeedWatch(`account-${account}`, log, metrics);
  const badFrames = new ThrottledLog({ log, clock, periodMs: LOG_PERIOD_MS });
  deps.addReadiness(`account-${account}`, watch.check);
  const { loanPollMs, snapshotPollMs } = config;
  const { restUrl, wsUrl } = venue;
  const feed = deps.accountFeed(
    {
      restUrl,
      wsUrl,
      credentials,
      clock,
      timers,
      random,
      loanPollMs,
      snapshotPollMs,
      ...(sinceMs === undefined ? {} : { sinceMs }),
    },
    {
      onOrder: (order) => publisher.order(order),
      onExecution: (execution) => publisher.execution(execution),
      onPositions: (positions, timeMs) => publisher.positions(positions, timeMs),
      onWallet: (wallet, timeMs) => publisher.wallet(wallet, timeMs),
      onLoan: (loan, timeMs) => publisher.loan(loan, timeMs),
      onBadFrame: (reason, frame) => badFrames.warn("collector.bad_frame", { feed: "account", reason, frame }),
      onState: watch.changed,
      onCount: metrics.feedCount("account"),
    },
  );
  return { account, feed, publisher };
}

async function flush(accounts: readonly RunningAccount[], budgetMs: number, deps: CollectorDeps): Promise<void> {
  const flushed = Promise.all(accounts.map(async ({ publisher }) => publisher.idle()));
  await Promise.race([flushed, deps.timers.sleep(budgetMs)]);
  for (const { account, publisher } of accounts) {
    if (publisher.waiting > 0) {
      deps.log.error(
        "collector.facts_abandoned",
        { account, facts: publisher.waiting },
        "stopping without the bus's word",
      );
    }
    publisher.abandon();
  }
}

/** Starts the collector on a connected bus. It is ready when the feeds are; what is missing shows on /readyz. */
export async function startCollector(deps: CollectorDeps): Promise<RunningService> {
  const { config, bus, log, clock } = deps;
  const metrics = collectorMetrics(deps.metrics);
  const publishLog = new ThrottledLog({ log, clock, periodMs: LOG_PERIOD_MS });
  const { partitions } = await bus.provisioned();
  const tracing = startTraceKeeping(deps);
  deps.addReadiness("bus", () => (bus.state === "connected" ? undefined : `the bus is ${bus.state}`));
  const accounts: RunningAccount[] = [];
  const since = await Promise.all(
    config.accounts.map(async ({ account }) => lastEventTimeMs(bus, account, partitions)),
  );
  for (const [index, { account }] of config.accounts.entries()) {
    const credentials = deps.credentials.get(account);
    if (credentials === undefined) throw new Error(`no credentials were read for ${account}`);
    const start = { account, credentials, partitions, sinceMs: since[index], traces: tracing.factRing };
    accounts.push(startAccount(deps, metrics, publishLog, start));
  }
  const market = startMarket(deps, metrics, publishLog, tracing);
  return {
    async stop(budgetMs) {
      await market.stop();
      await Promise.all(accounts.map(async ({ feed }) => feed.stop()));
      const deadlineUs = clock.nowUs() + budgetMs * 1000;
      await flush(accounts, budgetMs / 2, deps);
      tracing.stop();
      await bus.close(Math.max(0, (deadlineUs - clock.nowUs()) / 1000));
    },
  };
}
