import type { IncomingHttpHeaders } from "node:http";

import { signatureMatches } from "../api-keys.ts";
import type { ApiKey, ApiKeys } from "../api-keys.ts";
import { refuse } from "../domain/refusal.ts";
import type { Result } from "../domain/refusal.ts";

/** The authentication headers of a private call. */
export interface AuthHeaders {
  readonly apiKey: string;
  readonly timestamp: string;
  readonly recvWindow: string;
  readonly sign: string;
}

/** How far ahead of the exchange a request may be signed, milliseconds. */
const AHEAD_MS = 1000;
const DEFAULT_RECV_WINDOW_MS = 5000;
const WHOLE_NUMBER = /^\d{1,15}$/;

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

/** Undefined when a header is missing or malformed: the exchange answers HTTP 401 to that. */
export function readAuthHeaders(headers: IncomingHttpHeaders): AuthHeaders | undefined {
  const auth = {
    apiKey: header(headers, "x-bapi-api-key"),
    timestamp: header(headers, "x-bapi-timestamp"),
    recvWindow: header(headers, "x-bapi-recv-window"),
    sign: header(headers, "x-bapi-sign"),
  };
  if (auth.apiKey === "" || auth.sign === "" || !WHOLE_NUMBER.test(auth.timestamp)) return undefined;
  if (auth.recvWindow !== "" && !WHOLE_NUMBER.test(auth.recvWindow)) return undefined;
  return auth;
}

/**
 * Checks key, time and signature (documentation §authentication).
 * Accepted iff now - receive window <= timestamp < now + 1 s. The signed text is timestamp, key, window and the raw
 * query (GET) or raw body (POST); the error shows that text, which contains no secret.
 */
export function authenticate(
  keys: ApiKeys,
  auth: AuthHeaders,
  request: { readonly method: string; readonly rawQuery: string; readonly rawBody: Uint8Array; readonly nowMs: number },
): Result<ApiKey> {
  const key = keys.get(auth.apiKey);
  if (key === undefined) return refuse(10003, "API key is invalid.");
  const windowMs = auth.recvWindow === "" ? DEFAULT_RECV_WINDOW_MS : Number(auth.recvWindow);
  const timestampMs = Number(auth.timestamp);
  if (request.nowMs - windowMs > timestampMs || timestampMs >= request.nowMs + AHEAD_MS) {
    return refuse(
      10002,
      `invalid request, please check your server timestamp or recv_window param. req_timestamp[${auth.timestamp}],server_timestamp[${request.nowMs}],recv_window[${windowMs}]`,
    );
  }
  const prefix = auth.timestamp + auth.apiKey + auth.recvWindow;
  const tail = request.method === "POST" ? request.rawBody : request.rawQuery;
  if (!signatureMatches(auth.sign, key.apiSecret, [prefix, tail])) {
    const text = typeof tail === "string" ? tail : Buffer.from(tail).toString("utf8");
    return refuse(10004, `error sign! origin_string[${prefix}${text}]`);
  }
  return { ok: true, value: key };
}
