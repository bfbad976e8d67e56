import { inspect } from "node:util";

import { expect, test } from "vitest";

import { signerFor } from "./sign.ts";

const credentials = { apiKey: "simKey01", apiSecret: "simSecret01" };

test("signs a GET over the query exactly as sent", () => {
  expect(signerFor(credentials).rest(1_785_600_000_000, 5000, "category=linear&symbol=BTCUSDT")).toBe(
    "407b25b1a6d6d2a0501dd1430b079fc6fee0ccb8781235265e41f11848c2c79f",
  );
});

test("signs a POST over the body exactly as sent", () => {
  const body =
    '{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Limit","qty":"0.25","price":"60100","timeInForce":"GTC","orderLinkId":"hl-0001"}';
  expect(signerFor(credentials).rest(1_785_600_000_000, 5000, body)).toBe(
    "b2d4739f68af145178c5e281fbf9a40f89d13c4982903ae886d61649fb60bd7e",
  );
});

test("signs a WebSocket authentication", () => {
  expect(signerFor(credentials).webSocketAuth(1_785_600_010_000)).toBe(
    "0aff3b0df4ffb62215f57c70d65ab6c0fa529ed046a57a7533ecb1dcf1e12877",
  );
});

test("a printed signer does not show the secret", () => {
  const signer = signerFor(credentials);
  expect(inspect(signer, { depth: 10, showHidden: true }) + JSON.stringify(signer)).not.toContain("simSecret01");
});
