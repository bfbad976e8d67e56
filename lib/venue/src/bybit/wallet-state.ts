import type { CoinBalance, WalletSnapshot } from "@hedgelock/contracts";

interface Held {
  readonly balance: CoinBalance;
  readonly timeMs: number;
}

/**
 * The unified account put together from REST snapshots (whole) and messages of the stream (account-wide totals, but
 * only the coins that changed). Merged by the venue's time, never by arrival.
 */
export class WalletState {
  #totals: WalletSnapshot | undefined;
  #totalsTimeMs = 0;
  #whole = false;
  readonly #coins = new Map<string, Held>();

  /** The venue's time of the newest part. */
  get timeMs(): number {
    return this.#totalsTimeMs;
  }

  /** A whole wallet: coins it does not name are gone, unless the stream has told something newer. */
  applySnapshot(wallet: WalletSnapshot, timeMs: number): void {
    const named = new Set(wallet.coins.map((coin) => coin.coin));
    for (const [coin, held] of this.#coins) {
      if (!named.has(coin) && held.timeMs <= timeMs) this.#coins.delete(coin);
    }
    this.#merge(wallet, timeMs);
    this.#whole = true;
  }

  /** Coins that changed; the others stay. */
  applyChange(wallet: WalletSnapshot, timeMs: number): void {
    this.#merge(wallet, timeMs);
  }

  /** The whole wallet; undefined before the first snapshot, because a part must not pass for the whole. */
  whole(): WalletSnapshot | undefined {
    if (this.#totals === undefined || !this.#whole) return undefined;
    const coins = [...this.#coins.values()].map((held) => held.balance);
    return { ...this.#totals, coins: coins.toSorted((left, right) => (left.coin < right.coin ? -1 : 1)) };
  }

  #merge(wallet: WalletSnapshot, timeMs: number): void {
    if (timeMs >= this.#totalsTimeMs) {
      this.#totals = wallet;
      this.#totalsTimeMs = timeMs;
    }
    for (const balance of wallet.coins) {
      const held = this.#coins.get(balance.coin);
      if (held === undefined || timeMs >= held.timeMs) this.#coins.set(balance.coin, { balance, timeMs });
    }
  }
}
