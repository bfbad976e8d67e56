import type { Bus } from "@hedgelock/bus";
import { HEADER, Tick, marketSubject, tickMessageId } from "@hedgelock/contracts";
import type { Category } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";
import type { Clock } from "@hedgelock/runtime";
import type { TraceRing } from "@hedgelock/telemetry";

import type { CollectorMetrics } from "./metrics.ts";
import type { ThrottledLog } from "./throttled-log.ts";

/** Unacknowledged ticks of one instrument beyond which the newest replaces the waiting one. */
const MAX_IN_FLIGHT = 2_048;

interface Lane {
  readonly subject: string;
  /** Its number in the trace ring. */
  readonly index: number;
  inFlight: number;
  waiting: Tick | undefined;
  lastTickUs: number;
}

export interface MarketPublisherDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  /** Gives every tick the ids of its own trace. */
  readonly traces: TraceRing;
  readonly metrics: CollectorMetrics;
  readonly log: ThrottledLog;
}

/**
 * Publishes ticks, each the root of its own trace. Many are in flight at once; when the bus cannot keep up, ticks of one
 * instrument are conflated to the newest: an old price is worth nothing beside a newer one.
 */
export class MarketPublisher {
  readonly #deps: MarketPublisherDeps;
  readonly #lanes = new Map<string, Lane>();
  #failure: string | undefined;

  constructor(
    instruments: readonly { readonly category: Category; readonly symbol: string }[],
    deps: MarketPublisherDeps,
  ) {
    this.#deps = deps;
    for (const [index, { category, symbol }] of instruments.entries()) {
      const subject = marketSubject("bybit", category, symbol);
      this.#lanes.set(`${category}.${symbol}`, {
        subject,
        index,
        inFlight: 0,
        waiting: undefined,
        lastTickUs: deps.clock.nowUs(),
      });
    }
  }

  /** Runs for every tick: no validation, no logging, no arithmetic on prices. */
  publish(tick: Tick): void {
    const lane = this.#lanes.get(`${tick.category}.${tick.symbol}`);
    if (lane === undefined) return;
    lane.lastTickUs = tick.receiveTimeUs;
    if (lane.inFlight < MAX_IN_FLIGHT) {
      this.#send(lane, tick);
      return;
    }
    if (lane.waiting !== undefined) this.#deps.metrics.ticksConflated.inc();
    lane.waiting = tick;
  }

  /** Why the last tick was not stored; undefined when it was. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Time since the last tick of an instrument, seconds. */
  ageSeconds(category: Category, symbol: string): number {
    const lane = this.#lanes.get(`${category}.${symbol}`);
    return lane === undefined ? Number.NaN : (this.#deps.clock.nowUs() - lane.lastTickUs) / 1e6;
  }

  #send(lane: Lane, tick: Tick): void {
    const { bus, clock, traces, metrics } = this.#deps;
    const publishTimeUs = clock.nowUs();
    const slot = traces.add(lane.index, tick.receiveTimeUs, publishTimeUs);
    lane.inFlight += 1;
    metrics.receiveToPublish.observe((publishTimeUs - tick.receiveTimeUs) / 1e6);
    bus
      .publish({
        subject: lane.subject,
        payload: Tick.encode({ ...tick, publishTimeUs }).finish(),
        messageId: tickMessageId(tick),
        headers: { [HEADER.TRACEPARENT]: traces.traceparent(slot) },
      })
      .then(
        () => {
          this.#failure = undefined;
          const storedTimeUs = clock.nowUs();
          traces.stored(slot, storedTimeUs);
          metrics.ticksPublished.inc();
          metrics.publishToAck.observe((storedTimeUs - publishTimeUs) / 1e6);
          this.#settled(lane);
        },
        (error: unknown) => {
          this.#failure = errorText(error);
          metrics.publishFailures("MD").inc();
          this.#deps.log.warn("collector.tick_not_published", { subject: lane.subject, error: this.#failure });
          this.#settled(lane);
        },
      );
  }

  #settled(lane: Lane): void {
    lane.inFlight -= 1;
    const { waiting } = lane;
    if (waiting === undefined) return;
    lane.waiting = undefined;
    this.#send(lane, waiting);
  }
}
