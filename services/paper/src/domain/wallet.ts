import { ZERO, larger } from "./money.ts";
import type { Decimal } from "./money.ts";

/** A coin of the unified wallet, coin units. */
export interface CoinBalance {
  /** Changed only by `postUnified` of ledger.ts. */
  walletBalance: Decimal;
  /** Reserved for open spot orders: part of the wallet balance that cannot be spent twice. */
  locked: Decimal;
  /** Borrowed by hand (`/v5/account/borrow`), interest included. */
  spotBorrow: Decimal;
  /** Interest of the borrowing that is not paid yet; part of `spotBorrow`. */
  accruedInterest: Decimal;
  /** Realised profit less fees, for good. */
  cumRealisedPnl: Decimal;
}

/** Balances by coin. */
export type Wallet = Map<string, CoinBalance>;

/** A balance of `amount` with nothing reserved and nothing borrowed. */
export function newBalance(amount: Decimal): CoinBalance {
  return { walletBalance: amount, locked: ZERO, spotBorrow: ZERO, accruedInterest: ZERO, cumRealisedPnl: ZERO };
}

/** The balance of a coin; entered at zero when the wallet did not know it. */
export function coinBalance(wallet: Wallet, coin: string): CoinBalance {
  let balance = wallet.get(coin);
  if (balance === undefined) {
    balance = newBalance(ZERO);
    wallet.set(coin, balance);
  }
  return balance;
}

/** What a spot order may still spend of a coin: wallet balance less reservations, never below zero. */
export function freeBalance(wallet: Wallet, coin: string): Decimal {
  const balance = wallet.get(coin);
  return balance === undefined ? ZERO : larger(ZERO, balance.walletBalance.minus(balance.locked));
}

/**
 * Reserves `amount` of a coin for an open spot order (quote coin for buys, base coin for sells).
 * @returns false, with nothing changed, when less than that is free
 */
export function reserve(wallet: Wallet, coin: string, amount: Decimal): boolean {
  if (amount.isGreaterThan(freeBalance(wallet, coin))) return false;
  const balance = coinBalance(wallet, coin);
  balance.locked = balance.locked.plus(amount);
  return true;
}

/**
 * Gives a reservation back: on cancel the whole rest, on a fill the part that was reserved for it.
 * @throws RangeError when more is given back than was reserved: an order was counted twice
 */
export function release(wallet: Wallet, coin: string, amount: Decimal): void {
  const balance = coinBalance(wallet, coin);
  if (amount.isGreaterThan(balance.locked)) throw new RangeError(`${coin}: ${amount.toFixed()} were not reserved`);
  balance.locked = balance.locked.minus(amount);
}
