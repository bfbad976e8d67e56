import { describe, expect, it } from "vitest";

import { isOfBase } from "./instrument.ts";

describe("derivatives of a base asset", () => {
  it.each(["BTCUSDT", "BTCPERP", "BTCUSD", "BTCUSDC", "BTC-27DEC24", "BTCUSDT-3JAN25", "BTCUSD-27DEC24"])(
    "counts %s as BTC",
    (symbol) => {
      expect(isOfBase(symbol, "BTC")).toBe(true);
    },
  );

  it.each(["BTCDOMUSDT", "ETHUSDT", "WBTCUSDT", "BTC", "BTCUSDTX"])("does not count %s as BTC", (symbol) => {
    expect(isOfBase(symbol, "BTC")).toBe(false);
  });
});
