import { assertNever, type HedgeLockError } from "@hedgelock/runtime";
import { AckPolicy, type ConsumerConfig, DeliverPolicy } from "@nats-io/jetstream";
import { nanos, type Msg, type Subscription } from "@nats-io/transport-node";

import { toBusError } from "./bus-error.ts";
import type { Connection } from "./connection.ts";
import { parseDelivery } from "./delivery-info.ts";
import type { JetStreamApi } from "./jetstream-api.ts";
import { NATS_HEADER } from "./message-headers.ts";
import type { StartAt } from "./port.ts";

/** Messages asked for at once; asked for again when half of them have come. */
export const PULL_BATCH = 512;
const EXPIRES_MS = 2_000;
const HEARTBEAT_MS = 500;
/** The server removes the consumer this long after we stopped asking. */
const INACTIVE_MS = 15_000;

const STATUS = { HEARTBEAT: 100, EXPIRED: 408 } as const;

export interface PullConsumerSpec {
  readonly stream: string;
  readonly filters: readonly string[];
  /** Unique: an old owner's consumer can never take messages of a new one. */
  readonly name: string;
  readonly start: StartAt;
  /** `auto` keeps asking; `manual` asks when {@link PullConsumer.ask} is called. */
  readonly flow: "auto" | "manual";
  readonly onMessage: (seq: number, message: Msg) => void;
  /** Any sign of life from the server, a message included. */
  readonly onAlive: () => void;
  /** Nothing more to deliver at present. */
  readonly onIdle: () => void;
  /** The consumer is of no use any more. Called once. */
  readonly onEnd: (reason: string, error?: HedgeLockError) => void;
}

function consumerConfig(spec: PullConsumerSpec): Partial<ConsumerConfig> {
  const [first, ...more] = spec.filters;
  const filter =
    first !== undefined && more.length === 0 ? { filter_subject: first } : { filter_subjects: [...spec.filters] };
  return {
    name: spec.name,
    ack_policy: AckPolicy.None,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(INACTIVE_MS),
    ...filter,
    ...deliverFrom(spec.start),
  };
}

function deliverFrom(start: StartAt): Partial<ConsumerConfig> {
  switch (start.from) {
    case "new":
      return { deliver_policy: DeliverPolicy.New };
    case "all":
      return { deliver_policy: DeliverPolicy.All };
    case "seq":
      return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, start.seq) };
    case "last_per_subject":
      return { deliver_policy: DeliverPolicy.LastPerSubject };
    default:
      return assertNever(start);
  }
}

/**
 * One ephemeral consumer on the server, R1 in memory and without acknowledgements, and the pulls that feed from it. It
 * does not heal: when anything is wrong it ends, and the next one starts after the last message handed over.
 */
export class PullConsumer {
  /** Stream sequence before the first message this consumer can deliver. */
  readonly startsAfter: number;
  readonly #connection: Connection;
  readonly #spec: PullConsumerSpec;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  #outstanding = 0;
  #consumerSeq = 0;
  #ended = false;

  private constructor(connection: Connection, spec: PullConsumerSpec, startsAfter: number) {
    this.startsAfter = startsAfter;
    this.#connection = connection;
    this.#spec = spec;
    this.#inbox = connection.newInbox();
    this.#subscription = connection.nc.subscribe(this.#inbox, {
      callback: (error, message) => {
        if (this.#ended) return;
        if (error === null) this.#take(message);
        else this.#end("the subscription ended", toBusError(error, `consuming stream ${spec.stream}`));
      },
    });
  }

  /**
   * Creates the consumer on the server. Nothing comes before {@link begin}.
   * @param attempt how many times that was tried before
   * @throws HedgeLockError
   */
  static async create(
    connection: Connection,
    api: JetStreamApi,
    spec: PullConsumerSpec,
    attempt: number,
  ): Promise<PullConsumer> {
    const info = await api.once(
      `creating a consumer on stream ${spec.stream}`,
      (jsm) => jsm.consumers.add(spec.stream, consumerConfig(spec)),
      attempt,
    );
    return new PullConsumer(connection, spec, info.delivered.stream_seq);
  }

  /** True while the server owes us messages or heartbeats. */
  get asking(): boolean {
    return this.#outstanding > 0;
  }

  /** True once it is of no use any more. */
  get ended(): boolean {
    return this.#ended;
  }

  begin(): void {
    if (this.#spec.flow === "auto") this.ask();
  }

  /** Asks for up to {@link PULL_BATCH} more messages, unless that many are asked for already. */
  ask(): void {
    if (this.#ended || this.#outstanding > PULL_BATCH / 2) return;
    this.#outstanding += PULL_BATCH;
    const request = { batch: PULL_BATCH, expires: nanos(EXPIRES_MS), idle_heartbeat: nanos(HEARTBEAT_MS) };
    try {
      this.#connection.nc.publish(
        `$JS.API.CONSUMER.MSG.NEXT.${this.#spec.stream}.${this.#spec.name}`,
        JSON.stringify(request),
        { reply: this.#inbox },
      );
    } catch (error) {
      this.#end("pulling failed", toBusError(error, `consuming stream ${this.#spec.stream}`));
    }
  }

  /** Ends at once: no message is handed over after it returns. The server forgets the consumer. */
  discard(api: JetStreamApi): void {
    const wasEnded = this.#ended;
    this.#ended = true;
    this.#subscription.unsubscribe();
    if (wasEnded || this.#connection.state !== "connected") return;
    const { stream, name } = this.#spec;
    // Best effort: without it the server removes the consumer after INACTIVE_MS.
    api.once(`deleting consumer ${name}`, (jsm) => jsm.consumers.delete(stream, name), 0).catch(() => undefined);
  }

  #take(message: Msg): void {
    this.#spec.onAlive();
    const delivery = parseDelivery(message.reply ?? "");
    if (delivery === undefined) {
      this.#takeStatus(message);
      return;
    }
    this.#outstanding -= 1;
    this.#consumerSeq += 1;
    if (delivery.consumerSeq !== this.#consumerSeq) {
      this.#end(`messages were lost on the way: number ${delivery.consumerSeq} instead of ${this.#consumerSeq}`);
      return;
    }
    this.#spec.onMessage(delivery.streamSeq, message);
    if (this.#spec.flow === "auto") this.ask();
  }

  #takeStatus(message: Msg): void {
    const status = message.headers;
    if (status?.code === STATUS.HEARTBEAT) {
      const lastSent = Number(status.get(NATS_HEADER.LAST_CONSUMER));
      if (lastSent > this.#consumerSeq) this.#end(`messages were lost on the way: ${lastSent} were sent`);
      else this.#spec.onIdle();
      return;
    }
    if (status?.code === STATUS.EXPIRED) {
      this.#outstanding = Math.max(0, this.#outstanding - Number(status.get(NATS_HEADER.PENDING_MESSAGES)));
      if (this.#spec.flow === "auto") this.ask();
      this.#spec.onIdle();
      return;
    }
    this.#end(`the server ended it: ${status?.status ?? "no status"}`);
  }

  #end(reason: string, error?: HedgeLockError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#subscription.unsubscribe();
    this.#spec.onEnd(reason, error);
  }
}
