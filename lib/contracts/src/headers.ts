/** Header names on our messages, besides those of the messaging system. */
export const HEADER = {
  /** W3C trace context, https://www.w3.org/TR/trace-context/. */
  TRACEPARENT: "traceparent",
  /** Version of the contracts the writer was built with. */
  CONTRACT: "hl-contract",
  /** On dead letters: why, and where the message came from. */
  DLQ_REASON: "hl-dlq-reason",
  DLQ_SUBJECT: "hl-dlq-subject",
  DLQ_STREAM: "hl-dlq-stream",
  DLQ_SEQUENCE: "hl-dlq-sequence",
  DLQ_SERVICE: "hl-dlq-service",
} as const;

/** Version of the wire contracts in this tree. */
export const CONTRACT_VERSION = "1";
