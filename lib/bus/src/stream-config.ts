import type { BucketName, BucketSpec, StreamSpec } from "@hedgelock/contracts";
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";

/** Without bound, in the words of JetStream. */
const UNBOUNDED = -1;
/** Room for the history of small values; a bucket that is full refuses writes. */
const BUCKET_MAX_BYTES = 64 * 1024 * 1024;
const BUCKET_DEDUP_MS = 120_000;

/** The stream under a bucket (ADR-8). */
export function bucketStream(bucket: BucketName): string {
  return `KV_${bucket}`;
}

/** The subject of a key; with "" the prefix of all keys. */
export function bucketSubject(bucket: BucketName, key: string): string {
  return `$KV.${bucket}.${key}`;
}

/** The fields of a stream's configuration that we decide. */
export type WantedStream = Pick<
  StreamConfig,
  | "name"
  | "subjects"
  | "retention"
  | "storage"
  | "max_consumers"
  | "max_msgs"
  | "max_msgs_per_subject"
  | "max_bytes"
  | "max_age"
  | "max_msg_size"
  | "discard"
  | "duplicate_window"
  | "num_replicas"
  | "deny_delete"
  | "deny_purge"
  | "allow_rollup_hdrs"
  | "allow_direct"
> & {
  readonly description: string;
  readonly allow_msg_ttl: boolean;
  readonly subject_delete_marker_ttl: number;
};

/** What all our streams have in common. */
const COMMON = {
  retention: RetentionPolicy.Limits,
  max_consumers: UNBOUNDED,
  max_msgs: UNBOUNDED,
  max_msg_size: UNBOUNDED,
  // Direct gets are answered by any replica, also a lagging one; every read here goes to the leader.
  allow_direct: false,
};

/**
 * The configuration of a stream.
 * @param replicas of a replicated stream
 * @param maxBytes instead of the specification's
 */
export function streamConfig(spec: StreamSpec, replicas: number, maxBytes: number = spec.maxBytes): WantedStream {
  return {
    ...COMMON,
    name: spec.name,
    subjects: [...spec.subjects],
    description: spec.description,
    storage: spec.storage === "memory" && replicas > 1 ? StorageType.Memory : StorageType.File,
    max_msgs_per_subject: spec.maxPerSubject === 0 ? UNBOUNDED : spec.maxPerSubject,
    max_bytes: maxBytes,
    max_age: nanos(spec.maxAgeMs),
    discard: spec.whenFull === "refuse" ? DiscardPolicy.New : DiscardPolicy.Old,
    duplicate_window: nanos(spec.dedupWindowMs),
    num_replicas: spec.replicated ? replicas : 1,
    deny_delete: spec.immutable,
    deny_purge: spec.immutable,
    allow_rollup_hdrs: false,
    allow_msg_ttl: false,
    subject_delete_marker_ttl: 0,
  };
}

/** The configuration of the stream under a bucket, as the client libraries make it. */
export function bucketConfig(spec: BucketSpec, replicas: number): WantedStream {
  return {
    ...COMMON,
    name: bucketStream(spec.name),
    subjects: [bucketSubject(spec.name, ">")],
    description: spec.description,
    storage: spec.storage === "memory" && replicas > 1 ? StorageType.Memory : StorageType.File,
    max_msgs_per_subject: spec.history,
    max_bytes: BUCKET_MAX_BYTES,
    max_age: 0,
    discard: DiscardPolicy.New,
    duplicate_window: nanos(BUCKET_DEDUP_MS),
    num_replicas: spec.replicated ? replicas : 1,
    deny_delete: true,
    deny_purge: false,
    allow_rollup_hdrs: true,
    allow_msg_ttl: spec.markerTtlMs > 0,
    subject_delete_marker_ttl: nanos(spec.markerTtlMs),
  };
}
