import { HedgeLockError, type Cancel } from "@hedgelock/runtime";
import type { Msg, MsgHdrs } from "@nats-io/transport-node";

import type { BusDeps } from "./bus-deps.ts";
import { API_CODE, BUS_ERROR, toBusError } from "./bus-error.ts";
import type { BusLimits } from "./connect-options.ts";
import { closedError } from "./connection-error.ts";
import type { Connection } from "./connection.ts";
import { parseAck } from "./publish-ack.ts";
import type { PublishEntry, SendResult } from "./publish-entry.ts";
import { publishMetrics, type PublishMetrics } from "./publish-metrics.ts";

const SWEEP_MS = 100;
const RETRY_MS = 250;
const TOKEN_RADIX = 36;
const NO_RESPONDERS = 503;
const SERVER_TROUBLE = 500;
const TOO_MANY_REQUESTS = 429;

/** A message as it goes onto the wire. */
export interface Outgoing {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
}

/**
 * Sends messages to streams and matches the acknowledgements: one wildcard subscription on an inbox of its own, one
 * table, one sweep timer instead of a timer a message (twice the rate of the client library's publish, measured).
 * Messages of {@link send} go out in the order given; one that has to be sent again may be stored after later ones.
 */
export class Publisher {
  readonly #connection: Connection;
  readonly #deps: BusDeps;
  readonly #limits: BusLimits;
  readonly #metrics: PublishMetrics;
  readonly #inbox: string;
  /** Accepted, not yet given to the network; consumed from the front. */
  #waiting: PublishEntry[] = [];
  #waitingFrom = 0;
  readonly #onWire = new Map<number, PublishEntry>();
  #inFlightBytes = 0;
  #token = 0;
  #sweeping: Cancel | undefined;
  #closed = false;
  /** Sending can fail and settle at once, which asks for the next: no recursion, the loop goes on by itself. */
  #pumping = false;
  #drained: (() => void) | undefined;

  constructor(connection: Connection, limits: BusLimits, deps: BusDeps) {
    this.#connection = connection;
    this.#deps = deps;
    this.#limits = limits;
    this.#metrics = publishMetrics(deps.metrics);
    this.#inbox = connection.newInbox();
    connection.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        // A denied subscription is logged by the connection; what waits then ends at its deadline.
        if (error === null) this.#takeAck(message);
      },
    });
    connection.onState((state) => {
      if (state === "connected") this.#resendAll();
      else if (state === "disconnected") this.#loseUnrepeatable();
      else this.#settleAll({ kind: "failed", error: closedError() });
    });
    connection.onDenied((subject, error) => {
      for (const entry of this.#onWire.values()) {
        if (entry.subject === subject) this.#settle(entry, { kind: "failed", error });
      }
    });
  }

  get inFlight(): number {
    return this.#onWire.size + this.#waiting.length - this.#waitingFrom;
  }

  /** Sends until acknowledged or until the deadline. The message must carry a message id. Never rejects. */
  send(message: Outgoing): Promise<SendResult> {
    return this.#accept(message, true, this.#limits.publishDeadlineMs);
  }

  /** Sends once, ahead of what waits; without an answer the result is `lost`. Never rejects. */
  sendOnce(message: Outgoing, deadlineMs: number): Promise<SendResult> {
    return this.#accept(message, false, deadlineMs);
  }

  /** Takes nothing more; waits for what is in flight, then fails the rest. Resolves with the number failed. */
  async close(budgetMs: number): Promise<number> {
    this.#closed = true;
    if (this.inFlight > 0 && budgetMs > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#drained = resolve;
      const cancel = this.#deps.timers.after(budgetMs, resolve);
      await promise;
      cancel();
    }
    const left = this.inFlight;
    this.#settleAll({ kind: "failed", error: closedError() });
    return left;
  }

  async #accept(message: Outgoing, retries: boolean, budgetMs: number): Promise<SendResult> {
    if (this.#closed || this.#connection.state === "closed") return { kind: "failed", error: closedError() };
    const overload = this.#overload(message.payload.length);
    if (overload !== undefined) return { kind: "failed", error: overload };
    if (!retries && this.#connection.state === "disconnected") {
      return { kind: "lost", reason: "not sent: the connection to NATS is down" };
    }
    return new Promise((settle) => {
      const nowMs = this.#deps.clock.nowMs();
      const entry: PublishEntry = {
        token: (this.#token += 1),
        subject: message.subject,
        payload: message.payload,
        headers: message.headers,
        retries,
        startedUs: this.#deps.clock.nowUs(),
        deadlineMs: nowMs + budgetMs,
        settle,
        resendAtMs: Number.POSITIVE_INFINITY,
        trouble: undefined,
        noStream: false,
      };
      this.#inFlightBytes += entry.payload.length;
      this.#sweeping ??= this.#deps.timers.every(SWEEP_MS, () => {
        this.#sweep();
      });
      if (retries) {
        this.#waiting.push(entry);
        this.#pump();
      } else {
        this.#transmit(entry, nowMs);
      }
    });
  }

  #overload(bytes: number): HedgeLockError | undefined {
    const { maxInFlightMessages, maxInFlightBytes } = this.#limits;
    if (this.inFlight < maxInFlightMessages && this.#inFlightBytes + bytes <= maxInFlightBytes) return undefined;
    return new HedgeLockError(
      BUS_ERROR.OVERLOADED,
      `${this.inFlight} messages (${this.#inFlightBytes} bytes) wait for NATS, the bound is ${maxInFlightMessages} messages or ${maxInFlightBytes} bytes: publish slower or drop`,
      { retry: "backoff" },
    );
  }

  /** Fills the send window from what waits. */
  #pump(): void {
    if (this.#pumping || this.#waiting.length === 0 || this.#connection.state !== "connected") return;
    this.#pumping = true;
    const nowMs = this.#deps.clock.nowMs();
    while (this.#onWire.size < this.#limits.sendWindow) {
      const entry = this.#waiting[this.#waitingFrom];
      if (entry === undefined) break;
      this.#waitingFrom += 1;
      this.#transmit(entry, nowMs);
    }
    this.#compact();
    this.#pumping = false;
  }

  /** Lets go of what has left the front of the queue. */
  #compact(): void {
    if (this.#waitingFrom < this.#waiting.length && this.#waitingFrom <= this.#limits.sendWindow) return;
    this.#waiting = this.#waiting.slice(this.#waitingFrom);
    this.#waitingFrom = 0;
  }

  #transmit(entry: PublishEntry, nowMs: number): void {
    this.#onWire.set(entry.token, entry);
    entry.resendAtMs = nowMs + this.#limits.ackTimeoutMs;
    try {
      this.#connection.nc.publish(entry.subject, entry.payload, {
        headers: entry.headers,
        reply: `${this.#inbox}.${entry.token.toString(TOKEN_RADIX)}`,
      });
    } catch (error) {
      this.#settle(entry, { kind: "failed", error: toBusError(error, `publishing to "${entry.subject}"`) });
    }
  }

  #takeAck(message: Msg): void {
    const subject = message.subject;
    const token = Number.parseInt(subject.slice(subject.lastIndexOf(".") + 1), TOKEN_RADIX);
    const entry = this.#onWire.get(token);
    if (entry === undefined) return;
    if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS) {
      entry.noStream = true;
      this.#hitch(entry, "no stream listens on the subject");
      return;
    }
    const reply = parseAck(message.data);
    if (reply === undefined) return;
    if (reply.kind === "stored") {
      this.#metrics.ackSeconds.observe((this.#deps.clock.nowUs() - entry.startedUs) / 1e6);
      this.#settle(entry, reply);
    } else if (
      reply.status >= SERVER_TROUBLE ||
      reply.status === TOO_MANY_REQUESTS ||
      reply.code === API_CODE.DUPLICATE_IN_FLIGHT
    ) {
      entry.noStream = false;
      this.#hitch(entry, `${reply.description} (${reply.code})`);
    } else {
      this.#settle(entry, { kind: "refused", code: reply.code, description: reply.description });
    }
  }

  /** The server could not take it now. */
  #hitch(entry: PublishEntry, trouble: string): void {
    entry.trouble = trouble;
    if (entry.retries) entry.resendAtMs = this.#deps.clock.nowMs() + RETRY_MS;
    else this.#settle(entry, { kind: "lost", reason: trouble });
  }

  #resendAll(): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#expire(nowMs);
    for (const entry of this.#onWire.values()) this.#retransmit(entry, nowMs);
    this.#pump();
  }

  #retransmit(entry: PublishEntry, nowMs: number): void {
    this.#metrics.retries.inc();
    this.#transmit(entry, nowMs);
  }

  #loseUnrepeatable(): void {
    for (const entry of this.#onWire.values()) {
      if (!entry.retries) this.#settle(entry, { kind: "lost", reason: "the connection broke before the answer" });
    }
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#expire(nowMs);
    if (this.#connection.state !== "connected") return;
    for (const entry of this.#onWire.values()) {
      if (entry.retries && entry.resendAtMs <= nowMs) this.#retransmit(entry, nowMs);
    }
    this.#pump();
  }

  #expire(nowMs: number): void {
    for (const entry of this.#onWire.values()) {
      if (entry.deadlineMs <= nowMs) this.#settle(entry, this.#expired(entry));
    }
    // Everything that waits has the same budget, so the front is the oldest.
    for (let entry = this.#waiting[this.#waitingFrom]; entry !== undefined; entry = this.#waiting[this.#waitingFrom]) {
      if (entry.deadlineMs > nowMs) break;
      this.#waitingFrom += 1;
      this.#settle(entry, this.#expired(entry));
    }
    this.#compact();
  }

  #expired(entry: PublishEntry): SendResult {
    const reason = entry.trouble ?? (this.#connection.state === "connected" ? "no answer" : "not connected");
    if (!entry.retries) return { kind: "lost", reason };
    const error = entry.noStream
      ? new HedgeLockError(
          BUS_ERROR.NO_STREAM,
          `no stream takes "${entry.subject}": provision the streams (hedgelock provision); a single server loses streams kept in memory when it restarts`,
          { retry: "backoff" },
        )
      : new HedgeLockError(
          BUS_ERROR.PUBLISH_TIMEOUT,
          `no acknowledgement for "${entry.subject}" within ${this.#limits.publishDeadlineMs} ms (${reason}): it may or may not be stored; publish it again under the same message id`,
          { retry: "backoff" },
        );
    return { kind: "failed", error };
  }

  #settle(entry: PublishEntry, result: SendResult): void {
    this.#onWire.delete(entry.token);
    this.#inFlightBytes -= entry.payload.length;
    this.#metrics.count(result);
    entry.settle(result);
    if (this.inFlight > 0) {
      this.#pump();
      return;
    }
    this.#sweeping?.();
    this.#sweeping = undefined;
    this.#drained?.();
  }

  #settleAll(result: SendResult): void {
    const waiting = this.#waiting.slice(this.#waitingFrom);
    this.#waiting = [];
    this.#waitingFrom = 0;
    for (const entry of [...this.#onWire.values(), ...waiting]) this.#settle(entry, result);
  }
}
