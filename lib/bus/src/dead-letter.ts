import { HEADER } from "@hedgelock/contracts";

import type { Headers, StoredMessage } from "./port.ts";

const LONGEST_REASON = 1_000;
/** Headers that tell JetStream to do something keep their value under this prefix instead of acting again. */
const ORIGINAL_PREFIX = "hl-dlq-original-";
const ACTS = /^(nats-|kv-operation$)/i;

/**
 * Headers of a dead letter: the original ones, the reason, and where the message came from.
 * @param service who could not handle it
 */
export function deadLetterHeaders(message: StoredMessage, reason: string, service: string): Headers {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    out[ACTS.test(name) ? `${ORIGINAL_PREFIX}${name.toLowerCase()}` : name] = value;
  }
  return {
    ...out,
    [HEADER.DLQ_REASON]: reason.replaceAll(/[\r\n]+/g, " ").slice(0, LONGEST_REASON),
    [HEADER.DLQ_SUBJECT]: message.subject,
    [HEADER.DLQ_STREAM]: message.stream,
    [HEADER.DLQ_SEQUENCE]: String(message.seq),
    [HEADER.DLQ_SERVICE]: service,
  };
}

/** Id of a dead letter: a message that one service refuses again after a restart is kept once. */
export function deadLetterId(message: StoredMessage, service: string): string {
  return `dlq:${message.stream}:${message.seq}:${service}`;
}
