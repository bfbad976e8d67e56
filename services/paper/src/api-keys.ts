import { createHmac, timingSafeEqual } from "node:crypto";

/** One API key of an account. */
export interface ApiKey {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly permission: "read" | "trade";
  readonly uid: string;
}

export type ApiKeys = ReadonlyMap<string, ApiKey>;

export function createApiKeys(
  accounts: readonly {
    readonly uid: string;
    readonly keys: readonly {
      readonly apiKey: string;
      readonly apiSecret: string;
      readonly permission: "read" | "trade";
    }[];
  }[],
): ApiKeys {
  return new Map(accounts.flatMap(({ uid, keys }) => keys.map((key) => [key.apiKey, { ...key, uid }])));
}

/** HMAC-SHA256 in lower-case hexadecimal of the parts put together, bytes as they came. */
export function signature(secret: string, parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Whether `given` is the signature, without telling by time how much of it is right. */
export function signatureMatches(given: string, secret: string, parts: readonly (string | Uint8Array)[]): boolean {
  const expected = Buffer.from(signature(secret, parts));
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
