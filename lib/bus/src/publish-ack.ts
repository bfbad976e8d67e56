/** What the server answered to one stored publish. */
export type AckReply =
  | { readonly kind: "stored"; readonly stream: string; readonly seq: number; readonly duplicate: boolean }
  | { readonly kind: "refused"; readonly status: number; readonly code: number; readonly description: string };

const decoder = new TextDecoder();

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

const numberOr0 = (value: unknown): number => (typeof value === "number" ? value : 0);

const textOf = (value: unknown): string => (typeof value === "string" ? value : "no description");

/**
 * Reads the body of a JetStream publish acknowledgement
 * (https://docs.nats.io/reference/reference-protocols/nats_api_reference, io.nats.jetstream.api.v1.pub_ack_response).
 * Undefined when it is none.
 */
export function parseAck(body: Uint8Array): AckReply | undefined {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch {
    // Not JSON: somebody else wrote to our inbox. The caller goes on waiting.
    return undefined;
  }
  const error = field(value, "error");
  if (error !== undefined) {
    return {
      kind: "refused",
      status: numberOr0(field(error, "code")),
      code: numberOr0(field(error, "err_code")),
      description: textOf(field(error, "description")),
    };
  }
  const stream = field(value, "stream");
  const seq = field(value, "seq");
  if (typeof stream !== "string" || typeof seq !== "number" || seq < 1) return undefined;
  return { kind: "stored", stream, seq, duplicate: field(value, "duplicate") === true };
}
