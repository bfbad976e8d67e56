import { HedgeLockError, errorText, type Counter } from "@hedgelock/runtime";

import type { BusDeps } from "./bus-deps.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { PoisonMessageError, type ConsumeOptions, type StoredMessage } from "./port.ts";

/** Hands messages to a service's handler; what it cannot handle goes to the dead letters. Never throws. */
export class HandlerRunner {
  readonly #options: ConsumeOptions;
  readonly #deadLetters: DeadLetters;
  readonly #deps: BusDeps;
  readonly #consumed: Counter;

  constructor(options: ConsumeOptions, deadLetters: DeadLetters, deps: BusDeps) {
    this.#options = options;
    this.#deadLetters = deadLetters;
    this.#deps = deps;
    this.#consumed = deps.metrics.counter("hedgelock_bus_consumed_total", "Messages handed to a handler", {
      stream: options.stream,
    });
  }

  run(message: StoredMessage): void {
    this.#consumed.inc();
    try {
      this.#options.onMessage(message);
    } catch (error) {
      if (error instanceof PoisonMessageError) {
        this.#deadLetters.add(message, errorText(error));
        return;
      }
      this.#deadLetters.add(message, `handler failed: ${errorText(error)}`);
      this.report(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Tells the service about trouble. */
  report(error: Error): void {
    this.#deps.log.warn("bus.consume_trouble", {
      stream: this.#options.stream,
      consumer: this.#options.name,
      code: error instanceof HedgeLockError ? error.code : undefined,
      error: errorText(error),
    });
    try {
      this.#options.onError?.(error);
    } catch (failure) {
      this.#deps.log.error("bus.on_error_failed", { error: errorText(failure) });
    }
  }
}
