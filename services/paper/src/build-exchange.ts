import { HedgeLockError } from "@hedgelock/runtime";
import type { Random } from "@hedgelock/runtime";

import type { PaperConfig } from "./config.ts";
import type { BankRules } from "./domain/bank.ts";
import { dayStats } from "./domain/day-stats.ts";
import { createExchange } from "./domain/exchange.ts";
import type { Exchange } from "./domain/exchange.ts";
import { barIndexAt } from "./replay/load-prices.ts";
import type { LoadedPrices } from "./replay/load-prices.ts";

function sizePerLevel(config: PaperConfig, symbol: string): string | undefined {
  const size = config.depth.sizePerLevel;
  return typeof size === "object" ? size[symbol] : size;
}

/** Only what the configuration names. */
function bankRules(config: PaperConfig): Partial<BankRules> {
  const { hourlyRates, reduceLine, delayedLine, delayedGraceMs, repayCollateralFee, quotaUsd } = config.bank;
  return {
    ...(hourlyRates === undefined ? {} : { hourlyRates }),
    ...(reduceLine === undefined ? {} : { reduceLine }),
    ...(delayedLine === undefined ? {} : { delayedLine }),
    ...(delayedGraceMs === undefined ? {} : { delayedGraceMs }),
    ...(repayCollateralFee === undefined ? {} : { repayCollateralFee }),
    ...(quotaUsd === undefined ? {} : { quotaUsd }),
  };
}

/**
 * The exchange as it stands before the first step: prices at the open of the first minute.
 * @throws HedgeLockError PAPER_CONFIG when a loan starts at or over its liquidation line
 */
export function buildExchange(
  config: PaperConfig,
  prices: LoadedPrices,
  deps: { readonly timeMs: number; readonly random: Pick<Random, "hex"> },
): Exchange {
  const { fromMs } = prices.plan;
  const exchange = createExchange({
    markets: prices.markets.map(({ instrument, series }) => {
      const index = barIndexAt(series, fromMs);
      return {
        instrument,
        price: series.bars[index]?.open ?? Number.NaN,
        day: dayStats(series.bars, index),
        spreadTicks: config.spreadTicks,
        levels: config.depth.levels,
        sizePerLevel: instrument === series.instrument ? sizePerLevel(config, series.symbol) : undefined,
        history: series.bars.slice(0, index),
        timeMs: deps.timeMs,
      };
    }),
    accounts: config.accounts.map((account) => ({
      name: account.account,
      uid: account.uid,
      wallet: account.wallet,
      collateral: account.loan?.collateral ?? {},
      debt: account.loan?.debt ?? {},
      fund: account.fund,
      legacyLoans: account.legacyLoans,
    })),
    fees: config.feeRates,
    loanLines: config.loanLines,
    bank: bankRules(config),
    collateralTiers: new Map(Object.entries(config.collateralTiers)),
    ids: deps.random,
    time: { timeMs: deps.timeMs, replayTimeMs: fromMs },
  });
  const doomed = [...exchange.state.accounts.values()].find((account) => account.loan.liquidation !== undefined);
  if (doomed === undefined) return exchange;
  throw new HedgeLockError(
    "PAPER_CONFIG",
    `the loan of account ${doomed.name} starts at LTV ${doomed.loan.liquidation?.ltv.toFixed(4)}, at or over the liquidation line ${config.loanLines.liquidation}: lower its debt or raise its collateral.`,
    { exitStatus: 2 },
  );
}
