import { HedgeLockError } from "@hedgelock/runtime";

/** One piece of work. */
export type Task = () => Promise<void>;

interface Entry {
  readonly key: string | undefined;
  run: Task;
}

/**
 * The queue of one account: everything that concerns the account runs through it, one piece after the other, so there is
 * one append in flight and no two thoughts at once. Bounded: when it is full the process ends rather than forget a fact.
 */
export class Mailbox {
  readonly #limit: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #queue: Entry[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(limit: number, onFailure: (error: unknown) => void) {
    this.#limit = limit;
    this.#onFailure = onFailure;
  }

  get size(): number {
    return this.#queue.length;
  }

  /** Adds work. */
  post(run: Task): void {
    this.#add({ key: undefined, run });
  }

  /** Adds work of which only the newest matters: replaces what waits under the same key. */
  postLatest(key: string, run: Task): void {
    const waiting = this.#queue.find((entry) => entry.key === key);
    if (waiting === undefined) this.#add({ key, run });
    else waiting.run = run;
  }

  /** Resolves when nothing is waiting or running. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Takes no more work; what waits is dropped, what runs goes on. */
  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
  }

  #add(entry: Entry): void {
    if (this.#closed) return;
    if (this.#queue.length >= this.#limit) {
      this.close();
      this.#onFailure(
        new HedgeLockError(
          "HEDGER_MAILBOX_FULL",
          `${this.#limit} events of one account wait to be worked off: the ledger or the venue is too slow; restarting reads everything anew`,
        ),
      );
      return;
    }
    this.#queue.push(entry);
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // The first piece starts after the caller's own step, so that posting never runs anything in place.
    await Promise.resolve();
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      try {
        await entry.run();
      } catch (error) {
        this.close();
        this.#onFailure(error);
      }
    }
    this.#running = undefined;
  }
}
