import type { BucketName, StreamName } from "@hedgelock/contracts";
import { HedgeLockError, assertNever, errorText } from "@hedgelock/runtime";

import { Appender } from "./appender.ts";
import type { BusDeps } from "./bus-deps.ts";
import { BUS_ERROR } from "./bus-error.ts";
import type { BusLimits } from "./connect-options.ts";
import { closedError, disconnectedError } from "./connection-error.ts";
import type { Connection } from "./connection.ts";
import { CoreMessaging } from "./core-messaging.ts";
import { DeadLetters } from "./dead-letters.ts";
import { HandlerRunner } from "./handler-runner.ts";
import type { JetStreamApi } from "./jetstream-api.ts";
import { leaderLast, leaderLastPerSubject } from "./leader-read.ts";
import { LiveConsumption, type ConsumptionDeps } from "./live-consumption.ts";
import { NATS_HEADER, encodeHeaders } from "./message-headers.ts";
import { NatsKeyValue } from "./nats-key-value.ts";
import type {
  AppendMessage,
  AppendOutcome,
  Bus,
  BusState,
  ConsumeOptions,
  Consumption,
  KeyValue,
  OutgoingMessage,
  Provisioned,
  PublishAck,
  StoredMessage,
} from "./port.ts";
import { readProvisioned } from "./provision.ts";
import { Publisher } from "./publisher.ts";
import { readAll } from "./read-all.ts";
import { checkedSubject } from "./subject-rules.ts";

const PING_DEADLINE_MS = 5_000;
const DISPOSE_BUDGET_MS = 5_000;
/** Kept of a closing budget for the connection itself. */
const CLOSE_RESERVE_MS = 250;

/** The bus over NATS JetStream. One connection; everything on it shares its fate. */
export class NatsBus implements Bus {
  readonly #connection: Connection;
  readonly #api: JetStreamApi;
  readonly #limits: BusLimits;
  readonly #deps: BusDeps;
  readonly #publisher: Publisher;
  readonly #appender: Appender;
  readonly #core: CoreMessaging;
  readonly #deadLetters: DeadLetters;
  readonly #consumptions = new Set<LiveConsumption>();
  #closing: Promise<void> | undefined;

  constructor(connection: Connection, api: JetStreamApi, service: string, limits: BusLimits, deps: BusDeps) {
    this.#connection = connection;
    this.#api = api;
    this.#limits = limits;
    this.#deps = deps;
    this.#publisher = new Publisher(connection, limits, deps);
    this.#appender = new Appender(this.#publisher, limits.appendDeadlineMs, deps);
    this.#core = new CoreMessaging(connection, deps);
    this.#deadLetters = new DeadLetters(this.#publisher, service, deps);
  }

  get state(): BusState {
    return this.#closing === undefined ? this.#connection.state : "closed";
  }

  async publish(message: OutgoingMessage): Promise<PublishAck> {
    const subject = checkedSubject(message.subject);
    if (message.messageId === "") throw withoutId(subject);
    const headers = encodeHeaders(message.headers, { [NATS_HEADER.MESSAGE_ID]: message.messageId });
    const result = await this.#publisher.send({ subject, payload: message.payload, headers });
    switch (result.kind) {
      case "stored":
        return { stream: result.stream, seq: result.seq, duplicate: result.duplicate };
      case "failed":
        throw result.error;
      case "refused":
        throw new HedgeLockError(
          BUS_ERROR.REFUSED,
          `the NATS server refused a message for "${subject}": ${result.description} (${result.code})`,
        );
      case "lost":
        throw new HedgeLockError(BUS_ERROR.PUBLISH_TIMEOUT, `publishing to "${subject}": ${result.reason}`);
      default:
        return assertNever(result);
    }
  }

  async append(message: AppendMessage): Promise<AppendOutcome> {
    const subject = checkedSubject(message.subject);
    if (message.messageId === "") throw withoutId(subject);
    return this.#appender.append(message);
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    const runner = new HandlerRunner(options, this.#deadLetters, this.#deps);
    return this.#startConsumption((deps) =>
      LiveConsumption.start(deps, {
        stream: options.stream,
        filters: options.filters,
        start: options.start,
        name: options.name,
        flow: "auto",
        onMessage: (message) => {
          runner.run(message);
        },
        onTrouble: (error) => {
          runner.report(error);
        },
      }),
    );
  }

  async lastPerSubject(stream: StreamName, filter: string): Promise<readonly StoredMessage[]> {
    return leaderLastPerSubject(this.#api, stream, filter);
  }

  async lastOf(stream: StreamName, subject: string): Promise<StoredMessage | undefined> {
    return leaderLast(this.#api, stream, checkedSubject(subject));
  }

  readAll(stream: StreamName, filter: string): AsyncIterable<StoredMessage> {
    return readAll(this.#consumptionDeps(), stream, filter);
  }

  keyValue(bucket: BucketName): Promise<KeyValue> {
    return Promise.resolve(new NatsKeyValue(bucket, this.#api, this.#publisher, this.#limits.appendDeadlineMs));
  }

  announce(subject: string, payload: Uint8Array): void {
    this.#core.announce(subject, payload);
  }

  listen(subject: string, onMessage: (subject: string, payload: Uint8Array) => void): () => void {
    return this.#core.listen(subject, onMessage);
  }

  async request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return this.#core.request(subject, payload, timeoutMs);
  }

  respond(subject: string, answer: (payload: Uint8Array) => Promise<Uint8Array>): () => void {
    return this.#core.respond(subject, answer);
  }

  async provisioned(): Promise<Provisioned> {
    return readProvisioned(this.#api);
  }

  watchState(onState: (state: BusState) => void): () => void {
    return this.#connection.onState(onState);
  }

  async ping(): Promise<number> {
    if (this.#connection.state === "closed") throw closedError();
    if (this.#connection.state === "disconnected") throw disconnectedError("pinging the server");
    const startUs = this.#deps.clock.nowUs();
    const failed = Promise.withResolvers<never>();
    const cancel = this.#deps.timers.after(PING_DEADLINE_MS, () => {
      failed.reject(disconnectedError("pinging the server"));
    });
    const pong = this.#connection.nc.flush().catch(() => {
      throw disconnectedError("pinging the server");
    });
    try {
      await Promise.race([pong, failed.promise]);
    } finally {
      cancel();
    }
    return (this.#deps.clock.nowUs() - startUs) / 1_000;
  }

  close(budgetMs: number): Promise<void> {
    this.#closing ??= this.#close(budgetMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close(DISPOSE_BUDGET_MS);
  }

  async #close(budgetMs: number): Promise<void> {
    await Promise.all(Array.from(this.#consumptions, (consumption) => consumption.stop()));
    const abandoned = await this.#publisher.close(Math.max(0, budgetMs - CLOSE_RESERVE_MS));
    if (abandoned > 0) this.#deps.log.error("bus.publishes_abandoned", { messages: abandoned, budget_ms: budgetMs });
    await this.#flushWithin(CLOSE_RESERVE_MS);
    try {
      await this.#connection.close();
    } catch (error) {
      this.#deps.log.warn("bus.close_failed", { error: errorText(error) });
    }
  }

  /** Lets announcements and consumer deletions reach the server. */
  async #flushWithin(budgetMs: number): Promise<void> {
    if (this.#connection.state !== "connected") return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#deps.timers.after(budgetMs, resolve);
    this.#connection.nc.flush().then(resolve, () => {
      resolve();
    });
    await promise;
    cancel();
  }

  #consumptionDeps(): ConsumptionDeps {
    return { connection: this.#connection, api: this.#api, base: this.#deps };
  }

  async #startConsumption(start: (deps: ConsumptionDeps) => Promise<LiveConsumption>): Promise<Consumption> {
    const consumption = await start(this.#consumptionDeps());
    if (this.#closing !== undefined) {
      await consumption.stop();
      throw closedError();
    }
    for (const other of this.#consumptions) {
      if (other.stopped) this.#consumptions.delete(other);
    }
    this.#consumptions.add(consumption);
    return consumption;
  }
}

function withoutId(subject: string): HedgeLockError {
  return new HedgeLockError(BUS_ERROR.INVALID_MESSAGE, `a message for "${subject}" has no message id`);
}
