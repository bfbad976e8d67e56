import type { BucketName, StreamName } from "@hedgelock/contracts";

/** Headers of a message: one value a name. */
export type Headers = Readonly<Record<string, string>>;

/** A message to be stored in a stream. */
export interface OutgoingMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Identity for deduplication. */
  readonly messageId: string;
  readonly headers?: Headers;
}

/** What the server said about a stored message. */
export interface PublishAck {
  readonly stream: string;
  /** Sequence in the stream; of the first copy when `duplicate`. */
  readonly seq: number;
  /** The server already had this message id within its window. */
  readonly duplicate: boolean;
}

/** A message read from a stream. */
export interface StoredMessage {
  readonly stream: string;
  readonly subject: string;
  readonly seq: number;
  readonly payload: Uint8Array;
  readonly headers: Headers;
  /** Its message id; "" when it had none. */
  readonly messageId: string;
}

/** Where a consumer starts. */
export type StartAt =
  | { readonly from: "new" }
  | { readonly from: "all" }
  | { readonly from: "seq"; readonly seq: number }
  | { readonly from: "last_per_subject" };

export interface ConsumeOptions {
  readonly stream: StreamName;
  /** Subject filters; at least one. */
  readonly filters: readonly string[];
  readonly start: StartAt;
  /** Stands in the consumer's name, for operators: letters, digits, - and _. */
  readonly name: string;
  /**
   * Called for each message, in stream order, synchronously. Throwing {@link PoisonMessageError} sends the message to
   * the dead letters and the flow goes on; throwing anything else does the same with the reason "handler failed", and
   * is reported through `onError`.
   */
  readonly onMessage: (message: StoredMessage) => void;
  /** Told about trouble that the consumption heals by itself. */
  readonly onError?: (error: Error) => void;
}

/** A running consumption. It heals itself: when the server goes silent it continues after the last message seen. */
export interface Consumption {
  /** Sequence of the last message handed over; 0 before the first. */
  readonly lastSeq: number;
  /**
   * Resolves once every message that was in the stream when the consumption started has been handed over. Rejects with
   * BUS_CLOSED when it is stopped before that.
   */
  readonly caughtUp: Promise<void>;
  /** Stops; no further message is handed over after it resolves. */
  stop(): Promise<void>;
}

/** Outcome of a checked append. `unknown` is neither done nor undone: reload by a leader read and compare the writer. */
export type AppendOutcome =
  | { readonly outcome: "appended"; readonly seq: number }
  | { readonly outcome: "conflict" }
  | { readonly outcome: "unknown"; readonly reason: string };

export interface AppendMessage extends OutgoingMessage {
  /** Stream sequence of the last message on this subject that the writer knows; 0 for none. */
  readonly expectedLastSeq: number;
}

/** One entry of a bucket. */
export interface KeyValueEntry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
}

/** A key-value bucket. Reads are leader reads. */
export interface KeyValue {
  get(key: string): Promise<KeyValueEntry | undefined>;
  keys(): Promise<readonly string[]>;
  put(key: string, value: Uint8Array): Promise<number>;
  /** Creates the key; undefined when it exists. @param ttlMs the key expires by itself */
  create(key: string, value: Uint8Array, ttlMs?: number): Promise<number | undefined>;
  /** Replaces the revision; undefined when it is no longer the current one. */
  update(key: string, value: Uint8Array, revision: number, ttlMs?: number): Promise<number | undefined>;
  /** Deletes the revision; false when it is no longer the current one. */
  delete(key: string, revision?: number): Promise<boolean>;
}

/** What a deployment fixed when it was provisioned. */
export interface Provisioned {
  readonly partitions: number;
  /** Identity of the ledger, part of every order link id. */
  readonly ledgerId: string;
}

export type BusState = "connected" | "disconnected" | "closed";

/** The only way to reach the messaging system. */
export interface Bus extends AsyncDisposable {
  /** Stores a message. Many may be in flight; each resolves with its own acknowledgement. */
  publish(message: OutgoingMessage): Promise<PublishAck>;
  /**
   * Stores a message only when `expectedLastSeq` is still the subject's last sequence. At most one append per subject
   * may be in flight; a second one is refused with BUS_APPEND_IN_FLIGHT, not queued. An answer `duplicate` is reported
   * as `unknown`: it may be another writer's.
   */
  append(message: AppendMessage): Promise<AppendOutcome>;
  consume(options: ConsumeOptions): Promise<Consumption>;
  /** The last message of every subject that matches the filter. */
  lastPerSubject(stream: StreamName, filter: string): Promise<readonly StoredMessage[]>;
  /** The last message of one subject, read from the stream's leader; undefined when there is none. */
  lastOf(stream: StreamName, subject: string): Promise<StoredMessage | undefined>;
  /** Reads the stored messages of the filter in order, from the first to the last present at the call. */
  readAll(stream: StreamName, filter: string): AsyncIterable<StoredMessage>;
  keyValue(bucket: BucketName): Promise<KeyValue>;
  /** Core publish: not stored, at most once. */
  announce(subject: string, payload: Uint8Array): void;
  /** Core subscribe. Returns the function that ends it. */
  listen(subject: string, onMessage: (subject: string, payload: Uint8Array) => void): () => void;
  request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /** Answers requests on a subject. Returns the function that ends it. */
  respond(subject: string, answer: (payload: Uint8Array) => Promise<Uint8Array>): () => void;
  /** Reads what was provisioned. @throws HedgeLockError BUS_NOT_PROVISIONED */
  provisioned(): Promise<Provisioned>;
  readonly state: BusState;
  /** Calls `onState` at every change. Returns the function that ends it. */
  watchState(onState: (state: BusState) => void): () => void;
  /** Round trip to the server in milliseconds. */
  ping(): Promise<number>;
  /** Flushes what is in flight and closes, within the budget. */
  close(budgetMs: number): Promise<void>;
}

/** Thrown by a handler for a message that can never be handled: it goes to the dead letters. */
export class PoisonMessageError extends Error {
  override readonly name = "PoisonMessageError";
  readonly code = "BUS_POISON_MESSAGE";
}
