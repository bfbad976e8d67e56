import type { Clock, LogFields, Logger } from "@hedgelock/runtime";

/** Warns at most once a period and counts what it did not say. */
export class ThrottledLog {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #periodUs: number;
  #lastUs = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor(deps: { readonly log: Logger; readonly clock: Clock; readonly periodMs: number }) {
    this.#log = deps.log;
    this.#clock = deps.clock;
    this.#periodUs = deps.periodMs * 1000;
  }

  warn(event: string, fields: LogFields): void {
    const nowUs = this.#clock.nowUs();
    if (nowUs - this.#lastUs < this.#periodUs) {
      this.#unsaid += 1;
      return;
    }
    this.#log.warn(event, this.#unsaid === 0 ? fields : { ...fields, not_logged_before: this.#unsaid });
    this.#lastUs = nowUs;
    this.#unsaid = 0;
  }
}
