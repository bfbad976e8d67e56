import { subjectToken } from "@hedgelock/contracts";
import { HedgeLockError, type Cancel } from "@hedgelock/runtime";

import type { BusDeps } from "./bus-deps.ts";
import { BUS_ERROR } from "./bus-error.ts";
import { closedError } from "./connection-error.ts";
import type { Connection } from "./connection.ts";
import { lastMatching } from "./consumption-target.ts";
import type { JetStreamApi } from "./jetstream-api.ts";
import { streamPosition } from "./leader-read.ts";
import type { Consumption, StartAt, StoredMessage } from "./port.ts";
import { PullConsumer, type PullConsumerSpec } from "./pull-consumer.ts";
import { ReceivedMessage } from "./received-message.ts";
import { Silence } from "./silence.ts";

const WATCH_MS = 200;
/** The server sends a heartbeat every 500 ms; this much silence means that it, or its host, is gone. */
const SILENCE_LIMIT_MS = 1_200;
const OPEN_DEADLINE_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** What a consumption needs. */
export interface ConsumptionDeps {
  readonly connection: Connection;
  readonly api: JetStreamApi;
  readonly base: BusDeps;
}

/** What is consumed and by whom. */
export interface ConsumptionSpec {
  readonly stream: string;
  readonly filters: readonly string[];
  readonly start: StartAt;
  readonly name: string;
  /** `manual` delivers only what {@link LiveConsumption.more} asked for. */
  readonly flow: "auto" | "manual";
  /** Must not throw. */
  readonly onMessage: (message: StoredMessage) => void;
  /** Must not throw. */
  readonly onTrouble: (error: Error) => void;
}

/**
 * A consumption that outlives its consumers on the server: after a silence, a lost message, a broken connection or a
 * deleted consumer a new one, under a new name, starts after the last message handed over.
 *
 * Nothing is handed over twice or out of order. One exception is told to `onTrouble` as BUS_STREAM_RECREATED: a stream
 * that was deleted and made anew (a memory stream of a restarted server) counts from 1 again and is read from its start.
 */
export class LiveConsumption implements Consumption {
  readonly caughtUp: Promise<void>;
  readonly #deps: ConsumptionDeps;
  readonly #spec: ConsumptionSpec;
  readonly #names: string;
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #silence = new Silence(SILENCE_LIMIT_MS, WATCH_MS);
  readonly #cancels: Cancel[] = [];
  #start: StartAt;
  /** Where a new consumer goes on when nothing was handed over yet; undefined: at `#start`. */
  #resumeAfter: number | undefined;
  #lastSeq = 0;
  #targetSeq = 0;
  #created = "";
  #generation = 0;
  #current: PullConsumer | undefined;
  #isCaughtUp = false;
  #wanted = false;
  #checkingTarget = false;
  #stopped = false;

  private constructor(deps: ConsumptionDeps, spec: ConsumptionSpec) {
    this.#deps = deps;
    this.#spec = spec;
    this.#start = spec.start;
    this.#names = `${subjectToken("consumer name", spec.name)}-${deps.base.random.hex(6)}`;
    this.caughtUp = this.#caughtUp.promise;
    // Nobody has to wait for it; who does still sees the rejection.
    this.caughtUp.catch(() => undefined);
  }

  /** Starts; resolves once the server has created the consumer. @throws HedgeLockError */
  static async start(deps: ConsumptionDeps, spec: ConsumptionSpec): Promise<LiveConsumption> {
    if (spec.filters.length === 0) {
      throw new HedgeLockError(BUS_ERROR.INVALID_MESSAGE, `consuming ${spec.stream} needs at least one subject filter`);
    }
    const consumption = new LiveConsumption(deps, spec);
    await consumption.#begin();
    return consumption;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Sequence of the last matching message that was in the stream at the start; 0 for none. */
  get targetSeq(): number {
    return this.#targetSeq;
  }

  /** Asks for a batch, in `manual` flow. */
  more(): void {
    this.#wanted = true;
    this.#current?.ask();
  }

  stop(): Promise<void> {
    this.#finish(
      new HedgeLockError(BUS_ERROR.CLOSED, `consuming ${this.#spec.stream} was stopped before it caught up`),
    );
    return Promise.resolve();
  }

  async #begin(): Promise<void> {
    const { api, base, connection } = this.#deps;
    const { stream, filters, start } = this.#spec;
    const position = await streamPosition(api, stream);
    this.#created = position.created;
    if (start.from !== "new") this.#targetSeq = await lastMatching(api, stream, filters);
    const nothingThere = this.#targetSeq === 0 || (start.from === "seq" && this.#targetSeq < start.seq);
    if (nothingThere) this.#resolveCaughtUp();
    const consumer = await this.#createWithin(OPEN_DEADLINE_MS);
    if (start.from === "new") this.#resumeAfter = consumer.startsAfter;
    else if (start.from === "last_per_subject" && nothingThere) this.#resumeAfter = position.lastSeq;
    this.#cancels.push(
      base.timers.every(WATCH_MS, () => {
        this.#watch();
      }),
      connection.onState((state) => {
        if (state === "disconnected") this.#heal("the connection broke");
        else if (state === "closed") this.#finish(closedError());
      }),
    );
    this.#adopt(consumer);
  }

  async #createWithin(deadlineMs: number): Promise<PullConsumer> {
    const { clock, timers } = this.#deps.base;
    const endMs = clock.nowMs() + deadlineMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#create(attempt);
      } catch (error) {
        const again = error instanceof HedgeLockError && error.retry === "backoff";
        if (!again || clock.nowMs() + LONGEST_PAUSE_MS > endMs) throw error;
        await timers.sleep(FIRST_PAUSE_MS);
      }
    }
  }

  async #create(attempt: number): Promise<PullConsumer> {
    this.#generation += 1;
    const generation = this.#generation;
    const isCurrent = (): boolean => generation === this.#generation && !this.#stopped;
    const spec: PullConsumerSpec = {
      stream: this.#spec.stream,
      filters: this.#spec.filters,
      flow: this.#spec.flow,
      name: `${this.#names}-${generation}`,
      start: this.#nextStart(),
      onMessage: (seq, message) => {
        if (isCurrent()) this.#handOver(new ReceivedMessage(this.#spec.stream, seq, message));
      },
      onAlive: () => {
        this.#silence.heard();
      },
      onIdle: () => {
        if (isCurrent()) this.#idle();
      },
      onEnd: (reason, error) => {
        if (isCurrent()) this.#heal(error?.message ?? reason);
      },
    };
    return PullConsumer.create(this.#deps.connection, this.#deps.api, spec, attempt);
  }

  #nextStart(): StartAt {
    if (this.#lastSeq > 0) return { from: "seq", seq: this.#lastSeq + 1 };
    return this.#resumeAfter === undefined ? this.#start : { from: "seq", seq: this.#resumeAfter + 1 };
  }

  #adopt(consumer: PullConsumer): void {
    if (this.#stopped) {
      consumer.discard(this.#deps.api);
      return;
    }
    this.#current = consumer;
    this.#silence.heard();
    consumer.begin();
    if (this.#wanted) consumer.ask();
  }

  #handOver(message: ReceivedMessage): void {
    // A replica that lags starts a consumer before the sequence asked for.
    if (message.seq <= Math.max(this.#lastSeq, this.#resumeAfter ?? 0)) return;
    this.#lastSeq = message.seq;
    this.#wanted = false;
    this.#spec.onMessage(message);
    if (!this.#isCaughtUp && this.#lastSeq >= this.#targetSeq) this.#resolveCaughtUp();
  }

  #resolveCaughtUp(): void {
    this.#isCaughtUp = true;
    this.#caughtUp.resolve();
  }

  #idle(): void {
    if (this.#wanted) this.#current?.ask();
    if (this.#isCaughtUp || this.#checkingTarget) return;
    // Idle before the target came: either it was removed by the stream's limits, or a replica lags. The leader knows.
    this.#checkingTarget = true;
    lastMatching(this.#deps.api, this.#spec.stream, this.#spec.filters)
      .then(
        (targetSeq) => {
          if (targetSeq <= this.#lastSeq) this.#resolveCaughtUp();
        },
        (error: unknown) => {
          this.#spec.onTrouble(error instanceof Error ? error : new Error(String(error)));
        },
      )
      .finally(() => {
        this.#checkingTarget = false;
      });
  }

  #watch(): void {
    if (this.#current?.ended === true) this.#heal("the consumer ended before it began");
    else if (this.#current === undefined || !this.#current.asking) this.#silence.heard();
    else if (this.#silence.tick()) this.#heal(`the server was silent for ${SILENCE_LIMIT_MS} ms`);
  }

  /** Replaces the consumer, unless that is under way. */
  #heal(reason: string): void {
    const old = this.#current;
    if (old === undefined || this.#stopped) return;
    this.#current = undefined;
    this.#generation += 1;
    old.discard(this.#deps.api);
    this.#deps.base.metrics
      .counter("hedgelock_bus_consumer_replacements_total", "Consumers replaced because something was wrong", {
        stream: this.#spec.stream,
      })
      .inc();
    this.#spec.onTrouble(
      new HedgeLockError(
        BUS_ERROR.UNAVAILABLE,
        `consuming ${this.#spec.stream}: ${reason}; going on after sequence ${this.#lastSeq} with a new consumer`,
        { retry: "backoff" },
      ),
    );
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    let told = "";
    for (let attempt = 0, pauseMs = FIRST_PAUSE_MS; !this.#stopped; attempt += 1) {
      try {
        await this.#deps.connection.connected(OPEN_DEADLINE_MS);
        await this.#noticeRecreation(attempt);
        this.#adopt(await this.#create(attempt));
        return;
      } catch (error) {
        const trouble = error instanceof Error ? error : new Error(String(error));
        if (trouble.message !== told && !this.#stopped) this.#spec.onTrouble(trouble);
        told = trouble.message;
      }
      if (!this.#stopped) await this.#deps.base.timers.sleep(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async #noticeRecreation(attempt: number): Promise<void> {
    const { stream, filters } = this.#spec;
    const position = await streamPosition(this.#deps.api, stream, attempt);
    const knownSeq = Math.max(this.#lastSeq, this.#resumeAfter ?? 0);
    if (position.created === this.#created && position.lastSeq >= knownSeq) return;
    this.#targetSeq = await lastMatching(this.#deps.api, stream, filters);
    this.#spec.onTrouble(
      new HedgeLockError(
        BUS_ERROR.STREAM_RECREATED,
        `stream ${stream} was made anew: sequence ${knownSeq} was known, it now ends at ${position.lastSeq}; reading it from its start`,
      ),
    );
    this.#created = position.created;
    this.#lastSeq = 0;
    this.#resumeAfter = undefined;
    this.#start = { from: "all" };
    if (this.#targetSeq === 0) this.#resolveCaughtUp();
  }

  #finish(reason: Error): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#generation += 1;
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#current?.discard(this.#deps.api);
    this.#current = undefined;
    this.#caughtUp.reject(reason);
  }
}
