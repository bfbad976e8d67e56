import { seededRandom } from "@hedgelock/runtime";
import { BigNumber } from "bignumber.js";
import { describe, expect, it } from "vitest";

import { demoAccounts } from "./accounts.ts";
import type { DemoAccount } from "./accounts.ts";
import { DEMO_TIERS, FALLBACK_TIERS, tieredValue } from "./collateral-tiers.ts";

const BTC = { base: "BTC", firstPrice: "121000", lowestPrice: "101640" };
const ETH = { base: "ETH", firstPrice: "4350", lowestPrice: "3480" };

/** The exchange's formula, written out again: debt over haircut collateral. */
function ltvOf(account: DemoAccount, prices: Readonly<Record<string, string>>): number {
  const counted = Object.entries(account.collateral).reduce(
    (sum, [coin, qty]) =>
      sum.plus(tieredValue(new BigNumber(qty).times(prices[coin] ?? 0), DEMO_TIERS[coin] ?? FALLBACK_TIERS)),
    new BigNumber(0),
  );
  return new BigNumber(account.debtUsdt).div(counted).toNumber();
}

describe("demoAccounts", () => {
  it("starts the first two at LTV 0.62 and 0.70, the third where the fall liquidates it, the others between 0.55 and 0.80", () => {
    const ltvs = demoAccounts(20, [BTC], seededRandom(1)).map((account) => ltvOf(account, { BTC: "121000" }));
    expect(ltvs.slice(0, 3).map((ltv) => ltv.toFixed(4))).toEqual(["0.6200", "0.7000", "0.8064"]);
    for (const ltv of ltvs.slice(3)) {
      expect(ltv).toBeGreaterThan(0.5499);
      expect(ltv).toBeLessThan(0.8001);
    }
  });

  it("lets the third stay where a fall is too small to liquidate it from what a borrower may reach", () => {
    const [, , third] = demoAccounts(3, [{ ...BTC, lowestPrice: "118000" }], seededRandom(1));
    expect(third?.startLtv).toBe("0.8200");
    const [, , other] = demoAccounts(3, [{ ...BTC, lowestPrice: "60000" }], seededRandom(1));
    expect(other?.startLtv).toBe("0.7900");
  });

  it("mixes the collateral when the replay has two assets, at the intended LTV", () => {
    const accounts = demoAccounts(5, [BTC, ETH], seededRandom(7));
    for (const account of accounts) {
      expect(Number(account.collateral["BTC"])).toBeGreaterThan(0.4);
      expect(Number(account.collateral["ETH"])).toBeGreaterThan(5);
      expect(ltvOf(account, { BTC: "121000", ETH: "4350" })).toBeCloseTo(Number(account.startLtv), 4);
    }
  });

  it("keeps 15 to 20 % of the collateral's value as margin for the hedge", () => {
    for (const account of demoAccounts(10, [BTC], seededRandom(3))) {
      const share = Number(account.walletUsdt) / (Number(account.collateral["BTC"]) * 121_000);
      expect(share).toBeGreaterThan(0.149);
      expect(share).toBeLessThan(0.201);
    }
  });

  it("gives the same accounts for the same seed, others for another, and distinct names and uids", () => {
    expect(demoAccounts(50, [BTC], seededRandom(5))).toEqual(demoAccounts(50, [BTC], seededRandom(5)));
    expect(demoAccounts(50, [BTC], seededRandom(5))).not.toEqual(demoAccounts(50, [BTC], seededRandom(6)));
    const accounts = demoAccounts(50, [BTC], seededRandom(5));
    expect(new Set(accounts.map((account) => account.account)).size).toBe(50);
    expect(new Set(accounts.map((account) => account.uid)).size).toBe(50);
    expect(accounts.at(-1)?.account).toBe("acct-050");
  });
});

describe("tieredValue", () => {
  it("counts each bracket with its own ratio", () => {
    // 1,000,000 at 0.9 + 500,000 at 0.85.
    expect(tieredValue(new BigNumber(1_500_000), DEMO_TIERS["BTC"] ?? []).toNumber()).toBe(1_325_000);
  });
});
