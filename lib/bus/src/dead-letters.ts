import { deadLetterSubject } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";

import type { BusDeps } from "./bus-deps.ts";
import { deadLetterHeaders, deadLetterId } from "./dead-letter.ts";
import { NATS_HEADER, encodeHeaders } from "./message-headers.ts";
import type { StoredMessage } from "./port.ts";
import type { SendResult } from "./publish-entry.ts";
import type { Publisher } from "./publisher.ts";

/** Puts aside what a service could not handle. The flow does not wait for it. */
export class DeadLetters {
  readonly #publisher: Publisher;
  readonly #service: string;
  readonly #deps: BusDeps;

  constructor(publisher: Publisher, service: string, deps: BusDeps) {
    this.#publisher = publisher;
    this.#service = service;
    this.#deps = deps;
  }

  add(message: StoredMessage, reason: string): void {
    const where = { stream: message.stream, subject: message.subject, seq: message.seq, reason };
    this.#deps.log.warn("bus.dead_letter", where, "a message could not be handled");
    this.#count("hedgelock_bus_dead_letters_total", "Messages put aside because they could not be handled", message);
    this.#store(message, reason).then(
      (result) => {
        if (result.kind !== "stored") this.#lost(message, reason, JSON.stringify(result));
      },
      (error: unknown) => {
        this.#lost(message, reason, errorText(error));
      },
    );
  }

  async #store(message: StoredMessage, reason: string): Promise<SendResult> {
    return this.#publisher.send({
      subject: deadLetterSubject(message.stream),
      payload: message.payload,
      headers: encodeHeaders(deadLetterHeaders(message, reason, this.#service), {
        [NATS_HEADER.MESSAGE_ID]: deadLetterId(message, this.#service),
      }),
    });
  }

  /** The log is the last place that remembers it; the original is still in its stream. */
  #lost(message: StoredMessage, reason: string, why: string): void {
    this.#count("hedgelock_bus_dead_letters_lost_total", "Messages that could not even be put aside", message);
    this.#deps.log.error("bus.dead_letter_lost", {
      stream: message.stream,
      subject: message.subject,
      seq: message.seq,
      reason,
      why,
    });
  }

  #count(name: string, help: string, message: StoredMessage): void {
    this.#deps.metrics.counter(name, help, { stream: message.stream }).inc();
  }
}
