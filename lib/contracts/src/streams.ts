/** Names of the streams. */
export const STREAM = { MD: "MD", ACCT: "ACCT", EXEC: "EXEC", RISK: "RISK", HEDGE: "HEDGE", DLQ: "DLQ" } as const;
export type StreamName = (typeof STREAM)[keyof typeof STREAM];

/** Names of the key-value buckets. */
export const BUCKET = { CONFIG: "CONFIG", CONTROL: "CONTROL", LEASE: "LEASE" } as const;
export type BucketName = (typeof BUCKET)[keyof typeof BUCKET];

/** What a stream must be like, independent of the messaging system's own names. */
export interface StreamSpec {
  readonly name: StreamName;
  readonly subjects: readonly string[];
  readonly description: string;
  /**
   * `memory` only where the stream has copies on other servers: a single server that restarts forgets a memory stream
   * and its definition, so there it is a file (no slower, docs/decisions/0008).
   */
  readonly storage: "memory" | "file";
  /** Oldest messages go when exceeded; 0 is without bound. */
  readonly maxAgeMs: number;
  /** Newest N per subject are kept; 0 is without bound. */
  readonly maxPerSubject: number;
  /** Bound of the whole stream in bytes. The server reserves it, so the defaults fit a laptop; a desk provisions more. */
  readonly maxBytes: number;
  /** What happens at the bound: drop the oldest, or refuse the newest. */
  readonly whenFull: "drop_oldest" | "refuse";
  /** Window in which a message id is remembered. */
  readonly dedupWindowMs: number;
  /** Nobody may delete or purge messages. */
  readonly immutable: boolean;
  /** Replicated where the cluster has three nodes. */
  readonly replicated: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;

/** Every stream, in the order of the flow (docs/contracts.md explains each row). */
export const STREAMS: readonly StreamSpec[] = [
  {
    name: STREAM.MD,
    subjects: ["md.*.*.*"],
    description: "Normalised market ticks",
    storage: "memory",
    maxAgeMs: 5 * MINUTE_MS,
    maxPerSubject: 0,
    maxBytes: GIB / 4,
    whenFull: "drop_oldest",
    dedupWindowMs: 10_000,
    immutable: false,
    replicated: true,
  },
  {
    name: STREAM.ACCT,
    subjects: ["acct.*.*.*"],
    description: "Account snapshots: wallet, position, loan",
    storage: "file",
    maxAgeMs: 0,
    maxPerSubject: 8,
    maxBytes: GIB / 4,
    whenFull: "drop_oldest",
    dedupWindowMs: 2 * MINUTE_MS,
    immutable: false,
    replicated: true,
  },
  {
    name: STREAM.EXEC,
    subjects: ["exec.*.*"],
    description: "Order updates and executions",
    storage: "file",
    maxAgeMs: 30 * DAY_MS,
    maxPerSubject: 0,
    maxBytes: GIB / 2,
    whenFull: "drop_oldest",
    dedupWindowMs: 5 * MINUTE_MS,
    immutable: false,
    replicated: true,
  },
  {
    name: STREAM.RISK,
    subjects: ["risk.*.*"],
    description: "Decisions of the risk engine",
    storage: "file",
    maxAgeMs: 30 * DAY_MS,
    maxPerSubject: 0,
    maxBytes: GIB,
    whenFull: "drop_oldest",
    dedupWindowMs: 2 * MINUTE_MS,
    immutable: false,
    replicated: true,
  },
  {
    name: STREAM.HEDGE,
    subjects: ["hedge.*.*"],
    description: "The intent ledger: what was intended, sent and known, per account",
    storage: "file",
    maxAgeMs: 0,
    maxPerSubject: 0,
    maxBytes: 2 * GIB,
    whenFull: "refuse",
    dedupWindowMs: 2 * MINUTE_MS,
    immutable: true,
    replicated: true,
  },
  {
    name: STREAM.DLQ,
    subjects: ["dlq.*"],
    description: "Messages that could not be handled, with the reason and their original headers",
    storage: "file",
    maxAgeMs: 30 * DAY_MS,
    maxPerSubject: 0,
    maxBytes: GIB / 4,
    whenFull: "drop_oldest",
    dedupWindowMs: 2 * MINUTE_MS,
    immutable: false,
    replicated: true,
  },
];

/** What a key-value bucket must be like. */
export interface BucketSpec {
  readonly name: BucketName;
  readonly description: string;
  readonly storage: "memory" | "file";
  readonly history: number;
  /** How long the marker of an expired key stays; 0 when keys never expire. */
  readonly markerTtlMs: number;
  readonly replicated: boolean;
}

/** LEASE has history 1: with more, the marker's time becomes the shortest possible lease (ADR-43 of NATS). */
export const BUCKETS: readonly BucketSpec[] = [
  {
    name: BUCKET.CONFIG,
    description: "Policies and accounts",
    storage: "file",
    history: 8,
    markerTtlMs: 0,
    replicated: true,
  },
  {
    name: BUCKET.CONTROL,
    description: "Modes: active, reducing, halted",
    storage: "file",
    history: 8,
    markerTtlMs: 0,
    replicated: true,
  },
  {
    name: BUCKET.LEASE,
    description: "Members and partition leases",
    storage: "file",
    history: 1,
    markerTtlMs: MINUTE_MS,
    replicated: true,
  },
];
