import { BUCKETS, type BucketName } from "@hedgelock/contracts";
import { HedgeLockError, assertNever } from "@hedgelock/runtime";

import { isConflict } from "./appender.ts";
import { API_CODE, BUS_ERROR } from "./bus-error.ts";
import type { JetStreamApi } from "./jetstream-api.ts";
import { checkedKey, isTombstone, ttlHeader } from "./key-value-rules.ts";
import { leaderLast, leaderLastPerSubject } from "./leader-read.ts";
import { NATS_HEADER, encodeHeaders } from "./message-headers.ts";
import type { Headers, KeyValue, KeyValueEntry, StoredMessage } from "./port.ts";
import type { SendResult } from "./publish-entry.ts";
import type { Publisher } from "./publisher.ts";
import { bucketStream, bucketSubject } from "./stream-config.ts";

const NOTHING = new Uint8Array();
const CREATE_ATTEMPTS = 3;

/**
 * A bucket over its stream, as other NATS clients see it too (ADR-8). Writes go through our own publisher because the
 * client library's `update` cannot set a time to live; reads are leader reads.
 */
export class NatsKeyValue implements KeyValue {
  readonly #bucket: BucketName;
  readonly #api: JetStreamApi;
  readonly #publisher: Publisher;
  readonly #deadlineMs: number;
  /** 0: the bucket's keys do not expire. */
  readonly #markerTtlMs: number;

  constructor(bucket: BucketName, api: JetStreamApi, publisher: Publisher, deadlineMs: number) {
    this.#bucket = bucket;
    this.#api = api;
    this.#publisher = publisher;
    this.#deadlineMs = deadlineMs;
    this.#markerTtlMs = BUCKETS.find(({ name }) => name === bucket)?.markerTtlMs ?? 0;
  }

  async get(key: string): Promise<KeyValueEntry | undefined> {
    const message = await this.#last(key);
    if (message === undefined || isTombstone(message)) return undefined;
    return { key, value: message.payload, revision: message.seq };
  }

  async keys(): Promise<readonly string[]> {
    const prefix = bucketSubject(this.#bucket, "");
    const last = await leaderLastPerSubject(this.#api, bucketStream(this.#bucket), `${prefix}>`);
    return last
      .filter((message) => !isTombstone(message))
      .map((message) => message.subject.slice(prefix.length))
      .toSorted();
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    return stored(await this.#write(key, value, {}), "writing", key);
  }

  async create(key: string, value: Uint8Array, ttlMs?: number): Promise<number | undefined> {
    let expected = 0;
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt += 1) {
      const revision = await this.#writeChecked(key, value, expected, ttlMs);
      if (revision !== undefined) return revision;
      const message = await this.#last(key);
      if (message !== undefined && !isTombstone(message)) return undefined;
      expected = message?.seq ?? 0;
    }
    return undefined;
  }

  update(key: string, value: Uint8Array, revision: number, ttlMs?: number): Promise<number | undefined> {
    return this.#writeChecked(key, value, revision, ttlMs);
  }

  async delete(key: string, revision?: number): Promise<boolean> {
    const headers: Record<string, string> = { [NATS_HEADER.KV_OPERATION]: "DEL" };
    if (this.#markerTtlMs > 0) {
      // The marker of a released lease would stay for ever; a purge with a life time leaves nothing behind.
      headers[NATS_HEADER.KV_OPERATION] = "PURGE";
      headers[NATS_HEADER.ROLLUP] = "sub";
      headers[NATS_HEADER.TTL] = ttlHeader(this.#bucket, this.#markerTtlMs, this.#markerTtlMs);
    }
    if (revision !== undefined) headers[NATS_HEADER.EXPECTED_LAST_SUBJECT_SEQUENCE] = String(revision);
    const result = await this.#write(key, NOTHING, headers);
    if (isConflict(result)) return false;
    stored(result, "deleting", key);
    return true;
  }

  async #last(key: string): Promise<StoredMessage | undefined> {
    return leaderLast(this.#api, bucketStream(this.#bucket), bucketSubject(this.#bucket, checkedKey(key)));
  }

  async #writeChecked(
    key: string,
    value: Uint8Array,
    expected: number,
    ttlMs: number | undefined,
  ): Promise<number | undefined> {
    const headers: Record<string, string> = { [NATS_HEADER.EXPECTED_LAST_SUBJECT_SEQUENCE]: String(expected) };
    if (ttlMs !== undefined) headers[NATS_HEADER.TTL] = ttlHeader(this.#bucket, ttlMs, this.#markerTtlMs);
    const result = await this.#write(key, value, headers);
    return isConflict(result) ? undefined : stored(result, "writing", key);
  }

  async #write(key: string, value: Uint8Array, headers: Headers): Promise<SendResult> {
    return this.#publisher.sendOnce(
      {
        subject: bucketSubject(this.#bucket, checkedKey(key)),
        payload: value,
        headers: encodeHeaders(undefined, headers),
      },
      this.#deadlineMs,
    );
  }
}

/** The revision of a write. @throws HedgeLockError when it was not stored, or nobody knows */
function stored(result: SendResult, doing: string, key: string): number {
  switch (result.kind) {
    case "stored":
      return result.seq;
    case "failed":
      throw result.error;
    case "lost":
      throw new HedgeLockError(
        BUS_ERROR.UNAVAILABLE,
        `${doing} key "${key}" got no answer (${result.reason}): it may or may not be stored; read it before trying again`,
        { retry: "backoff" },
      );
    case "refused":
      throw new HedgeLockError(
        result.code === API_CODE.MESSAGE_TTL_DISABLED ? BUS_ERROR.INVALID_KEY : BUS_ERROR.REFUSED,
        `the NATS server refused ${doing} key "${key}": ${result.description} (${result.code})`,
      );
    default:
      return assertNever(result);
  }
}
