import {
  BUCKETS,
  STREAM,
  STREAMS,
  TRACE_PROMOTED_SUBJECT,
  TRACE_PROMOTE_FILTER,
  deadLetterSubject,
  partitionFilter,
  tracePromoteSubject,
  type BucketName,
  type StreamName,
} from "@hedgelock/contracts";

import { PROVISIONED_STREAM } from "./provision-metadata.ts";
import { bucketStream } from "./stream-config.ts";

/** The users of the NATS server. A service connects under the name of its user: its inboxes begin with it. */
export const NATS_USERS = ["collector", "risk", "hedger", "provision", "observer"] as const;
export type NatsUser = (typeof NATS_USERS)[number];

/** What a user may do, in the words of the {@link Bus}. Everything else is denied. */
export interface NatsRights {
  /** Who connects as this user, and for what. */
  readonly purpose: string;
  /** Subjects it publishes messages to that are stored. */
  readonly writes: readonly string[];
  /** Streams it follows: `consume`, `readAll`, `lastPerSubject`, `lastOf`. */
  readonly consumes: readonly StreamName[];
  /** Streams of which it reads single messages: `lastPerSubject`, `lastOf`. */
  readonly looksUp: readonly StreamName[];
  /** Buckets it reads. No user writes one yet. */
  readonly readsBuckets: readonly BucketName[];
  /** Subjects of messages that are not stored. */
  readonly announces: readonly string[];
  readonly listensTo: readonly string[];
  /** May create and change our streams and buckets; nobody may delete or purge one. */
  readonly provisions: boolean;
}

/** Subject lists as nats-server takes them; whatever is on neither list is denied. */
export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const NOTHING: Omit<NatsRights, "purpose"> = {
  writes: [],
  consumes: [],
  looksUp: [],
  readsBuckets: [],
  announces: [],
  listensTo: [],
  provisions: false,
};

const ALL_STREAMS: readonly StreamName[] = STREAMS.map(({ name }) => name);
const ALL_BUCKETS: readonly BucketName[] = BUCKETS.map(({ name }) => name);

/** Every subject of a stream. */
function subjectsOf(stream: StreamName): readonly string[] {
  return STREAMS.find(({ name }) => name === stream)?.subjects ?? [];
}

/** The rights of each user: what the code of that service does on its bus, and nothing more. */
export const NATS_RIGHTS: Readonly<Record<NatsUser, NatsRights>> = {
  collector: {
    ...NOTHING,
    purpose: "the collector: writes what the exchange says; reads where it had stopped",
    writes: [...subjectsOf(STREAM.MD), ...subjectsOf(STREAM.ACCT), ...subjectsOf(STREAM.EXEC)],
    looksUp: [STREAM.EXEC],
    announces: [TRACE_PROMOTED_SUBJECT],
    listensTo: [TRACE_PROMOTE_FILTER],
  },
  risk: {
    ...NOTHING,
    purpose: "the risk engine: market and accounts in, decisions out",
    writes: [...subjectsOf(STREAM.RISK), deadLetterSubject(STREAM.MD), deadLetterSubject(STREAM.ACCT)],
    consumes: [STREAM.MD, STREAM.ACCT],
    looksUp: [STREAM.RISK],
    announces: ["hb.risk.*", TRACE_PROMOTE_FILTER, TRACE_PROMOTED_SUBJECT],
    listensTo: [TRACE_PROMOTED_SUBJECT, tracePromoteSubject(partitionFilter("risk", "*"))],
  },
  hedger: {
    ...NOTHING,
    purpose: "the hedger: decisions and executions in, the intent ledger out",
    writes: [
      ...subjectsOf(STREAM.HEDGE),
      deadLetterSubject(STREAM.EXEC),
      deadLetterSubject(STREAM.RISK),
      deadLetterSubject(STREAM.ACCT),
    ],
    consumes: [STREAM.EXEC, STREAM.RISK, STREAM.ACCT],
    looksUp: [STREAM.HEDGE],
    announces: [TRACE_PROMOTE_FILTER],
    listensTo: [TRACE_PROMOTED_SUBJECT],
  },
  provision: {
    ...NOTHING,
    purpose: "`hedgelock provision`: creates the streams and buckets and brings them up to date",
    provisions: true,
  },
  observer: {
    ...NOTHING,
    purpose:
      "people and what they look through: the live view, the auditor, `hedgelock trace`; reads all, writes nothing",
    consumes: ALL_STREAMS,
    readsBuckets: ALL_BUCKETS,
    listensTo: ["hb.*.*"],
  },
};

/** What {@link JetStreamApi} asks for when the state or a single message of a stream is read from its leader. */
function lookUpSubjects(stream: string): readonly string[] {
  return [`$JS.API.STREAM.INFO.${stream}`, `$JS.API.STREAM.MSG.GET.${stream}`];
}

/**
 * What a consumption asks for. Consumers are pulled, under names made at run time, and acknowledge nothing: no right on
 * `$JS.ACK` is needed. A consumer with one filter is created under `…CREATE.<stream>.<name>.<filter>`, one with several
 * under `…CREATE.<stream>` alone: the right cannot be narrowed to some subjects of a stream.
 */
function consumeSubjects(stream: string): readonly string[] {
  return [
    ...lookUpSubjects(stream),
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
    `$JS.API.CONSUMER.DELETE.${stream}.*`,
  ];
}

function provisionSubjects(stream: string): readonly string[] {
  return ["INFO", "CREATE", "UPDATE"].map((verb) => `$JS.API.STREAM.${verb}.${stream}`);
}

/** The permissions of a user on the NATS server, sorted. */
export function natsPermissions(user: NatsUser): NatsPermissions {
  const rights = NATS_RIGHTS[user];
  const publish = [
    ...rights.writes,
    ...rights.announces,
    // What was provisioned is the first thing everybody reads.
    `$JS.API.STREAM.INFO.${PROVISIONED_STREAM}`,
    ...rights.consumes.flatMap(consumeSubjects),
    ...rights.looksUp.flatMap(lookUpSubjects),
    ...rights.readsBuckets.map(bucketStream).flatMap(lookUpSubjects),
    ...(rights.provisions ? [...ALL_STREAMS, ...ALL_BUCKETS.map(bucketStream)].flatMap(provisionSubjects) : []),
  ];
  return {
    publish: [...new Set(publish)].toSorted(),
    subscribe: [`_IB.${user}.>`, ...rights.listensTo],
  };
}
