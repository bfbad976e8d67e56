import { MAX_PARTITIONS, STREAM } from "@hedgelock/contracts";
import { HedgeLockError } from "@hedgelock/runtime";

import { BUS_ERROR } from "./bus-error.ts";
import type { Provisioned } from "./port.ts";

/** The stream that carries what was provisioned: the ledger itself, because the ledger id is its identity. */
export const PROVISIONED_STREAM = STREAM.HEDGE;

const KEY = { PARTITIONS: "hedgelock.partitions", LEDGER_ID: "hedgelock.ledger_id" } as const;
const LEDGER_ID = /^[0-9a-f]{16}$/;

/** Bytes of randomness in a ledger id. */
export const LEDGER_ID_BYTES = 8;

/** The stream metadata that remembers it. */
export function toMetadata(provisioned: Provisioned): Readonly<Record<string, string>> {
  return { [KEY.PARTITIONS]: String(provisioned.partitions), [KEY.LEDGER_ID]: provisioned.ledgerId };
}

/**
 * Reads it back; undefined when the stream carries none.
 * @throws HedgeLockError BUS_STREAM_INCOMPATIBLE when it is garbled
 */
export function fromMetadata(metadata: Readonly<Record<string, string>> | undefined): Provisioned | undefined {
  const partitionsText = metadata?.[KEY.PARTITIONS];
  const ledgerId = metadata?.[KEY.LEDGER_ID];
  if (partitionsText === undefined && ledgerId === undefined) return undefined;
  const partitions = Number(partitionsText);
  const partitionsAreValid = Number.isInteger(partitions) && partitions >= 1 && partitions <= MAX_PARTITIONS;
  if (!partitionsAreValid || ledgerId === undefined || !LEDGER_ID.test(ledgerId)) {
    throw new HedgeLockError(
      BUS_ERROR.STREAM_INCOMPATIBLE,
      `the metadata of stream ${PROVISIONED_STREAM} is garbled (${KEY.PARTITIONS}=${partitionsText ?? "missing"}, ${KEY.LEDGER_ID}=${ledgerId ?? "missing"}): restore it from a backup; a new ledger id would orphan every open order`,
    );
  }
  return { partitions, ledgerId };
}

/** The error of a deployment whose partitions differ from what was asked for. */
export function partitionsDiffer(provisioned: number, asked: number): HedgeLockError {
  return new HedgeLockError(
    BUS_ERROR.PARTITIONS_DIFFER,
    `the streams were provisioned with ${provisioned} partitions and ${asked} were asked for: use ${provisioned}; another number would send accounts to ledgers they do not have`,
    { exitStatus: 2 },
  );
}
