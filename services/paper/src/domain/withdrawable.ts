import type { Account } from "./account.ts";
import { accountMargin } from "./margin.ts";
import { UNIFIED_TIERS } from "./margin-tiers.ts";
import { Decimal, ZERO, decimal, larger, smaller } from "./money.ts";
import { marginRules, usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { coinBalance } from "./wallet.ts";

/** Places of a transferable amount, rounded down. */
const PLACES = 8;

/**
 * What can leave the unified wallet of a coin: the smaller of its balance and what the available margin carries
 * (Bybit v5, account/withdrawal). Coin balance = wallet + min(unrealised profit, 0) - reservations - borrowed: an
 * unrealised profit never leaves, but it stands in for cash as margin; an unrealised loss counts one for one.
 * Available margin is worked back through the coin's first collateral ratio, the dearest one: never too much.
 */
export function withdrawable(state: ExchangeState, account: Account, coin: string): Decimal {
  const price = usdPrice(state, coin);
  if (!price.isGreaterThan(0)) return ZERO;
  const margin = accountMargin(account, marginRules(state));
  const row = margin.coins.find((one) => one.coin === coin);
  if (row === undefined) return ZERO;
  const balance = coinBalance(account.wallet, coin);
  const held = balance.walletBalance
    .plus(smaller(row.unrealisedPnl, ZERO))
    .minus(balance.locked)
    .minus(balance.spotBorrow);
  const ratio = account.collateralOff.has(coin) ? ZERO : decimal(UNIFIED_TIERS.get(coin)?.[0]?.collateralRatio ?? "0");
  const carried = ratio.isZero() ? held : margin.totalAvailableBalance.div(price.times(ratio));
  return larger(ZERO, smaller(held, carried)).decimalPlaces(PLACES, Decimal.ROUND_DOWN);
}
