import type { Bus, OutgoingMessage } from "@hedgelock/bus";
import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { Timers } from "@hedgelock/runtime";

import type { CollectorMetrics } from "./metrics.ts";
import type { ThrottledLog } from "./throttled-log.ts";

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
/** Waiting snapshots of one surface beyond which the newest replaces the one before: each is the whole surface. */
const MAX_WAITING_SNAPSHOTS = 1_000;
/** Waiting facts of one account beyond which going on would only hide that nothing gets through. */
const MAX_WAITING_FACTS = 100_000;

/** `replaceable`: a later message of the subject says everything this one says. */
export interface Fact {
  readonly message: OutgoingMessage;
  readonly stream: "ACCT" | "EXEC";
  readonly replaceable: boolean;
  /** Called when the bus has acknowledged it. */
  readonly onStored?: () => void;
}

export interface FactPublisherDeps {
  readonly bus: Bus;
  readonly timers: Timers;
  readonly metrics: CollectorMetrics;
  readonly log: ThrottledLog;
  /** Called when facts can no longer be kept: halting is better than dropping. */
  readonly onOverflow: (error: HedgeLockError) => void;
}

/**
 * Publishes the facts of one subject one after the other, so that their order survives a retry, and repeats each until
 * it is acknowledged. Nothing is dropped; the message id makes a repeated publish harmless.
 */
export class FactPublisher {
  readonly #deps: FactPublisherDeps;
  readonly #stopping = new AbortController();
  #queue: Fact[] = [];
  #draining: Promise<void> | undefined;

  constructor(deps: FactPublisherDeps) {
    this.#deps = deps;
  }

  /** Facts not acknowledged yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  publish(fact: Fact): void {
    if (fact.replaceable && this.#queue.length > MAX_WAITING_SNAPSHOTS) {
      this.#queue[this.#queue.length - 1] = fact;
      this.#deps.metrics.snapshotsConflated.inc();
      return;
    }
    this.#queue.push(fact);
    if (this.#queue.length > MAX_WAITING_FACTS) {
      this.#deps.onOverflow(
        new HedgeLockError(
          "COLLECTOR_OVERFLOW",
          `${MAX_WAITING_FACTS} facts for ${fact.message.subject} wait for the bus: it must be reachable and have room`,
        ),
      );
    }
    this.#draining ??= this.#drain();
  }

  /** Waits until everything is acknowledged. */
  async idle(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
  }

  /** Gives up on what is still waiting. */
  abandon(): void {
    this.#stopping.abort(new Error("the collector is stopping"));
  }

  async #drain(): Promise<void> {
    let retryMs = RETRY_FIRST_MS;
    for (let fact = this.#queue[0]; fact !== undefined && !this.#stopping.signal.aborted; fact = this.#queue[0]) {
      const error = await this.#attempt(fact);
      if (error === undefined) {
        this.#queue.shift();
        retryMs = RETRY_FIRST_MS;
        this.#deps.metrics.factsPublished.inc();
        fact.onStored?.();
      } else {
        this.#deps.metrics.publishFailures(fact.stream).inc();
        this.#deps.log.warn("collector.fact_not_published", {
          subject: fact.message.subject,
          retry_ms: retryMs,
          error,
        });
        await this.#pause(retryMs);
        retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
      }
    }
    this.#draining = undefined;
  }

  async #attempt(fact: Fact): Promise<string | undefined> {
    try {
      await this.#deps.bus.publish(fact.message);
      return undefined;
    } catch (error) {
      return errorText(error);
    }
  }

  /** Ends early when the collector stops: the rejection says just that. */
  async #pause(delayMs: number): Promise<void> {
    await this.#deps.timers.sleep(delayMs, this.#stopping.signal).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) throw error;
    });
  }
}
