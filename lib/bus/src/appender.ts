import { HedgeLockError, assertNever } from "@hedgelock/runtime";

import type { BusDeps } from "./bus-deps.ts";
import { API_CODE, BUS_ERROR } from "./bus-error.ts";
import { NATS_HEADER, encodeHeaders } from "./message-headers.ts";
import type { AppendMessage, AppendOutcome } from "./port.ts";
import type { SendResult } from "./publish-entry.ts";
import type { Publisher } from "./publisher.ts";

/**
 * What a send says about a checked append. Everything that is neither a plain acknowledgement nor a plain refusal of the
 * sequence is `unknown`, also `duplicate`: on three servers it may be the answer to another writer with the same id.
 * @throws HedgeLockError for a message that was certainly not sent
 */
export function appendOutcome(result: SendResult): AppendOutcome {
  switch (result.kind) {
    case "stored":
      return result.duplicate
        ? { outcome: "unknown", reason: "the server already knew this message id" }
        : { outcome: "appended", seq: result.seq };
    case "refused":
      return isConflict(result)
        ? { outcome: "conflict" }
        : { outcome: "unknown", reason: `${result.description} (${result.code})` };
    case "lost":
      return { outcome: "unknown", reason: result.reason };
    case "failed":
      throw result.error;
    default:
      return assertNever(result);
  }
}

/** True when the answer says that the expected sequence was not the last one. */
export function isConflict(result: SendResult): boolean {
  return (
    result.kind === "refused" &&
    (result.code === API_CODE.WRONG_LAST_SEQUENCE || result.code === API_CODE.WRONG_LAST_SEQUENCE_IN_FLIGHT)
  );
}

/**
 * Checked appends: sent once, never repeated by itself. A second one on the same subject while the first is in flight is
 * refused, not queued: its expected sequence cannot be right before the first one's outcome is known.
 */
export class Appender {
  readonly #publisher: Publisher;
  readonly #deadlineMs: number;
  readonly #deps: BusDeps;
  readonly #inFlight = new Set<string>();

  constructor(publisher: Publisher, deadlineMs: number, deps: BusDeps) {
    this.#publisher = publisher;
    this.#deadlineMs = deadlineMs;
    this.#deps = deps;
  }

  /** @throws HedgeLockError BUS_APPEND_IN_FLIGHT, BUS_PERMISSION, BUS_INVALID_MESSAGE, BUS_OVERLOADED, BUS_CLOSED */
  async append(message: AppendMessage): Promise<AppendOutcome> {
    const { subject } = message;
    if (this.#inFlight.has(subject)) {
      throw new HedgeLockError(
        BUS_ERROR.APPEND_IN_FLIGHT,
        `a checked append on "${subject}" is still in flight: await its outcome before the next one`,
      );
    }
    this.#inFlight.add(subject);
    try {
      const headers = encodeHeaders(message.headers, {
        [NATS_HEADER.MESSAGE_ID]: message.messageId,
        [NATS_HEADER.EXPECTED_LAST_SUBJECT_SEQUENCE]: String(message.expectedLastSeq),
      });
      const sent = await this.#publisher.sendOnce({ subject, payload: message.payload, headers }, this.#deadlineMs);
      const outcome = appendOutcome(sent);
      this.#count(outcome.outcome);
      return outcome;
    } finally {
      this.#inFlight.delete(subject);
    }
  }

  #count(outcome: string): void {
    this.#deps.metrics.counter("hedgelock_bus_appends_total", "Checked appends, by outcome", { outcome }).inc();
  }
}
