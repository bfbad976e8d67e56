import type { Bus, ConsumeOptions } from "@hedgelock/bus";
import type { Timers } from "@hedgelock/runtime";
import type { VenueTrading } from "@hedgelock/venue";

import type { CrashHook, CrashPoint } from "../account/crash-points.ts";

/** Thrown where a simulated process dies. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/**
 * The life of a simulated process. Dead: nothing it started ever goes on and nothing reaches it. Frozen: the same until
 * it thaws, then all of it, in order.
 */
export class Life {
  #dead = false;
  #thawed = Promise.withResolvers<void>();
  #frozen = false;
  readonly #held: (() => void)[] = [];

  get dead(): boolean {
    return this.#dead;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  kill(): void {
    this.#dead = true;
  }

  freeze(): void {
    this.#frozen = true;
    this.#thawed = Promise.withResolvers<void>();
  }

  thaw(): void {
    this.#frozen = false;
    this.#thawed.resolve();
    for (const run of this.#held.splice(0)) this.run(run);
  }

  /** Runs now, later, or never. */
  run(work: () => void): void {
    if (this.#dead) return;
    if (this.#frozen) this.#held.push(work);
    else work();
  }

  /** Passes now, later, or never. */
  async gate(): Promise<void> {
    while (this.#frozen && !this.#dead) await this.#thawed.promise;
    if (this.#dead) await Promise.withResolvers<never>().promise;
  }

  /** An outside call of the process: leaves and comes back only while it lives. */
  async call<Value>(work: () => Promise<Value>): Promise<Value> {
    await this.gate();
    try {
      return await work();
    } finally {
      await this.gate();
    }
  }
}

/** Kills, or freezes, the process when it comes to a crash point for the nth time. */
export function crashAt(
  life: Life,
  point: CrashPoint | undefined,
  nth = 1,
  how: "kill" | "freeze" = "kill",
): CrashHook {
  let seen = 0;
  return (passed) => {
    if (life.dead) throw new Killed(passed);
    if (passed !== point) return;
    seen += 1;
    if (seen !== nth) return;
    if (how === "freeze") {
      life.freeze();
      return;
    }
    life.kill();
    throw new Killed(passed);
  };
}

export function mortalTimers(timers: Timers, life: Life): Timers {
  return {
    after: (delayMs, run) => timers.after(delayMs, () => life.run(run)),
    every: (periodMs, run) => timers.every(periodMs, () => life.run(run)),
    sleep: (delayMs, signal) => life.call(() => timers.sleep(delayMs, signal)),
  };
}

export function mortalBus(bus: Bus, life: Life): Bus {
  return {
    publish: (message) => life.call(() => bus.publish(message)),
    append: (message) => life.call(() => bus.append(message)),
    consume: (options) => life.call(() => bus.consume(mortalOptions(options, life))),
    lastPerSubject: (stream, filter) => life.call(() => bus.lastPerSubject(stream, filter)),
    lastOf: (stream, subject) => life.call(() => bus.lastOf(stream, subject)),
    readAll: (stream, filter) => bus.readAll(stream, filter),
    keyValue: (bucket) => life.call(() => bus.keyValue(bucket)),
    announce: (subject, payload) => bus.announce(subject, payload),
    listen: (subject, onMessage) => bus.listen(subject, onMessage),
    request: (subject, payload, timeoutMs) => life.call(() => bus.request(subject, payload, timeoutMs)),
    respond: (subject, answer) => bus.respond(subject, answer),
    provisioned: () => life.call(() => bus.provisioned()),
    get state() {
      return bus.state;
    },
    watchState: (onState) => bus.watchState(onState),
    ping: () => life.call(() => bus.ping()),
    close: (budgetMs) => bus.close(budgetMs),
    [Symbol.asyncDispose]: () => bus.close(0),
  };
}

function mortalOptions(options: ConsumeOptions, life: Life): ConsumeOptions {
  return { ...options, onMessage: (message) => life.run(() => options.onMessage(message)) };
}

export function mortalVenue(venue: VenueTrading, life: Life): VenueTrading {
  return {
    capabilities: venue.capabilities,
    venueTimeMs: () => venue.venueTimeMs(),
    syncClock: () => life.call(() => venue.syncClock()),
    createOrder: (order, signing, onSent) =>
      life.call(() =>
        venue.createOrder(order, signing, () => {
          try {
            onSent?.();
          } catch (error) {
            // The process died after the bytes had left: the exchange does not notice.
            if (!(error instanceof Killed)) throw error;
          }
        }),
      ),
    cancelOrder: (category, symbol, linkId, signing) =>
      life.call(() => venue.cancelOrder(category, symbol, linkId, signing)),
    findOrder: (category, symbol, linkId) => life.call(() => venue.findOrder(category, symbol, linkId)),
    positions: (category) => life.call(() => venue.positions(category)),
    close: () => venue.close(),
  };
}
