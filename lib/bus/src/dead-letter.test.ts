import { HEADER } from "@hedgelock/contracts";
import { expect, it } from "vitest";

import { deadLetterHeaders, deadLetterId } from "./dead-letter.ts";
import type { StoredMessage } from "./port.ts";
import { bytes } from "./testing/messages.ts";

const message: StoredMessage = {
  stream: "EXEC",
  subject: "exec.0.a",
  seq: 7,
  payload: bytes("x"),
  messageId: "id",
  headers: { traceparent: "t", "Nats-Msg-Id": "id", "nats-rollup": "sub", "KV-Operation": "DEL", "Nats-TTL": "1s" },
};

it("keeps every original header, and lets none of them act again", () => {
  const headers = deadLetterHeaders(message, "why\r\nPUB x", "risk");
  expect(headers).toEqual({
    traceparent: "t",
    "hl-dlq-original-nats-msg-id": "id",
    "hl-dlq-original-nats-rollup": "sub",
    "hl-dlq-original-kv-operation": "DEL",
    "hl-dlq-original-nats-ttl": "1s",
    [HEADER.DLQ_REASON]: "why PUB x",
    [HEADER.DLQ_SUBJECT]: "exec.0.a",
    [HEADER.DLQ_STREAM]: "EXEC",
    [HEADER.DLQ_SEQUENCE]: "7",
    [HEADER.DLQ_SERVICE]: "risk",
  });
  expect(deadLetterHeaders(message, "x".repeat(5_000), "risk")[HEADER.DLQ_REASON]).toHaveLength(1_000);
});

it("has one id a message and service", () => {
  expect(deadLetterId(message, "risk")).toBe("dlq:EXEC:7:risk");
  expect(deadLetterId(message, "hedger")).not.toBe(deadLetterId(message, "risk"));
});
