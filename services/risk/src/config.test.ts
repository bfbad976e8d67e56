import { describe, expect, it } from "vitest";

import { assetsOf, riskConfig } from "./config.ts";
import { checkPolicy } from "./domain/policy-rules.ts";
import { BTC, ETH, testConfig } from "./testing/policy.ts";

const MINIMAL = {
  nats: { servers: ["nats://127.0.0.1:4222"] },
  instruments: [BTC],
  policy: { version: "demo-1", minHedgeBaseQty: { BTC: "0.001" } },
};

function problems(config: unknown): string[] {
  return riskConfig.safeParse(config).error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [];
}

describe("configuration", () => {
  it("fills in the design's defaults", () => {
    const { policy, venueName, refreshMs } = riskConfig.parse(MINIMAL);
    expect(venueName).toBe("bybit");
    expect(refreshMs).toBe(1000);
    expect(policy).toMatchObject({
      strategy: "NR",
      levels: { caution: 0.65, danger: 0.75, critical: 0.83 },
      exitMargin: 0.03,
      dwellMs: 1_800_000,
      venueLines: { initial: 0.8, marginCall: 0.85, liquidation: 0.95 },
      nr: { lo: 0.6, hi: 0.7, gain: 1.2, band: 0.06, rebound: 0.08 },
      step: { caution: 0.5, danger: 0.8 },
      maxTickAgeMs: 10_000,
    });
    expect(checkPolicy(policy)).toStrictEqual({ problems: [], warnings: [] });
    expect(assetsOf(riskConfig.parse(MINIMAL)).map((asset) => asset.minHedgeQty.toFixed())).toStrictEqual(["0.001"]);
  });

  it.each([
    ["an unknown key", { ...MINIMAL, polcy: {} }],
    ["an unknown key of the policy", { ...MINIMAL, policy: { ...MINIMAL.policy, level: {} } }],
    ["no instrument", { ...MINIMAL, instruments: [] }],
    ["the same base twice", { ...MINIMAL, instruments: [BTC, BTC] }],
    ["a base without a smallest hedge", { ...MINIMAL, instruments: [BTC, ETH] }],
    ["a smallest hedge of zero", { ...MINIMAL, policy: { ...MINIMAL.policy, minHedgeBaseQty: { BTC: "0" } } }],
    [
      "a symbol that would widen a subject",
      { ...MINIMAL, instruments: [{ ...BTC, price: { category: "spot", symbol: "*" } }] },
    ],
    ["levels that do not rise", { ...MINIMAL, policy: { ...MINIMAL.policy, levels: { caution: 0.8, danger: 0.75 } } }],
    ["a negative exit margin", { ...MINIMAL, policy: { ...MINIMAL.policy, exitMargin: -0.03 } }],
    ["a ramp without a slope", { ...MINIMAL, policy: { ...MINIMAL.policy, nr: { lo: 0.7, hi: 0.7 } } }],
  ])("refuses %s", (_what, config) => {
    expect(problems(config).length).toBeGreaterThan(0);
  });

  it("refuses a policy that hedges fully only after liquidation, and warns when only after the margin call", () => {
    const at = (critical: number): unknown => ({ ...MINIMAL, policy: { ...MINIMAL.policy, levels: { critical } } });
    expect(problems(at(0.95)).join()).toContain("must be below venueLines.liquidation");
    expect(problems(at(0.97)).join()).toContain("must be below venueLines.liquidation");
    expect(problems(at(0.85))).toStrictEqual([]);
    expect(checkPolicy(testConfig({ levels: { critical: 0.85 } }).policy).warnings.join()).toContain("margin call");
    expect(checkPolicy(testConfig({ levels: { critical: 0.84 } }).policy).warnings).toStrictEqual([]);
  });
});
