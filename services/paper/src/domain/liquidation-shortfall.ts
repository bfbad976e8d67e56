import type { Account } from "./account.ts";
import { postUnified } from "./ledger.ts";
import { Decimal, ZERO, smaller } from "./money.ts";
import { usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { freeBalance } from "./wallet.ts";

/** Places of a coin that is sold. */
const QTY_PLACES = 8;

/** Sells one coin at its index for what another one lacks. */
function sellFor(
  state: ExchangeState,
  account: Account,
  sold: string,
  lacking: { readonly coin: string; readonly amount: Decimal },
  timeMs: number,
): void {
  const [soldPrice, lackPrice] = [usdPrice(state, sold), usdPrice(state, lacking.coin)];
  if (!soldPrice.isGreaterThan(0)) return;
  const wanted = lacking.amount.times(lackPrice).div(soldPrice).decimalPlaces(QTY_PLACES, Decimal.ROUND_UP);
  const qty = smaller(freeBalance(account.wallet, sold), wanted);
  if (!qty.isGreaterThan(0)) return;
  const proceeds = smaller(lacking.amount, qty.times(soldPrice).div(lackPrice).decimalPlaces(QTY_PLACES));
  postUnified(account, { coin: sold, type: "LIQUIDATION", timeMs, cashFlow: qty.negated() });
  postUnified(account, { coin: lacking.coin, type: "LIQUIDATION", timeMs, cashFlow: proceeds });
}

/**
 * Settles what a liquidation left below zero: other coins are sold for it, the rest is borne by the exchange (its
 * insurance fund). @returns the coins that changed
 */
export function coverShortfall(state: ExchangeState, account: Account, timeMs: number): readonly string[] {
  const lackOf = (coin: string): Decimal => smaller(ZERO, account.wallet.get(coin)?.walletBalance ?? ZERO).negated();
  const lacking = [...account.wallet.keys()].filter((coin) => lackOf(coin).isGreaterThan(0));
  if (lacking.length === 0) return [];
  for (const coin of lacking) {
    for (const sold of account.wallet.keys()) {
      if (sold !== coin && lackOf(coin).isGreaterThan(0)) {
        sellFor(state, account, sold, { coin, amount: lackOf(coin) }, timeMs);
      }
    }
    const rest = lackOf(coin);
    if (rest.isGreaterThan(0)) postUnified(account, { coin, type: "LIQUIDATION", timeMs, cashFlow: rest });
  }
  return [...account.wallet.keys()];
}
