import { HedgeLockError } from "@hedgelock/runtime";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";

import type { BusDeps } from "./bus-deps.ts";
import { API_CODE, BUS_ERROR, apiCodeOf, toBusError } from "./bus-error.ts";
import { closedError, disconnectedError } from "./connection-error.ts";
import type { Connection } from "./connection.ts";

/**
 * Time given to the attempts of one call, in order, and again from the start. While a leader is missing requests are
 * dropped without an answer: short attempts notice a new leader soon, the long ones between them suit a slow server.
 */
const ATTEMPT_TIMEOUTS_MS = [500, 500, 1_000, 500, 500, 2_000, 500, 500, 4_000] as const;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/** Requests to JetStream with a deadline: retried while it is unavailable, because an election takes seconds. */
export class JetStreamApi {
  readonly #managers: ReadonlyMap<number, JetStreamManager>;
  readonly #connection: Connection;
  readonly #deps: BusDeps;
  readonly #deadlineMs: number;

  private constructor(
    managers: ReadonlyMap<number, JetStreamManager>,
    connection: Connection,
    deadlineMs: number,
    deps: BusDeps,
  ) {
    this.#managers = managers;
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
    this.#deps = deps;
  }

  /** @param deadlineMs bound of one call, retries included */
  static async open(connection: Connection, deadlineMs: number, deps: BusDeps): Promise<JetStreamApi> {
    const managers = await Promise.all(
      Array.from(
        new Set(ATTEMPT_TIMEOUTS_MS),
        async (timeout) => [timeout, await jetstreamManager(connection.nc, { checkAPI: false, timeout })] as const,
      ),
    );
    return new JetStreamApi(new Map(managers), connection, deadlineMs, deps);
  }

  /**
   * Runs a request that may be repeated.
   * @param doing for the error: "reading the last message of hedge.3.a1"
   * @throws HedgeLockError
   */
  async call<T>(doing: string, run: (jsm: JetStreamManager) => Promise<T>): Promise<T> {
    const endMs = this.#deps.clock.nowMs() + this.#deadlineMs;
    for (let attempt = 0, pauseMs = FIRST_PAUSE_MS; ; attempt += 1) {
      try {
        return await this.once(doing, run, attempt);
      } catch (error) {
        const repeat = error instanceof HedgeLockError && error.retry === "backoff";
        if (!repeat || this.#deps.clock.nowMs() + pauseMs >= endMs) throw error;
        await this.#deps.timers.sleep(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  /**
   * Runs a request once.
   * @param attempt how many times it was tried before; decides the time it gets
   * @throws HedgeLockError
   */
  async once<T>(doing: string, run: (jsm: JetStreamManager) => Promise<T>, attempt: number): Promise<T> {
    // A request written while the connection is down is dropped by the client library: say so instead of timing out.
    if (this.#connection.state === "closed") throw closedError();
    const manager = this.#managers.get(ATTEMPT_TIMEOUTS_MS[attempt % ATTEMPT_TIMEOUTS_MS.length] ?? 0);
    if (this.#connection.state === "disconnected" || manager === undefined) throw disconnectedError(doing);
    try {
      return await run(manager);
    } catch (error) {
      if (apiCodeOf(error) === API_CODE.STREAM_NOT_FOUND) throw streamMissing(doing, error);
      throw toBusError(error, doing);
    }
  }
}

function streamMissing(doing: string, cause: unknown): HedgeLockError {
  return new HedgeLockError(
    BUS_ERROR.NO_STREAM,
    `the stream does not exist while ${doing}: provision the streams (hedgelock provision); a single server loses streams kept in memory when it restarts`,
    { cause },
  );
}
