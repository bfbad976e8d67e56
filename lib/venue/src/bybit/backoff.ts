import type { Random } from "@hedgelock/runtime";

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Exponential delays with jitter: attempt 0 waits up to `firstMs`, later ones double up to `maxMs`, each scaled by a
 * random factor from 0.5 to 1 so that many clients do not come back in the same instant.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: Random;
  #attempt = 0;

  constructor(options: BackoffOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /** Delay before the next attempt, milliseconds. */
  nextMs(): number {
    const ceiling = Math.min(this.#options.maxMs, this.#options.firstMs * 2 ** Math.min(this.#attempt, 20));
    this.#attempt += 1;
    return ceiling * (0.5 + this.#random.next() / 2);
  }

  /** Call when the connection has proved healthy. */
  reset(): void {
    this.#attempt = 0;
  }
}
