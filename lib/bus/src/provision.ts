import { BUCKETS, DEFAULT_PARTITIONS, MAX_PARTITIONS, STREAMS, type StreamName } from "@hedgelock/contracts";
import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { StreamInfo } from "@nats-io/jetstream";

import type { BusDeps } from "./bus-deps.ts";
import { API_CODE, BUS_ERROR, apiCodeOf } from "./bus-error.ts";
import { DEFAULT_LIMITS, type ServerAddress } from "./connect-options.ts";
import { JetStreamApi } from "./jetstream-api.ts";
import { openConnection } from "./open-connection.ts";
import type { Provisioned } from "./port.ts";
import {
  LEDGER_ID_BYTES,
  PROVISIONED_STREAM,
  fromMetadata,
  partitionsDiffer,
  toMetadata,
} from "./provision-metadata.ts";
import { provisionError } from "./provision-error.ts";
import { bucketConfig, streamConfig, type WantedStream } from "./stream-config.ts";
import { describeDifferences, diffStream, type FieldDifference } from "./stream-diff.ts";

/** What a deployment decides about its streams. */
export interface ProvisionPlan {
  /** 16 when left out; fixed for good once provisioned. */
  readonly partitions?: number;
  /** Copies of every replicated stream and bucket: 1 on a single server, 3 in a cluster. 1 when left out. */
  readonly replicas?: number;
  /** Bounds of single streams in bytes, instead of the laptop-sized defaults. */
  readonly maxBytes?: Readonly<Partial<Record<StreamName, number>>>;
}

/** What provisioning did. */
export interface ProvisionReport extends Provisioned {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly unchanged: readonly string[];
}

interface ExistingStream {
  readonly wants: WantedStream;
  readonly info: StreamInfo | undefined;
}

/**
 * Creates every stream and bucket, or brings existing ones up to date where that harms nothing. Looks at all of them
 * before it changes any; may be run again at any time and by several at once. The ledger id is drawn once and kept.
 * @throws HedgeLockError BUS_STREAM_INCOMPATIBLE (naming every field), BUS_PARTITIONS_DIFFER, BUS_NO_JETSTREAM,
 *   BUS_STORAGE_TOO_SMALL, BUS_REPLICAS_IMPOSSIBLE, BUS_UNREACHABLE, BUS_UNAUTHORIZED, BUS_PERMISSION
 */
export async function provision(address: ServerAddress & BusDeps, plan: ProvisionPlan = {}): Promise<ProvisionReport> {
  const partitions = plan.partitions ?? DEFAULT_PARTITIONS;
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw new HedgeLockError(
      BUS_ERROR.PARTITIONS_DIFFER,
      `partitions must be a whole number from 1 to ${MAX_PARTITIONS}, not ${partitions}`,
      { exitStatus: 2 },
    );
  }
  const connection = await openConnection(address, address);
  try {
    // No answer means no leader yet, or no JetStream at all: the server's greeting says which is likely.
    const patienceMs = connection.nc.info?.jetstream === true ? 2 * DEFAULT_LIMITS.readDeadlineMs : 0;
    const api = await JetStreamApi.open(connection, patienceMs, address);
    return await apply(api, wantedStreams(plan), partitions, address);
  } finally {
    await connection.close();
  }
}

function wantedStreams(plan: ProvisionPlan): readonly WantedStream[] {
  const replicas = plan.replicas ?? 1;
  return [
    ...STREAMS.map((spec) => streamConfig(spec, replicas, plan.maxBytes?.[spec.name])),
    ...BUCKETS.map((spec) => bucketConfig(spec, replicas)),
  ];
}

async function apply(
  api: JetStreamApi,
  wanted: readonly WantedStream[],
  partitions: number,
  deps: BusDeps,
): Promise<ProvisionReport> {
  const existing: ExistingStream[] = [];
  for (const wants of wanted) existing.push({ wants, info: await find(api, wants, wanted) });
  refuseIncompatible(existing);
  const known = fromMetadata(existing.find(({ wants }) => wants.name === PROVISIONED_STREAM)?.info?.config.metadata);
  if (known !== undefined && known.partitions !== partitions) throw partitionsDiffer(known.partitions, partitions);
  const provisioned: Provisioned = known ?? { partitions, ledgerId: deps.random.hex(LEDGER_ID_BYTES) };
  const report = { created: [] as string[], updated: [] as string[], unchanged: [] as string[] };
  for (const { wants, info } of existing) {
    const metadata = wants.name === PROVISIONED_STREAM ? toMetadata(provisioned) : {};
    const done =
      info === undefined
        ? await create(api, wants, metadata, wanted)
        : await update(api, wants, info, metadata, wanted);
    report[done].push(wants.name);
  }
  // Another provisioner may have created the ledger a moment before us: what is stored counts.
  const stored = await readProvisioned(api);
  if (stored.partitions !== partitions) throw partitionsDiffer(stored.partitions, partitions);
  deps.log.info("bus.provisioned", { ...stored, ...report });
  return { ...stored, ...report };
}

async function find(
  api: JetStreamApi,
  wants: WantedStream,
  all: readonly WantedStream[],
): Promise<StreamInfo | undefined> {
  try {
    return await api.call(`reading stream ${wants.name}`, async (jsm) => {
      try {
        return await jsm.streams.info(wants.name);
      } catch (error) {
        if (apiCodeOf(error) === API_CODE.STREAM_NOT_FOUND) return undefined;
        throw error;
      }
    });
  } catch (error) {
    throw provisionError(error, wants, all);
  }
}

function differences(info: StreamInfo, wants: WantedStream): readonly FieldDifference[] {
  return diffStream(info.config, wants, info.state.messages === 0);
}

function refuseIncompatible(existing: readonly ExistingStream[]): void {
  const problems = existing.flatMap(({ wants, info }) => {
    if (info === undefined) return [];
    const refused = differences(info, wants).filter(({ refusedBecause }) => refusedBecause !== undefined);
    return refused.length === 0 ? [] : [describeDifferences(wants.name, refused)];
  });
  if (problems.length === 0) return;
  throw new HedgeLockError(
    BUS_ERROR.STREAM_INCOMPATIBLE,
    `existing streams do not fit, nothing was changed: ${problems.join("; ")}. Provision with the values they have, or move the data away and delete the stream`,
    { exitStatus: 2 },
  );
}

async function create(
  api: JetStreamApi,
  wants: WantedStream,
  metadata: Readonly<Record<string, string>>,
  all: readonly WantedStream[],
): Promise<"created" | "unchanged"> {
  try {
    return await api.call(`creating stream ${wants.name}`, async (jsm) => {
      try {
        await jsm.streams.add({ ...wants, metadata: { ...metadata } });
        return "created" as const;
      } catch (error) {
        if (apiCodeOf(error) !== API_CODE.STREAM_NAME_IN_USE) throw error;
      }
      // Created by somebody else since we looked: fine when it is what we want.
      const info = await jsm.streams.info(wants.name);
      refuseIncompatible([{ wants, info }]);
      return "unchanged" as const;
    });
  } catch (error) {
    throw provisionError(error, wants, all);
  }
}

async function update(
  api: JetStreamApi,
  wants: WantedStream,
  info: StreamInfo,
  metadata: Readonly<Record<string, string>>,
  all: readonly WantedStream[],
): Promise<"updated" | "unchanged"> {
  const has = info.config.metadata ?? {};
  const hasMetadata = Object.entries(metadata).every(([key, value]) => has[key] === value);
  const found = differences(info, wants);
  if (found.length === 0 && hasMetadata) return "unchanged";
  const { name, retention: _retention, storage: _storage, ...changeable } = wants;
  try {
    await api.call(`updating stream ${name} (${describeDifferences(name, found)})`, (jsm) =>
      jsm.streams.update(name, { ...changeable, metadata: { ...has, ...metadata } }),
    );
  } catch (error) {
    throw provisionError(error, wants, all);
  }
  return "updated";
}

/** Reads what was provisioned. @throws HedgeLockError BUS_NOT_PROVISIONED */
export async function readProvisioned(api: JetStreamApi): Promise<Provisioned> {
  let info: StreamInfo;
  try {
    info = await api.call(`reading stream ${PROVISIONED_STREAM}`, (jsm) => jsm.streams.info(PROVISIONED_STREAM));
  } catch (error) {
    if (error instanceof HedgeLockError && error.code === BUS_ERROR.NO_STREAM) throw notProvisioned(error);
    throw error;
  }
  const provisioned = fromMetadata(info.config.metadata);
  if (provisioned === undefined) throw notProvisioned(new Error(`stream ${PROVISIONED_STREAM} carries no metadata`));
  return provisioned;
}

function notProvisioned(cause: Error): HedgeLockError {
  return new HedgeLockError(
    BUS_ERROR.NOT_PROVISIONED,
    `the streams are not provisioned (${errorText(cause)}): run "hedgelock provision" against this server first`,
    { cause, exitStatus: 2 },
  );
}
