import type { Cancel, Clock, Logger, Metrics, Timers } from "@hedgelock/runtime";

import type { SpanRecord } from "../span-record.ts";
import { exportMetrics, type ExportMetrics } from "./export-metrics.ts";
import type { SpanSink } from "./span-sink.ts";

/** Bounds of the queue. A batch of 64 spans is built and serialized in under a millisecond; the usual 512 would hold up the event loop for several. */
export const EXPORT_LIMITS = { batch: 64, queue: 8192, delayMs: 500 } as const;

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const LOG_EVERY_MS = 60_000;

export interface ExportQueueDeps {
  readonly sink: SpanSink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits?: { readonly batch: number; readonly queue: number; readonly delayMs: number };
}

interface Entry {
  readonly span: SpanRecord;
  readonly onExported: (() => void) | undefined;
}

/**
 * Holds finished spans until a timer exports them, in small batches, one in flight. Bounded: when it is full, further spans
 * are dropped and counted. While the other side is away, spans wait for it; nobody waits for them.
 */
export class ExportQueue {
  readonly #deps: ExportQueueDeps;
  readonly #limits: { readonly batch: number; readonly queue: number; readonly delayMs: number };
  readonly #metrics: ExportMetrics;
  #spans: Entry[] = [];
  #inFlight = 0;
  #timer: Cancel | undefined;
  #isPrompt = false;
  #draining: Promise<void> | undefined;
  #retryMs = 0;
  #lastLogMs = Number.NEGATIVE_INFINITY;
  #stopping = false;

  constructor(deps: ExportQueueDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? EXPORT_LIMITS;
    this.#metrics = exportMetrics(deps.metrics);
  }

  /** Spans that are not exported yet. */
  get size(): number {
    return this.#spans.length + this.#inFlight;
  }

  /** Takes a span, or drops it when there is no room. */
  push(span: SpanRecord, onExported?: () => void): void {
    if (this.#stopping || this.size >= this.#limits.queue) {
      this.#drop(1, this.#stopping ? "stopped" : "queue_full");
      return;
    }
    this.#spans.push({ span, onExported });
    this.#metrics.queued.set(this.size);
    // While waiting for another try, a full batch is no reason to hurry.
    if (this.#retryMs === 0 && !this.#isPrompt && this.#spans.length >= this.#limits.batch) this.#schedule(0);
    else if (this.#timer === undefined && this.#draining === undefined) this.#schedule(this.#limits.delayMs);
  }

  /** Exports what is left within the budget; what is not gone by then is dropped, counted and said. */
  async stop(budgetMs: number): Promise<void> {
    this.#stopping = true;
    this.#timer?.();
    const { timers, log, sink } = this.#deps;
    const flushed = (async () => {
      await this.#draining;
      await this.#drain();
    })();
    const deadline = Promise.withResolvers<void>();
    const cancel = timers.after(budgetMs, deadline.resolve);
    await Promise.race([flushed, deadline.promise]);
    cancel();
    if (this.size > 0) {
      log.warn(
        "trace.spans_lost",
        { spans: this.size },
        "not exported before the end: the back end did not take them in time",
      );
      this.#drop(this.size, "stopped");
      this.#spans = [];
    }
    await Promise.race([sink.close(), timers.sleep(0)]);
  }

  #schedule(delayMs: number): void {
    this.#timer?.();
    this.#isPrompt = delayMs === 0;
    this.#timer = this.#deps.timers.after(delayMs, () => {
      this.#timer = undefined;
      this.#isPrompt = false;
      this.#draining ??= this.#drain().finally(() => {
        this.#draining = undefined;
        if (this.#spans.length > 0 && this.#timer === undefined && !this.#stopping)
          this.#schedule(this.#retryMs === 0 ? this.#limits.delayMs : this.#retryMs);
      });
    });
  }

  /** Exports batch after batch until nothing is left or one could not be delivered. */
  async #drain(): Promise<void> {
    while (this.#spans.length > 0) {
      const batch = this.#spans.splice(0, this.#limits.batch);
      this.#inFlight = batch.length;
      const outcome = await this.#deps.sink.export(batch.map(({ span }) => span));
      this.#inFlight = 0;
      if (outcome.kind === "stored") {
        this.#stored(batch.length);
        for (const { onExported } of batch) onExported?.();
      } else {
        this.#metrics.failures.inc();
        if (outcome.retry) this.#spans.unshift(...batch);
        else this.#drop(batch.length, "refused");
        this.#complain(outcome.reason);
        if (outcome.retry) {
          this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs === 0 ? FIRST_RETRY_MS : this.#retryMs * 2);
          break;
        }
      }
      this.#metrics.queued.set(this.size);
    }
    this.#metrics.queued.set(this.size);
  }

  #stored(count: number): void {
    this.#metrics.exported.inc(count);
    if (this.#retryMs === 0) return;
    this.#retryMs = 0;
    this.#deps.log.info("trace.export_recovered", { queued: this.#spans.length });
  }

  #drop(count: number, reason: "queue_full" | "refused" | "stopped"): void {
    this.#metrics.dropped(reason).inc(count);
  }

  #complain(reason: string): void {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs - this.#lastLogMs < LOG_EVERY_MS) return;
    this.#lastLogMs = nowMs;
    this.#deps.log.warn(
      "trace.export_failed",
      { reason, queued: this.#spans.length },
      "spans wait for the back end, up to the bound of the queue; hedging goes on",
    );
  }
}
