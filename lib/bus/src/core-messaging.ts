import { HedgeLockError, errorText } from "@hedgelock/runtime";
import { NoRespondersError, RequestError, TimeoutError, headers, type Msg } from "@nats-io/transport-node";

import type { BusDeps } from "./bus-deps.ts";
import { BUS_ERROR, toBusError } from "./bus-error.ts";
import { closedError, disconnectedError } from "./connection-error.ts";
import type { Connection } from "./connection.ts";
import { NATS_HEADER } from "./message-headers.ts";

const LONGEST_ERROR = 500;

/** Messages that are not stored: heartbeats, questions and answers. */
export class CoreMessaging {
  readonly #connection: Connection;
  readonly #deps: BusDeps;

  constructor(connection: Connection, deps: BusDeps) {
    this.#connection = connection;
    this.#deps = deps;
  }

  /** Dropped, and counted, while disconnected: nobody could hear it. */
  announce(subject: string, payload: Uint8Array): void {
    if (this.#connection.state !== "connected") {
      this.#deps.metrics
        .counter("hedgelock_bus_announcements_dropped_total", "Unstored messages dropped while disconnected")
        .inc();
      return;
    }
    try {
      this.#connection.nc.publish(subject, payload);
    } catch (error) {
      throw toBusError(error, `announcing on "${subject}"`);
    }
  }

  listen(subject: string, onMessage: (subject: string, payload: Uint8Array) => void): () => void {
    return this.#subscribe(subject, (message) => {
      onMessage(message.subject, message.data);
    });
  }

  async request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (this.#connection.state === "closed") throw closedError();
    if (this.#connection.state === "disconnected") throw disconnectedError(`asking "${subject}"`);
    let answer: Msg;
    try {
      answer = await this.#connection.nc.request(subject, payload, { timeout: timeoutMs });
    } catch (error) {
      throw requestError(error, subject, timeoutMs);
    }
    const failure = answer.headers?.get(NATS_HEADER.SERVICE_ERROR) ?? "";
    if (failure !== "") {
      throw new HedgeLockError(BUS_ERROR.REQUEST_FAILED, `the responder of "${subject}" failed: ${failure}`);
    }
    return answer.data;
  }

  /** A failing answer reaches the asker as BUS_REQUEST_FAILED, with its message. */
  respond(subject: string, answer: (payload: Uint8Array) => Promise<Uint8Array>): () => void {
    return this.#subscribe(subject, (message) => {
      void this.#answer(message, answer);
    });
  }

  async #answer(message: Msg, answer: (payload: Uint8Array) => Promise<Uint8Array>): Promise<void> {
    try {
      message.respond(await answer(message.data));
    } catch (error) {
      this.#deps.log.warn("bus.respond_failed", { subject: message.subject, error: errorText(error) });
      const block = headers();
      block.set(NATS_HEADER.SERVICE_ERROR, errorText(error).slice(0, LONGEST_ERROR));
      try {
        message.respond(new Uint8Array(), { headers: block });
      } catch (failure) {
        // The connection closed meanwhile: the asker runs into its timeout.
        this.#deps.log.debug("bus.respond_impossible", { subject: message.subject, error: errorText(failure) });
      }
    }
  }

  /** An error thrown inside a callback would end the client library's reader: nothing may escape. */
  #subscribe(subject: string, take: (message: Msg) => void): () => void {
    if (this.#connection.state === "closed") throw closedError();
    const subscription = this.#connection.nc.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) {
          this.#deps.log.error("bus.listen_ended", { subject, error: errorText(toBusError(error, "listening")) });
          return;
        }
        try {
          take(message);
        } catch (failure) {
          this.#deps.log.error("bus.listener_failed", { subject, error: errorText(failure) });
        }
      },
    });
    return () => {
      subscription.unsubscribe();
    };
  }
}

function requestError(error: unknown, subject: string, timeoutMs: number): HedgeLockError {
  const cause = error instanceof RequestError ? error.cause : error;
  if (cause instanceof NoRespondersError) {
    return new HedgeLockError(BUS_ERROR.NO_RESPONDER, `nobody answers on "${subject}": is the service running?`, {
      cause: error,
      retry: "backoff",
    });
  }
  if (error instanceof TimeoutError || cause instanceof TimeoutError) {
    return new HedgeLockError(BUS_ERROR.REQUEST_TIMEOUT, `no answer on "${subject}" within ${timeoutMs} ms`, {
      cause: error,
      retry: "backoff",
    });
  }
  return toBusError(error, `asking "${subject}"`);
}
