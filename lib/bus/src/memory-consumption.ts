import { HedgeLockError } from "@hedgelock/runtime";

import { BUS_ERROR } from "./bus-error.ts";
import type { MemoryStream } from "./memory-stream.ts";
import type { ConsumeOptions, Consumption, StoredMessage } from "./port.ts";

/** A consumption of a stream in memory. */
export class MemoryConsumption implements Consumption {
  readonly caughtUp: Promise<void>;
  readonly #stream: MemoryStream;
  readonly #options: ConsumeOptions;
  readonly #deliver: (message: StoredMessage) => void;
  readonly #isPaused: () => boolean;
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #targetSeq: number;
  /** The last messages per subject that are still to come, for such a start. */
  readonly #initial: StoredMessage[];
  #cursor: number;
  #lastSeq = 0;
  #stopped = false;

  /** @param isPaused true while its bus plays a broken connection */
  constructor(
    stream: MemoryStream,
    options: ConsumeOptions,
    deliver: (message: StoredMessage) => void,
    isPaused: () => boolean,
  ) {
    this.#stream = stream;
    this.#isPaused = isPaused;
    this.#options = options;
    this.#deliver = deliver;
    this.caughtUp = this.#caughtUp.promise;
    this.caughtUp.catch(() => undefined);
    const { start, filters } = options;
    const last = stream.lastPerSubject(filters);
    this.#initial = start.from === "last_per_subject" ? [...last] : [];
    this.#cursor = start.from === "all" ? 0 : start.from === "seq" ? Math.max(0, start.seq - 1) : stream.lastSeq;
    this.#targetSeq = start.from === "new" ? 0 : (last.at(-1)?.seq ?? 0);
    if (start.from === "new" || this.#targetSeq === 0) this.#caughtUp.resolve();
    if (start.from === "seq" && this.#targetSeq < start.seq) this.#caughtUp.resolve();
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Hands over the next message; false when there is none. */
  step(): boolean {
    if (this.#stopped || this.#isPaused()) return false;
    const message = this.#initial.shift() ?? this.#stream.next(this.#cursor, this.#options.filters);
    if (message === undefined) {
      this.#caughtUp.resolve();
      return false;
    }
    this.#cursor = Math.max(this.#cursor, message.seq);
    this.#lastSeq = message.seq;
    this.#deliver(message);
    if (message.seq >= this.#targetSeq) this.#caughtUp.resolve();
    return true;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#caughtUp.reject(
      new HedgeLockError(BUS_ERROR.CLOSED, `consuming ${this.#options.stream} was stopped before it caught up`),
    );
    return Promise.resolve();
  }
}
