import type { z } from "zod";

import { riskConfig } from "../config.ts";
import type { RiskConfig } from "../config.ts";
import type { Rules } from "../domain/evaluate.ts";
import { strategyOf } from "../domain/policy.ts";

type Input = z.input<typeof riskConfig>;

export const BTC = {
  base: "BTC",
  hedge: { category: "linear", symbol: "BTCUSDT" },
  price: { category: "spot", symbol: "BTCUSDT" },
} as const;
export const ETH = {
  base: "ETH",
  hedge: { category: "linear", symbol: "ETHUSDT" },
  price: { category: "spot", symbol: "ETHUSDT" },
} as const;

/** A valid configuration; the STEP strategy and a dwell of 10 s make numbers easy to follow. */
export function testConfig(
  policy: Partial<Input["policy"]> = {},
  options: Partial<Omit<Input, "policy">> = {},
): RiskConfig {
  return riskConfig.parse({
    nats: { servers: ["nats://127.0.0.1:1"] },
    instruments: [BTC],
    ...options,
    policy: {
      version: "test-1",
      strategy: "STEP",
      dwellMs: 10_000,
      minHedgeBaseQty: { BTC: "0.001", ETH: "0.01" },
      ...policy,
    },
  });
}

export function rulesOf(config: RiskConfig): Rules {
  return { policy: config.policy, strategy: strategyOf(config.policy) };
}
