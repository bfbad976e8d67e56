import { HedgeLockError, errorText } from "@hedgelock/runtime";
import { StorageType } from "@nats-io/jetstream";

import { API_CODE, BUS_ERROR, apiCodeOf } from "./bus-error.ts";
import type { WantedStream } from "./stream-config.ts";

const MIB = 1024 * 1024;

function reservedMib(all: readonly WantedStream[], storage: StorageType): number {
  const streams = all.filter((stream) => stream.storage === storage);
  return Math.ceil(streams.reduce((sum, stream) => sum + Math.max(0, stream.max_bytes), 0) / MIB);
}

function storageTooSmall(wants: WantedStream, all: readonly WantedStream[], cause: unknown): HedgeLockError {
  const ask = `our streams reserve ${reservedMib(all, StorageType.Memory)} MiB of memory and ${reservedMib(all, StorageType.File)} MiB on disk on each server that holds them`;
  return new HedgeLockError(
    BUS_ERROR.STORAGE_TOO_SMALL,
    `the NATS server has not enough storage for stream ${wants.name} (${errorText(cause)}): ${ask}; raise jetstream.max_mem and max_file, free space, or provision smaller maxBytes`,
    { cause },
  );
}

/** Translates what can go wrong while provisioning into what to do about it. */
export function provisionError(error: unknown, wants: WantedStream, all: readonly WantedStream[]): unknown {
  const cause = error instanceof HedgeLockError ? error.cause : error;
  switch (apiCodeOf(cause)) {
    case API_CODE.INSUFFICIENT_RESOURCES:
    case API_CODE.MEMORY_EXCEEDED:
    case API_CODE.STORAGE_EXCEEDED:
      return storageTooSmall(wants, all, cause);
    case API_CODE.REPLICAS_NOT_SUPPORTED:
    case API_CODE.NO_SUITABLE_PEERS:
      return new HedgeLockError(
        BUS_ERROR.REPLICAS_IMPOSSIBLE,
        `stream ${wants.name} cannot have ${wants.num_replicas} replicas here (${errorText(cause)}): a replica needs a server of its own with room for ${Math.ceil(wants.max_bytes / MIB)} MiB; provision fewer replicas or add servers`,
        { cause },
      );
    case API_CODE.NOT_ENABLED:
    case API_CODE.NOT_ENABLED_FOR_ACCOUNT:
      return noJetStream(cause);
    case undefined:
      return cause instanceof Error && cause.name === "JetStreamNotEnabled" ? noJetStream(cause) : error;
    default:
      return error;
  }
}

function noJetStream(cause: unknown): HedgeLockError {
  return new HedgeLockError(
    BUS_ERROR.NO_JETSTREAM,
    `the NATS server has no JetStream for this account (${errorText(cause)}): start nats-server with a jetstream { store_dir: … } block or -js`,
    { cause },
  );
}
