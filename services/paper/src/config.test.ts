import { expect, test } from "vitest";

import { paperConfig } from "./config.ts";

const key = { apiKey: "simKey01", apiSecret: "simSecret01", permission: "trade" };
const account = { account: "acc-1", uid: "900001", keys: [key], wallet: { USDT: "20000" } };
const minimal = { prices: [{ symbol: "BTCUSDT", file: "btc.csv" }], accounts: [account] };

test("defaults fill what is not given", () => {
  expect(paperConfig.parse(minimal)).toMatchObject({
    seed: 1,
    ticksPerSecond: 50,
    autostart: false,
    listen: { host: "127.0.0.1", port: 0 },
    feeRates: { takerLinear: "0.00055", makerLinear: "0.0002" },
    loanLines: { initial: "0.80", marginCall: "0.85", liquidation: "0.95", liquidationFee: "0.02" },
  });
});

test.each<readonly [string, unknown, string]>([
  ["unknown key", { ...minimal, speeed: 1 }, "speeed"],
  ["unknown symbol", { ...minimal, prices: [{ symbol: "NOPEUSDT", file: "x" }] }, "this exchange knows"],
  ["no prices", { ...minimal, prices: [] }, "prices"],
  ["a symbol twice", { ...minimal, prices: [...minimal.prices, ...minimal.prices] }, "is there twice"],
  [
    "a uid twice",
    { ...minimal, accounts: [account, { ...account, account: "acc-2", keys: [{ ...key, apiKey: "other1" }] }] },
    "900001",
  ],
  [
    "a key twice",
    { ...minimal, accounts: [account, { ...account, account: "acc-2", uid: "2" }] },
    "an apiKey is used twice",
  ],
  ["a number for an amount", { ...minimal, accounts: [{ ...account, wallet: { USDT: 1 } }] }, "wallet"],
  ["a coin without prices", { ...minimal, accounts: [{ ...account, wallet: { ETH: "1" } }] }, "has no prices here"],
  ["a window that ends first", { ...minimal, fromMs: 2, toMs: 1 }, "after fromMs"],
])("refused: %s", (_name, config, message) => {
  const parsed = paperConfig.safeParse(config);
  expect(parsed.success).toBe(false);
  expect(JSON.stringify(parsed.error?.issues)).toContain(message);
  expect(JSON.stringify(parsed.error?.issues)).not.toContain("simSecret01");
});
