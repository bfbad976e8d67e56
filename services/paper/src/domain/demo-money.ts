import type { Account } from "./account.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { emitWallet } from "./fills.ts";
import { postUnified } from "./ledger.ts";
import type { CoinAmount } from "./loan-pool.ts";
import { DECIMAL_TEXT, decimal, smaller } from "./money.ts";
import type { Result } from "./refusal.ts";
import { accept, refuse } from "./refusal.ts";
import type { ExchangeState } from "./state.ts";
import { freeBalance } from "./wallet.ts";

/** Most of a coin in one call (Bybit v5, demo-apply-money). */
const MOST: Readonly<Record<string, string>> = { BTC: "15", ETH: "200", USDT: "100000", USDC: "100000" };

/** Adds (or takes away) demo funds in the unified wallet. */
export function applyDemoMoney(
  state: ExchangeState,
  account: Account,
  request: { readonly reduce: boolean; readonly coins: readonly CoinAmount[] },
  timeMs: number,
  emit: Emit,
): Result<undefined> {
  for (const { coin, amount } of request.coins) {
    const most = MOST[coin];
    if (most === undefined) return refuse(10001, `params error: coin ${coin.slice(0, 15)} is not supported`);
    if (!DECIMAL_TEXT.test(amount) || decimal(amount).isGreaterThan(most)) {
      return refuse(10001, `params error: amountStr of ${coin} must be at most ${most}`);
    }
  }
  for (const { coin, amount } of request.coins) {
    const given = request.reduce
      ? smaller(decimal(amount), freeBalance(account.wallet, coin)).negated()
      : decimal(amount);
    postUnified(account, { coin, type: "DEPOSIT", timeMs, cashFlow: given });
  }
  refreshFast(state, account);
  emitWallet(
    state,
    account,
    timeMs,
    emit,
    request.coins.map((one) => one.coin),
  );
  return accept(undefined);
}
