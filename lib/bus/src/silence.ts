/**
 * Measures silence in our own waking time: a tick that comes late (a busy or frozen process) counts as one period, so
 * that a server is not blamed for heartbeats that lie unread in our socket.
 */
export class Silence {
  readonly #limitMs: number;
  readonly #periodMs: number;
  #silentMs = 0;

  /** @param periodMs time between calls of {@link tick} */
  constructor(limitMs: number, periodMs: number) {
    this.#limitMs = limitMs;
    this.#periodMs = periodMs;
  }

  heard(): void {
    this.#silentMs = 0;
  }

  /** True when it was silent for too long; starts anew then. */
  tick(): boolean {
    this.#silentMs += this.#periodMs;
    if (this.#silentMs < this.#limitMs) return false;
    this.#silentMs = 0;
    return true;
  }
}
