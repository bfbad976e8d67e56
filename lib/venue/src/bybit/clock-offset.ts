import type { Clock } from "@hedgelock/runtime";

/** Samples that take part in the median. */
const WINDOW = 15;

/**
 * The venue's clock as seen from here: local time plus the median of (venue time - middle of the request). A median,
 * because one slow answer must not move the time that requests are signed with; and never a maximum, because a
 * timestamp a second ahead of the venue is refused whatever the receive window.
 */
export class ClockOffset {
  readonly #clock: Clock;
  readonly #samples: number[] = [];
  #next = 0;
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False until the first observation: then the local clock is all there is. */
  get known(): boolean {
    return this.#samples.length > 0;
  }

  /** Venue time minus local time, milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** The venue's clock now, whole milliseconds since the epoch. */
  nowMs(): number {
    return Math.floor(this.#clock.nowUs() / 1000 + this.#offsetMs);
  }

  /** Takes in the time of one response. @param sentUs @param receivedUs local clock around the request, microseconds */
  observe(venueTimeMs: number, sentUs: number, receivedUs: number): void {
    const sample = venueTimeMs - (sentUs + receivedUs) / 2000;
    if (this.#samples.length < WINDOW) this.#samples.push(sample);
    else this.#samples[this.#next] = sample;
    this.#next = (this.#next + 1) % WINDOW;
    const sorted = this.#samples.toSorted((left, right) => left - right);
    this.#offsetMs = sorted[sorted.length >> 1] ?? 0;
  }

  /** Forgets what was measured: after the venue called a timestamp wrong, old samples only delay the cure. */
  reset(): void {
    this.#samples.length = 0;
    this.#next = 0;
  }
}
