import { errorText } from "@hedgelock/runtime";
import type { Clock, Timers } from "@hedgelock/runtime";

import type { Signing, VenueCredentials } from "../port.ts";
import { ClockOffset } from "./clock-offset.ts";
import { OUTSIDE_RECEIVE_WINDOW } from "./codes.ts";
import { parseEnvelope } from "./envelope.ts";
import { HttpTransport, TransportError } from "./http-transport.ts";
import type { HttpAnswer } from "./http-transport.ts";
import { redactor } from "./redact.ts";
import type { Redact } from "./redact.ts";
import { signerFor } from "./sign.ts";
import type { Signer } from "./sign.ts";
import { VenueError, errorOfCode } from "./venue-error.ts";

/** Deadline of a request when the caller names none. */
const DEFAULT_DEADLINE_MS = 5_000;
const DEFAULT_RECV_WINDOW_MS = 5_000;
/** After HTTP 403 "access too frequent" Bybit wants silence for ten minutes. */
const BAN_MS = 10 * 60_000;

export interface RestDeps {
  /** Base address without path: `https://api-testnet.bybit.com`. */
  readonly restUrl: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly credentials?: VenueCredentials;
  readonly deadlineMs?: number;
  readonly recvWindowMs?: number;
}

/** An answered read: `result` is not validated yet. */
export interface RestAnswer {
  readonly result: unknown;
  /** The venue's clock when it answered, milliseconds. */
  readonly timeMs: number;
}

/** What came of a POST, told as it is: nothing here decides what it means. */
export type PostAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retCode: number;
      readonly message: string;
      readonly result: unknown;
      readonly timeMs: number;
    }
  | { readonly kind: "no_answer"; readonly reason: string };

export type Query = Readonly<Record<string, string | number | undefined>>;

/** One account's (or, without credentials, the public) REST access. Reads never answer with nothing: they throw. */
export class BybitRest {
  readonly offset: ClockOffset;
  readonly redact: Redact;
  readonly #clock: Clock;
  readonly #http: HttpTransport;
  readonly #signer: Signer | undefined;
  readonly #deadlineMs: number;
  readonly #recvWindowMs: number;
  #bannedUntilUs = 0;

  constructor(deps: RestDeps) {
    this.#clock = deps.clock;
    this.offset = new ClockOffset(deps.clock);
    this.redact = redactor(deps.credentials);
    this.#http = new HttpTransport({ baseUrl: deps.restUrl, clock: deps.clock, timers: deps.timers });
    this.#signer = deps.credentials === undefined ? undefined : signerFor(deps.credentials);
    this.#deadlineMs = deps.deadlineMs ?? DEFAULT_DEADLINE_MS;
    this.#recvWindowMs = deps.recvWindowMs ?? DEFAULT_RECV_WINDOW_MS;
  }

  /** @throws VenueError */
  async publicGet(path: string, query: Query): Promise<RestAnswer> {
    return this.#get(path, queryString(query), {});
  }

  /** Signed with the venue's time now; a refused timestamp is cured by a new measurement and one more try. @throws VenueError */
  async privateGet(path: string, query: Query): Promise<RestAnswer> {
    const text = queryString(query);
    try {
      return await this.#get(path, text, this.#signedHeaders(this.offset.nowMs(), this.#recvWindowMs, text));
    } catch (error) {
      if (!(error instanceof VenueError) || error.retCode !== OUTSIDE_RECEIVE_WINDOW) throw error;
      await this.resyncClock();
      return this.#get(path, text, this.#signedHeaders(this.offset.nowMs(), this.#recvWindowMs, text));
    }
  }

  /** Sends once, never again: what a repeated order means is not ours to decide here. Does not throw. */
  async post(path: string, body: string, signing: Signing, onSent?: () => void): Promise<PostAnswer> {
    const headers = this.#signedHeaders(signing.timestampMs, signing.recvWindowMs, body);
    headers["Content-Type"] = "application/json";
    let answer: HttpAnswer;
    try {
      answer = await this.#http.send({
        method: "POST",
        path,
        headers,
        body,
        deadlineMs: this.#deadlineMs,
        ...(onSent === undefined ? {} : { onSent }),
      });
    } catch (error) {
      return { kind: "no_answer", reason: this.redact(errorText(error)) };
    }
    const envelope = parseEnvelope(answer.body);
    if (envelope === undefined) return { kind: "no_answer", reason: `HTTP ${answer.status} without a readable answer` };
    this.offset.observe(envelope.time, answer.startedUs, answer.receivedUs);
    return {
      kind: "answered",
      status: answer.status,
      retCode: envelope.retCode,
      message: this.redact(envelope.retMsg),
      result: envelope.result,
      timeMs: envelope.time,
    };
  }

  /** Measures the clock offset anew. @throws VenueError */
  async resyncClock(): Promise<void> {
    this.offset.reset();
    for (let probe = 0; probe < 3; probe += 1) await this.publicGet("/v5/market/time", {});
  }

  close(): void {
    this.#http.close();
  }

  #signedHeaders(timestampMs: number, recvWindowMs: number, tail: string): Record<string, string> {
    if (this.#signer === undefined)
      throw new VenueError("VENUE_AUTH", "a private request needs an API key and none is configured");
    return {
      "X-BAPI-API-KEY": this.#signer.apiKey,
      "X-BAPI-TIMESTAMP": String(timestampMs),
      "X-BAPI-RECV-WINDOW": String(recvWindowMs),
      "X-BAPI-SIGN": this.#signer.rest(timestampMs, recvWindowMs, tail),
    };
  }

  async #get(path: string, query: string, headers: Readonly<Record<string, string>>): Promise<RestAnswer> {
    const where = `GET ${path}`;
    if (this.#clock.nowUs() < this.#bannedUntilUs) {
      throw new VenueError(
        "VENUE_RATE_LIMITED",
        `${where} not sent: the venue asked this address for silence (HTTP 403)`,
      );
    }
    const answer = await this.#sendRead(where, query === "" ? path : `${path}?${query}`, headers);
    const envelope = parseEnvelope(answer.body);
    if (envelope === undefined || (answer.status !== 200 && envelope.retCode === 0))
      throw this.#httpError(where, answer);
    this.offset.observe(envelope.time, answer.startedUs, answer.receivedUs);
    if (envelope.retCode !== 0) throw errorOfCode(where, envelope.retCode, this.redact(envelope.retMsg));
    return { result: envelope.result, timeMs: envelope.time };
  }

  async #sendRead(where: string, path: string, headers: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    const request = { method: "GET", path, headers, deadlineMs: this.#deadlineMs } as const;
    try {
      return await this.#http.send(request);
    } catch (error) {
      if (error instanceof TransportError && error.staleConnection) {
        return this.#http.send(request).catch((again: unknown) => {
          throw this.#unreachable(where, again);
        });
      }
      throw this.#unreachable(where, error);
    }
  }

  #unreachable(where: string, error: unknown): VenueError {
    return new VenueError("VENUE_UNREACHABLE", `${where} failed: ${this.redact(errorText(error))}`, { cause: error });
  }

  #httpError(where: string, answer: HttpAnswer): VenueError {
    const { status } = answer;
    if (status === 403) {
      this.#bannedUntilUs = this.#clock.nowUs() + BAN_MS * 1000;
      return new VenueError(
        "VENUE_RATE_LIMITED",
        `${where} answered HTTP 403: no further reads for ${BAN_MS / 60_000} minutes`,
      );
    }
    if (status === 401) return new VenueError("VENUE_AUTH", `${where} answered HTTP 401: check the API key`);
    if (status === 429) return new VenueError("VENUE_RATE_LIMITED", `${where} answered HTTP 429`);
    if (status >= 500) return new VenueError("VENUE_UNREACHABLE", `${where} answered HTTP ${status}`);
    return new VenueError("VENUE_BAD_ANSWER", `${where} answered HTTP ${status}: ${this.redact(answer.body)}`);
  }
}

/** The query exactly as it is sent and signed; absent values are left out. */
export function queryString(query: Query): string {
  return Object.entries(query)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join("&");
}
