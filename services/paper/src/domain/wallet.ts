import { ZERO } from "./money.ts";
import type { Decimal } from "./money.ts";

/** A coin of the unified wallet. */
export interface CoinBalance {
  walletBalance: Decimal;
  /** Realised profit less fees, for good. */
  cumRealisedPnl: Decimal;
}

/** Balances by coin. */
export type Wallet = Map<string, CoinBalance>;

export function coinBalance(wallet: Wallet, coin: string): CoinBalance {
  let balance = wallet.get(coin);
  if (balance === undefined) {
    balance = { walletBalance: ZERO, cumRealisedPnl: ZERO };
    wallet.set(coin, balance);
  }
  return balance;
}

/** Settles realised profit (or loss) less fees into the wallet. */
export function settle(wallet: Wallet, coin: string, realised: Decimal): void {
  const balance = coinBalance(wallet, coin);
  balance.walletBalance = balance.walletBalance.plus(realised);
  balance.cumRealisedPnl = balance.cumRealisedPnl.plus(realised);
}
