import {
  DEFAULT_PARTITIONS,
  deadLetterSubject,
  subjectToken,
  type BucketName,
  type StreamName,
} from "@hedgelock/contracts";
import { HedgeLockError, errorText, silentLogger, type Clock, type Logger } from "@hedgelock/runtime";

import { BUS_ERROR } from "./bus-error.ts";
import { closedError, disconnectedError } from "./connection-error.ts";
import { deadLetterHeaders, deadLetterId } from "./dead-letter.ts";
import { MemoryBroker } from "./memory-broker.ts";
import { MemoryConsumption } from "./memory-consumption.ts";
import { MemoryKeyValue } from "./memory-key-value.ts";
import type { MemoryStream } from "./memory-stream.ts";
import {
  PoisonMessageError,
  type AppendMessage,
  type AppendOutcome,
  type Bus,
  type BusState,
  type ConsumeOptions,
  type Consumption,
  type KeyValue,
  type OutgoingMessage,
  type Provisioned,
  type PublishAck,
  type StoredMessage,
} from "./port.ts";
import { checkedSubject } from "./subject-rules.ts";

/** What may go wrong with an append: its answer is lost, or the message itself; both are `unknown` to the writer. */
export type AppendFault = "lose_answer" | "lose_message";

export interface MemoryBusOptions {
  /** Name of the service; "memory" when left out. */
  readonly service?: string;
  /** Moves deduplication windows and life times; without one nothing expires. */
  readonly clock?: Clock;
  /** Told about listeners that throw; silent when left out. */
  readonly log?: Logger;
  readonly provisioned?: Provisioned;
}

/** A bus in memory, for tests: the semantics of three servers, without any. Handlers run inside the write. */
export interface MemoryBus extends Bus {
  /** Another client of the same streams, for example a second writer. */
  connect(service: string): MemoryBus;
  /** The next append of this client goes wrong. */
  faultNextAppend(fault: AppendFault): void;
  /** Plays a broken connection, or its return: publishes wait, appends are unknown, reads fail, consumptions pause. */
  setConnected(connected: boolean): void;
}

/** Makes a bus in memory. */
export function memoryBus(options: MemoryBusOptions = {}): MemoryBus {
  const provisioned = options.provisioned ?? { partitions: DEFAULT_PARTITIONS, ledgerId: "00000000000000aa" };
  return new InMemoryBus(
    new MemoryBroker(provisioned, options.clock, options.log ?? silentLogger),
    options.service ?? "memory",
  );
}

class InMemoryBus implements MemoryBus {
  readonly #broker: MemoryBroker;
  readonly #service: string;
  readonly #own = new Set<MemoryConsumption>();
  readonly #ends = new Set<() => void>();
  readonly #stateListeners = new Set<(state: BusState) => void>();
  readonly #appending = new Set<string>();
  readonly #faults: AppendFault[] = [];
  readonly #waiting: (() => void)[] = [];
  #state: BusState = "connected";

  constructor(broker: MemoryBroker, service: string) {
    this.#broker = broker;
    this.#service = service;
  }

  get state(): BusState {
    return this.#state;
  }

  connect(service: string): MemoryBus {
    return new InMemoryBus(this.#broker, service);
  }

  faultNextAppend(fault: AppendFault): void {
    this.#faults.push(fault);
  }

  setConnected(connected: boolean): void {
    this.#become(connected ? "connected" : "disconnected");
    if (!connected) return;
    for (const go of this.#waiting.splice(0)) go();
    this.#broker.pump();
  }

  async publish(message: OutgoingMessage): Promise<PublishAck> {
    this.#check(message);
    if (this.#state === "disconnected") {
      await new Promise<void>((go) => {
        this.#waiting.push(go);
      });
    }
    this.#refuseWhenClosed();
    const written = this.#broker.write({ ...message, headers: message.headers ?? {} });
    if (written === undefined) throw noStream(message.subject);
    if (written.kind === "conflict") throw new HedgeLockError(BUS_ERROR.REFUSED, "conflict without expectation");
    return { stream: written.stream, seq: written.seq, duplicate: written.duplicate };
  }

  async append(message: AppendMessage): Promise<AppendOutcome> {
    this.#check(message);
    this.#refuseWhenClosed();
    if (this.#appending.has(message.subject)) {
      throw new HedgeLockError(
        BUS_ERROR.APPEND_IN_FLIGHT,
        `a checked append on "${message.subject}" is still in flight: await its outcome before the next one`,
      );
    }
    if (this.#state === "disconnected") return { outcome: "unknown", reason: "not sent: disconnected" };
    const fault = this.#faults.shift();
    if (fault === "lose_message") return { outcome: "unknown", reason: "no answer" };
    this.#appending.add(message.subject);
    try {
      const written = this.#broker.write({ ...message, headers: message.headers ?? {} });
      // The answer takes its time, as over a network: a second append meanwhile is in flight with this one.
      await Promise.resolve();
      if (fault === "lose_answer") return { outcome: "unknown", reason: "no answer" };
      if (written === undefined) return { outcome: "unknown", reason: "no stream listens on the subject" };
      if (written.kind === "conflict") return { outcome: "conflict" };
      return written.duplicate
        ? { outcome: "unknown", reason: "the server already knew this message id" }
        : { outcome: "appended", seq: written.seq };
    } finally {
      this.#appending.delete(message.subject);
    }
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    subjectToken("consumer name", options.name);
    if (options.filters.length === 0) {
      throw new HedgeLockError(
        BUS_ERROR.INVALID_MESSAGE,
        `consuming ${options.stream} needs at least one subject filter`,
      );
    }
    const stream = this.#readable(options.stream);
    const consumption = new MemoryConsumption(
      stream,
      options,
      (message) => {
        this.#handle(options, message);
      },
      () => this.#state === "disconnected",
    );
    this.#own.add(consumption);
    this.#broker.consumptions.add(consumption);
    // The caller gets the consumption before its handler is called.
    void Promise.resolve()
      .then(() => undefined)
      .then(() => undefined)
      .then(() => {
        this.#broker.pump();
      });
    return consumption;
  }

  async lastPerSubject(stream: StreamName, filter: string): Promise<readonly StoredMessage[]> {
    return this.#readable(stream).lastPerSubject([filter]);
  }

  async lastOf(stream: StreamName, subject: string): Promise<StoredMessage | undefined> {
    return this.#readable(stream).last(checkedSubject(subject));
  }

  async *readAll(streamName: StreamName, filter: string): AsyncGenerator<StoredMessage> {
    const stream = this.#readable(streamName);
    const end = stream.lastPerSubject([filter]).at(-1)?.seq ?? 0;
    for (let at = stream.next(0, [filter]); at !== undefined && at.seq <= end; at = stream.next(at.seq, [filter])) {
      yield at;
    }
  }

  async keyValue(bucket: BucketName): Promise<KeyValue> {
    return new MemoryKeyValue(this.#broker, bucket);
  }

  announce(subject: string, payload: Uint8Array): void {
    if (this.#state === "connected") this.#broker.announce(checkedSubject(subject), payload);
  }

  listen(subject: string, onMessage: (subject: string, payload: Uint8Array) => void): () => void {
    return this.#register(this.#broker.listeners, { subject, take: onMessage });
  }

  async request(subject: string, payload: Uint8Array): Promise<Uint8Array> {
    this.#refuseWhenClosed();
    if (this.#state === "disconnected") throw disconnectedError(`asking "${subject}"`);
    const responder = this.#broker.responderOf(subject);
    if (responder === undefined) {
      throw new HedgeLockError(BUS_ERROR.NO_RESPONDER, `nobody answers on "${subject}": is the service running?`);
    }
    try {
      return await responder.answer(payload);
    } catch (error) {
      throw new HedgeLockError(BUS_ERROR.REQUEST_FAILED, `the responder of "${subject}" failed: ${errorText(error)}`);
    }
  }

  respond(subject: string, answer: (payload: Uint8Array) => Promise<Uint8Array>): () => void {
    return this.#register(this.#broker.responders, { subject, answer });
  }

  async provisioned(): Promise<Provisioned> {
    return this.#broker.provisioned;
  }

  watchState(onState: (state: BusState) => void): () => void {
    this.#stateListeners.add(onState);
    return () => {
      this.#stateListeners.delete(onState);
    };
  }

  async ping(): Promise<number> {
    this.#refuseWhenClosed();
    return 0;
  }

  async close(): Promise<void> {
    this.#become("closed");
    for (const consumption of this.#own) {
      this.#broker.consumptions.delete(consumption);
      await consumption.stop();
    }
    for (const end of this.#ends) end();
    for (const go of this.#waiting.splice(0)) go();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #handle(options: ConsumeOptions, message: StoredMessage): void {
    try {
      options.onMessage(message);
    } catch (error) {
      const poison = error instanceof PoisonMessageError;
      const reason = poison ? errorText(error) : `handler failed: ${errorText(error)}`;
      this.#broker.write({
        subject: deadLetterSubject(message.stream),
        payload: message.payload,
        headers: deadLetterHeaders(message, reason, this.#service),
        messageId: deadLetterId(message, this.#service),
      });
      if (!poison) this.#tell(options, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #tell(options: ConsumeOptions, error: Error): void {
    try {
      options.onError?.(error);
    } catch (failure) {
      this.#broker.log.error("bus.on_error_failed", { error: errorText(failure) });
    }
  }

  #check(message: OutgoingMessage): void {
    checkedSubject(message.subject);
    if (message.messageId === "") {
      throw new HedgeLockError(BUS_ERROR.INVALID_MESSAGE, `a message for "${message.subject}" has no message id`);
    }
  }

  #readable(name: StreamName): MemoryStream {
    this.#refuseWhenClosed();
    if (this.#state === "disconnected") throw disconnectedError(`reading stream ${name}`);
    const stream = this.#broker.stream(name);
    if (stream === undefined) throw noStream(name);
    return stream;
  }

  #refuseWhenClosed(): void {
    if (this.#state === "closed") throw closedError();
  }

  #register<T>(all: Set<T>, entry: T): () => void {
    this.#refuseWhenClosed();
    all.add(entry);
    const end = (): void => {
      all.delete(entry);
      this.#ends.delete(end);
    };
    this.#ends.add(end);
    return end;
  }

  #become(state: BusState): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}

function noStream(where: string): HedgeLockError {
  return new HedgeLockError(BUS_ERROR.NO_STREAM, `no stream takes "${where}": provision the streams`);
}
