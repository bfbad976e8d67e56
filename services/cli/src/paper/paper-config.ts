import { DEMO_TIERS } from "../start/collateral-tiers.ts";
import type { PriceSource } from "../start/price-source.ts";
import type { ServiceConfig } from "../start/service-configs.ts";
import { walletOf } from "./paper-accounts.ts";
import type { PaperAccount } from "./paper-accounts.ts";
import type { PaperOptions } from "./paper-options.ts";

/** SOL has no recording of its own here: it follows ETH at the ratio of the two on 8 November 2022. */
const SOL_PER_ETH = 0.02;
const SOL_TIERS = [{ minValue: "0", maxValue: "99999999999", collateralRatio: "0.8" }] as const;

/** Configuration of the paper exchange on its own: everything on one port, running unless told to wait. */
export function standaloneConfig(
  options: PaperOptions,
  prices: PriceSource,
  accounts: readonly PaperAccount[],
): ServiceConfig {
  const eth = prices.series.find(({ symbol }) => symbol === "ETHUSDT");
  const follower =
    options.builtIn && eth !== undefined ? [{ symbol: "SOLUSDT", file: eth.file, scale: SOL_PER_ETH }] : [];
  return {
    seed: options.shared.seed,
    ticksPerSecond: options.shared.ticksPerSecond,
    speed: options.speed,
    prices: [...prices.series.map(({ symbol, file }) => ({ symbol, file })), ...follower],
    fromMs: prices.fromMs,
    toMs: prices.toMs,
    autostart: !options.paused,
    enforceRateLimits: options.rateLimits,
    listen: { host: "127.0.0.1", port: options.port },
    ...(options.state === undefined ? {} : { stateDir: options.state }),
    collateralTiers: { ...DEMO_TIERS, SOL: SOL_TIERS },
    accounts: accounts.map((account) => ({
      account: account.account,
      uid: account.uid,
      keys: [
        { ...account.trade, permission: "trade" },
        { ...account.read, permission: "read" },
      ],
      wallet: walletOf(account, prices),
      loan: { collateral: account.collateral, debt: { USDT: account.debtUsdt } },
    })),
  };
}
