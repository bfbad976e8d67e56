import type { HedgeLockError } from "@hedgelock/runtime";

import type { BusDeps } from "./bus-deps.ts";

/** Bounds of one bus. */
export interface BusLimits {
  /** Messages accepted and not yet acknowledged; one more is refused with BUS_OVERLOADED. */
  readonly maxInFlightMessages: number;
  /** The same in bytes of payload. */
  readonly maxInFlightBytes: number;
  /** Of these, messages given to the network at once; the rest waits in order. */
  readonly sendWindow: number;
  /**
   * A publish fails when it has no acknowledgement after this time. Shorter than the shortest deduplication window of
   * our streams (10 s), so that a retry under the same id cannot be stored twice.
   */
  readonly publishDeadlineMs: number;
  /** A publish without answer on a living connection is sent again, under the same id, after this time. */
  readonly ackTimeoutMs: number;
  /** A checked append without answer is `unknown` after this time. */
  readonly appendDeadlineMs: number;
  /** Bound of a read or another request to JetStream, retries included. */
  readonly readDeadlineMs: number;
}

/** Defaults: an election of a JetStream leader takes 4 to 9 s, and 1,024 in flight fill a link at 2 to 5 ms a round trip. */
export const DEFAULT_LIMITS: BusLimits = {
  maxInFlightMessages: 20_000,
  maxInFlightBytes: 64 * 1024 * 1024,
  sendWindow: 1024,
  publishDeadlineMs: 8_000,
  ackTimeoutMs: 2_500,
  appendDeadlineMs: 4_000,
  readDeadlineMs: 5_000,
};

/** Where and as whom to connect. */
export interface ServerAddress {
  /** `nats://host:port`, all servers of the cluster. */
  readonly servers: readonly string[];
  /** Name of the service: stands in the server's monitoring, in the inbox prefix `_IB.<name>` and in dead letters. */
  readonly name: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** A file with the password alone, instead of `password`; read once, when connecting. */
  readonly passwordFile?: string | undefined;
  /** How long the first connection may take; 10 s when left out. */
  readonly connectDeadlineMs?: number;
}

/** What `connectBus` needs. */
export interface ConnectOptions extends ServerAddress, BusDeps {
  /** Refuse to start when the streams were provisioned with another number of partitions. */
  readonly partitionsExpected?: number;
  readonly limits?: Partial<BusLimits>;
  /**
   * Told once when the connection has ended for good though nobody closed it: the server takes the credentials no
   * longer. Nothing works after that; a service ends (`fatal` of its context).
   */
  readonly onLost?: (error: HedgeLockError) => void;
}
