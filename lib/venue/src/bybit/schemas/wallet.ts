import type { CoinBalance, WalletSnapshot } from "@hedgelock/contracts";
import { z } from "zod";

import { accepted, parseAll, parseWith } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";
import { decimal, decimalOrEmpty, word } from "./scalars.ts";

const coinRow = z.object({
  coin: word,
  walletBalance: decimal,
  equity: decimalOrEmpty,
  borrowAmount: decimalOrEmpty,
  unrealisedPnl: decimalOrEmpty,
});

/** Account totals are "" for accounts in isolated margin mode. */
const walletRow = z.object({
  totalEquity: decimalOrEmpty,
  totalWalletBalance: decimalOrEmpty,
  totalMarginBalance: decimalOrEmpty,
  totalAvailableBalance: decimalOrEmpty,
  totalInitialMargin: decimalOrEmpty,
  totalMaintenanceMargin: decimalOrEmpty,
  accountMMRate: decimalOrEmpty,
  accountIMRate: decimalOrEmpty,
  coin: z.array(z.unknown()),
});

/**
 * The unified account, of the stream or of REST. Beware: a message of the stream may hold only the coins that changed
 * while its totals are account-wide.
 */
export function parseWallet(row: unknown): Parsed<WalletSnapshot> {
  return parseWith(walletRow, row, (fields) => {
    const coins = parseAll(fields.coin, parseCoin);
    if (!coins.ok) return coins;
    return accepted({
      totalEquityUsd: fields.totalEquity,
      totalWalletBalanceUsd: fields.totalWalletBalance,
      totalMarginBalanceUsd: fields.totalMarginBalance,
      totalAvailableBalanceUsd: fields.totalAvailableBalance,
      totalInitialMarginUsd: fields.totalInitialMargin,
      totalMaintenanceMarginUsd: fields.totalMaintenanceMargin,
      maintenanceMarginRate: fields.accountMMRate,
      initialMarginRate: fields.accountIMRate,
      coins: coins.value,
    });
  });
}

function parseCoin(row: unknown): Parsed<CoinBalance> {
  return parseWith(coinRow, row, accepted);
}

/** Result of `GET /v5/account/wallet-balance`: exactly one unified account. */
export function parseWalletResult(result: unknown): Parsed<WalletSnapshot> {
  return parseWith(z.object({ list: z.array(z.unknown()).length(1) }), result, ({ list }) => parseWallet(list[0]));
}
