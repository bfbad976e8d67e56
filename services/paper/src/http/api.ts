import type { ApiKey } from "../api-keys.ts";
import type { Account } from "../domain/account.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Venue } from "../venue.ts";

/** A request as the handlers see it. */
export interface ApiRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Exactly as sent, without "?". */
  readonly rawQuery: string;
  /** Exactly as sent. */
  readonly rawBody: Uint8Array;
  /** Exchange time at receipt, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Who makes a private call. */
export interface Caller {
  readonly account: Account;
  readonly key: ApiKey;
}

/** The parts of an envelope that differ between answers. */
export interface ApiAnswer {
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: unknown;
  /** `retExtInfo`; an empty object when absent. */
  readonly extInfo?: unknown;
}

export function answer(result: unknown, retMsg = "OK"): ApiAnswer {
  return { retCode: 0, retMsg, result };
}

export function fail(refusal: Refusal): ApiAnswer {
  return { retCode: refusal.code, retMsg: refusal.message, result: {} };
}

/** Wrong or missing parameter. */
export function badParameter(what: string): ApiAnswer {
  return fail({ code: 10001, message: `params error: ${what}` });
}

/** What a call takes of a rate limit. */
export interface Quota {
  /** Name of the bucket, within a UID. */
  readonly bucket: string;
  /** A second. */
  readonly limit: number;
  readonly cost: number;
}

interface RouteBase {
  readonly method: "GET" | "POST";
  readonly path: string;
}

export interface PublicRoute extends RouteBase {
  readonly access: "public";
  readonly handle: (venue: Venue, request: ApiRequest) => ApiAnswer;
}

export interface PrivateRoute extends RouteBase {
  readonly access: "private";
  readonly permission: "read" | "trade";
  /** Calls a second per UID. */
  readonly limit: number;
  /** Where the limit depends on what is asked: the bucket, its size, and how much of it the call takes. */
  readonly quota?: (request: ApiRequest) => Quota;
  /** @param granted how much of the quota's cost was free */
  readonly handle: (venue: Venue, request: ApiRequest, caller: Caller, granted: number) => ApiAnswer;
}

export type Route = PublicRoute | PrivateRoute;
