import { describe, expect, it } from "vitest";

import { hedgerConfig } from "./config.ts";

const GOOD = {
  nats: { servers: ["nats://127.0.0.1:4222"] },
  venue: { environment: "paper", restUrl: "http://127.0.0.1:8080", wsUrl: "ws://127.0.0.1:8080" },
  accounts: [{ account: "alice", keyFile: "alice.json" }],
  limits: { perSymbol: { BTCUSDT: { maxOrderQty: "1", maxDayQty: "10" } } },
};

const problems = (value: unknown): readonly string[] => {
  const result = hedgerConfig.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};

describe("the configuration", () => {
  it("has the defaults of the design", () => {
    expect(hedgerConfig.parse(GOOD)).toMatchObject({
      limits: { maxOrdersPerMinute: 20, slippageBps: 50, hardCapBps: 200 },
      maxDecisionAgeMs: 5000,
      recvWindowMs: 5000,
    });
  });

  it("refuses what it does not know, and what cannot be meant", () => {
    expect(problems({ ...GOOD, slippage: 1 })).toHaveLength(1);
    expect(problems({ ...GOOD, accounts: [] })).toHaveLength(1);
    expect(problems({ ...GOOD, accounts: [...GOOD.accounts, ...GOOD.accounts] })).toEqual([
      "accounts: an account is listed twice",
    ]);
    expect(problems({ ...GOOD, limits: { perSymbol: {} } })).toEqual(["limits.perSymbol: name at least one symbol"]);
    expect(
      problems({ ...GOOD, limits: { perSymbol: { BTCUSDT: { maxOrderQty: 1, maxDayQty: "1e3" } } } }),
    ).toHaveLength(2);
    expect(problems({ ...GOOD, limits: { ...GOOD.limits, slippageBps: 300 } })).toEqual([
      "limits.hardCapBps: hardCapBps must not be below slippageBps",
    ]);
    expect(problems({ ...GOOD, accounts: [{ account: "a.b", keyFile: "x" }] })).toHaveLength(1);
  });
});
