import { describe, expect, test } from "vitest";

import { createApiKeys, signature } from "../api-keys.ts";
import { authenticate, readAuthHeaders } from "./authenticate.ts";

const TS = 1_785_600_000_000;
const KEYS = createApiKeys([
  { uid: "900001", keys: [{ apiKey: "simKey01", apiSecret: "simSecret01", permission: "trade" }] },
]);
const GET_TAIL = "category=linear&symbol=BTCUSDT";
const GET_SIGN = "407b25b1a6d6d2a0501dd1430b079fc6fee0ccb8781235265e41f11848c2c79f";
const POST_TAIL =
  '{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Limit","qty":"0.25","price":"60100","timeInForce":"GTC","orderLinkId":"hl-0001"}';
const POST_SIGN = "b2d4739f68af145178c5e281fbf9a40f89d13c4982903ae886d61649fb60bd7e";

const auth = { apiKey: "simKey01", timestamp: String(TS), recvWindow: "5000", sign: GET_SIGN };
const request = { method: "GET", rawQuery: GET_TAIL, rawBody: new Uint8Array(), nowMs: TS };

function codeOf(changes: Partial<typeof auth>, at: Partial<typeof request> = {}): number {
  const result = authenticate(KEYS, { ...auth, ...changes }, { ...request, ...at });
  return result.ok ? 0 : result.refusal.code;
}

describe("the published signature vectors", () => {
  test("GET signs the raw query", () => {
    expect(codeOf({})).toBe(0);
  });

  test("POST signs the raw body, byte for byte", () => {
    const post = { method: "POST", rawQuery: "", rawBody: Buffer.from(POST_TAIL) };
    expect(codeOf({ sign: POST_SIGN }, post)).toBe(0);
    expect(codeOf({ sign: POST_SIGN }, { ...post, rawBody: Buffer.from(`${POST_TAIL} `) })).toBe(10004);
  });

  test("WebSocket authentication", () => {
    const sign = "0aff3b0df4ffb62215f57c70d65ab6c0fa529ed046a57a7533ecb1dcf1e12877";
    expect(signature("simSecret01", ["GET/realtime1785600010000"])).toBe(sign);
  });
});

describe("refusals", () => {
  test("an unknown key, a wrong signature with the signed text, another query order", () => {
    expect(codeOf({ apiKey: "simKey02" })).toBe(10003);
    expect(codeOf({ sign: GET_SIGN.replace("4", "5") })).toBe(10004);
    expect(codeOf({ sign: "" })).toBe(10004);
    expect(codeOf({}, { rawQuery: "symbol=BTCUSDT&category=linear" })).toBe(10004);
    const result = authenticate(KEYS, { ...auth, sign: "00" }, request);
    expect(result.ok ? "" : result.refusal.message).toBe(`error sign! origin_string[${TS}simKey015000${GET_TAIL}]`);
  });

  test("the receive window: now - window <= timestamp < now + 1 s", () => {
    expect(codeOf({}, { nowMs: TS + 5000 })).toBe(0);
    expect(codeOf({}, { nowMs: TS + 5001 })).toBe(10002);
    expect(codeOf({}, { nowMs: TS - 999 })).toBe(0);
    expect(codeOf({}, { nowMs: TS - 1000 })).toBe(10002);
    const late = authenticate(KEYS, auth, { ...request, nowMs: TS + 5001 });
    expect(late.ok ? "" : late.refusal.message).toContain(
      `req_timestamp[${TS}],server_timestamp[${TS + 5001}],recv_window[5000]`,
    );
  });

  test("missing or malformed headers are no authentication at all", () => {
    const headers = {
      "x-bapi-api-key": "k",
      "x-bapi-timestamp": String(TS),
      "x-bapi-recv-window": "5000",
      "x-bapi-sign": "s",
    };
    expect(readAuthHeaders(headers)).toBeDefined();
    expect(readAuthHeaders({ ...headers, "x-bapi-sign": undefined })).toBeUndefined();
    expect(readAuthHeaders({ ...headers, "x-bapi-timestamp": "now" })).toBeUndefined();
    expect(readAuthHeaders({ ...headers, "x-bapi-recv-window": "-1" })).toBeUndefined();
    expect(readAuthHeaders({ ...headers, "x-bapi-recv-window": undefined })?.recvWindow).toBe("");
  });
});
