import type { Random } from "@hedgelock/runtime";

import { demoAccounts } from "../start/accounts.ts";
import type { DemoAccount } from "../start/accounts.ts";
import { baseOf } from "../start/assets.ts";
import type { PriceSource } from "../start/price-source.ts";
import type { KeyPair } from "../start/service-configs.ts";

/** An account of the stand-alone exchange with keys that are no secret: they open play money on this machine. */
export interface PaperAccount extends DemoAccount {
  readonly trade: KeyPair;
  readonly read: KeyPair;
}

/** Coins of an account's unified wallet besides the margin of the demo: enough for a spot order either way. */
const POCKET_BASE = "0.5";

/** The demo's accounts, the same for the same seed, with keys that can be typed. */
export function paperAccounts(count: number, prices: PriceSource, random: Random): readonly PaperAccount[] {
  const assets = prices.series.map(({ symbol, firstPrice, lowestPrice }) => ({
    base: baseOf(symbol),
    firstPrice: String(firstPrice),
    lowestPrice: String(lowestPrice),
  }));
  return demoAccounts(count, assets, random).map((account, index) => {
    const number = String(index + 1).padStart(2, "0");
    return {
      ...account,
      trade: { apiKey: `demoKey${number}`, apiSecret: `demoSecret${number}` },
      read: { apiKey: `readKey${number}`, apiSecret: `readSecret${number}` },
    };
  });
}

/** Unified wallet of an account: USDT and a little of the first asset. */
export function walletOf(account: PaperAccount, prices: PriceSource): Readonly<Record<string, string>> {
  const [first] = prices.series;
  return { USDT: account.walletUsdt, ...(first === undefined ? {} : { [baseOf(first.symbol)]: POCKET_BASE }) };
}
