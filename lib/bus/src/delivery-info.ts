/** What the reply subject of a delivered message says. */
export interface DeliveryInfo {
  /** Sequence in the stream. */
  readonly streamSeq: number;
  /** Sequence within the consumer: 1, 2, 3, … without gaps when nothing was lost on the way. */
  readonly consumerSeq: number;
}

const V1_TOKENS = 9;
const V2_TOKENS = 11;
/** Token positions in `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`. */
const V1_STREAM_SEQ = 5;
/** The second form inserts domain and account hash before the stream (nats-server ADR-15). */
const V2_SHIFT = 2;

/** Reads both forms of the reply subject; undefined when it is no delivery. */
export function parseDelivery(reply: string): DeliveryInfo | undefined {
  if (!reply.startsWith("$JS.ACK.")) return undefined;
  const tokens = reply.split(".");
  if (tokens.length < V1_TOKENS || tokens.length === V1_TOKENS + 1) return undefined;
  const at = tokens.length >= V2_TOKENS ? V1_STREAM_SEQ + V2_SHIFT : V1_STREAM_SEQ;
  const streamSeq = Number(tokens[at]);
  const consumerSeq = Number(tokens[at + 1]);
  if (!Number.isSafeInteger(streamSeq) || !Number.isSafeInteger(consumerSeq) || streamSeq < 1 || consumerSeq < 1) {
    return undefined;
  }
  return { streamSeq, consumerSeq };
}
