import { createHmac, createSecretKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { VenueCredentials } from "../port.ts";

/**
 * Signs for one key pair. The secret is held as a key object: it does not show when something prints the signer.
 * Rules: Bybit v5 guide, "Authentication" (HMAC-SHA256, lower-case hexadecimal).
 */
export interface Signer {
  readonly apiKey: string;
  /**
   * Signature of a REST request.
   * @param tail the query string exactly as sent (GET, without "?") or the body exactly as sent (POST)
   */
  rest(timestampMs: number, recvWindowMs: number, tail: string): string;
  /** Signature of a WebSocket `auth` request. @param expiresMs venue time until which it is valid */
  webSocketAuth(expiresMs: number): string;
}

function hmacHex(key: KeyObject, payload: string): string {
  return createHmac("sha256", key).update(payload).digest("hex");
}

export function signerFor(credentials: VenueCredentials): Signer {
  const { apiKey } = credentials;
  const key = createSecretKey(credentials.apiSecret, "utf8");
  return {
    apiKey,
    rest: (timestampMs, recvWindowMs, tail) => hmacHex(key, `${timestampMs}${apiKey}${recvWindowMs}${tail}`),
    webSocketAuth: (expiresMs) => hmacHex(key, `GET/realtime${expiresMs}`),
  };
}
