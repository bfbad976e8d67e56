import { walletOf } from "./paper-accounts.ts";
import type { PaperAccount } from "./paper-accounts.ts";
import type { PaperOptions } from "./paper-options.ts";
import type { PriceSource } from "../start/price-source.ts";

const URLS = [
  ["REST", "http", "/v5/..."],
  ["public", "ws", "/v5/public/{linear,spot,inverse,option}"],
  ["private", "ws", "/v5/private"],
  ["trade", "ws", "/v5/trade"],
  ["system status", "ws", "/v5/public/misc/status"],
  ["status page", "http", "/"],
  ["administrator", "http", "/sim/status, /sim/replay, /sim/faults, ..."],
] as const;

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

function amounts(held: Readonly<Record<string, string>>): string {
  return Object.entries(held)
    .map(([coin, amount]) => `${amount} ${coin}`)
    .join(" + ");
}

/** What a person needs to use the exchange: addresses, keys, accounts. */
export function paperTable(
  address: string,
  options: PaperOptions,
  prices: PriceSource,
  accounts: readonly PaperAccount[],
): string {
  const urls = URLS.map(([what, scheme, path]) => [what, `${scheme}://${address}${path}`]);
  const keys = accounts.map((account) => [
    account.account,
    account.uid,
    `${account.trade.apiKey} / ${account.trade.apiSecret}`,
    `${account.read.apiKey} / ${account.read.apiSecret}`,
  ]);
  const holdings = accounts.map((account) => [
    account.account,
    amounts(walletOf(account, prices)),
    amounts(account.collateral),
    `${account.debtUsdt} USDT`,
    account.startLtv,
  ]);
  return [
    `HedgeLock paper exchange: Bybit v5 with play money, ${prices.title}, ${options.paused ? "paused" : "running"}`,
    "",
    ...table(urls),
    "",
    ...table([["ACCOUNT", "UID", "TRADE KEY / SECRET", "READ KEY / SECRET"], ...keys]),
    "",
    ...table([["ACCOUNT", "UNIFIED WALLET", "LOAN COLLATERAL", "DEBT", "LTV"], ...holdings]),
    "",
    options.state === undefined
      ? "Nothing is kept when it stops (--state DIR keeps it). Ctrl-C ends it."
      : `Everything acknowledged is kept in ${options.state}. Ctrl-C ends it.`,
    "",
  ].join("\n");
}
