import type { MsgHdrs } from "@nats-io/transport-node";

import { NATS_HEADER, decodeHeaders } from "./message-headers.ts";
import type { Headers, StoredMessage } from "./port.ts";

/** The part of a client library message that a stored message is made of. */
interface Source {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers?: MsgHdrs | undefined;
}

/** A message from a stream. Headers are read when asked for: most handlers look at few of them. */
export class ReceivedMessage implements StoredMessage {
  readonly stream: string;
  readonly seq: number;
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly #source: Source;
  #headers: Headers | undefined;

  constructor(stream: string, seq: number, source: Source) {
    this.stream = stream;
    this.seq = seq;
    this.subject = source.subject;
    this.payload = source.data;
    this.#source = source;
  }

  get headers(): Headers {
    this.#headers ??= decodeHeaders(this.#source.headers);
    return this.#headers;
  }

  get messageId(): string {
    return this.headers[NATS_HEADER.MESSAGE_ID] ?? "";
  }
}
