import { BUCKETS, type BucketName } from "@hedgelock/contracts";

import { checkedKey, isTombstone, ttlHeader, wholeSecondsMs } from "./key-value-rules.ts";
import type { MemoryBroker } from "./memory-broker.ts";
import type { MemoryWrite } from "./memory-stream.ts";
import { NATS_HEADER } from "./message-headers.ts";
import type { Headers, KeyValue, KeyValueEntry, StoredMessage } from "./port.ts";
import { bucketStream, bucketSubject } from "./stream-config.ts";

const NOTHING = new Uint8Array();
const EXPIRES_AT = "memory-expires-at-ms";

/** A bucket in memory. Keys expire when the broker's clock says so, seen at the next operation. */
export class MemoryKeyValue implements KeyValue {
  readonly #broker: MemoryBroker;
  readonly #bucket: BucketName;

  constructor(broker: MemoryBroker, bucket: BucketName) {
    this.#broker = broker;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<KeyValueEntry | undefined> {
    const message = this.#last(key);
    if (message === undefined || isTombstone(message)) return undefined;
    return { key, value: message.payload, revision: message.seq };
  }

  async keys(): Promise<readonly string[]> {
    const prefix = bucketSubject(this.#bucket, "");
    const last = this.#broker.stream(bucketStream(this.#bucket))?.lastPerSubject([`${prefix}>`]) ?? [];
    const keys = last.map((message) => message.subject.slice(prefix.length));
    return keys
      .filter((key) => {
        const message = this.#last(key);
        return message !== undefined && !isTombstone(message);
      })
      .toSorted();
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    const written = this.#write(key, value, {}, undefined);
    return written?.kind === "stored" ? written.seq : 0;
  }

  async create(key: string, value: Uint8Array, ttlMs?: number): Promise<number | undefined> {
    const message = this.#last(key);
    if (message !== undefined && !isTombstone(message)) return undefined;
    return this.update(key, value, message?.seq ?? 0, ttlMs);
  }

  async update(key: string, value: Uint8Array, revision: number, ttlMs?: number): Promise<number | undefined> {
    const headers: Record<string, string> = {};
    if (ttlMs !== undefined) {
      const markerTtlMs = BUCKETS.find(({ name }) => name === this.#bucket)?.markerTtlMs ?? 0;
      headers[NATS_HEADER.TTL] = ttlHeader(this.#bucket, ttlMs, markerTtlMs);
      headers[EXPIRES_AT] = String(this.#broker.nowMs() + wholeSecondsMs(ttlMs));
    }
    const written = this.#write(key, value, headers, revision);
    return written?.kind === "stored" ? written.seq : undefined;
  }

  async delete(key: string, revision?: number): Promise<boolean> {
    return this.#write(key, NOTHING, { [NATS_HEADER.KV_OPERATION]: "DEL" }, revision)?.kind === "stored";
  }

  #write(key: string, value: Uint8Array, headers: Headers, expected: number | undefined): MemoryWrite | undefined {
    this.#last(key);
    return this.#broker.write({
      subject: bucketSubject(this.#bucket, key),
      payload: value,
      headers,
      messageId: "",
      ...(expected === undefined ? {} : { expectedLastSeq: expected }),
    });
  }

  /** The last message of the key. An expired one is first followed by its marker, which has a sequence of its own. */
  #last(key: string): StoredMessage | undefined {
    const subject = bucketSubject(this.#bucket, checkedKey(key));
    const stream = this.#broker.stream(bucketStream(this.#bucket));
    const message = stream?.last(subject);
    const expiresAt = message?.headers[EXPIRES_AT];
    if (expiresAt === undefined || Number(expiresAt) > this.#broker.nowMs()) return message;
    this.#broker.write({
      subject,
      payload: NOTHING,
      headers: { [NATS_HEADER.MARKER_REASON]: "MaxAge" },
      messageId: "",
    });
    return stream?.last(subject);
  }
}
