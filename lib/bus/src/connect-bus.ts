import { DEFAULT_LIMITS, type ConnectOptions } from "./connect-options.ts";
import { JetStreamApi } from "./jetstream-api.ts";
import { NatsBus } from "./nats-bus.ts";
import { lostError, openConnection } from "./open-connection.ts";
import type { Bus } from "./port.ts";
import { partitionsDiffer } from "./provision-metadata.ts";
import { readProvisioned } from "./provision.ts";

/**
 * Connects to NATS. The connection restores itself for ever; what cannot be done meanwhile fails within its deadline.
 * Only credentials that are refused end it: then `onLost` is told.
 * @throws HedgeLockError BUS_UNREACHABLE, BUS_UNAUTHORIZED, CONFIG_UNREADABLE and CONFIG_INVALID (the password file);
 *   with `partitionsExpected` also BUS_NOT_PROVISIONED, BUS_PARTITIONS_DIFFER
 */
export async function connectBus(options: ConnectOptions): Promise<Bus> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const connection = await openConnection(options, options);
  connection.onLost((reason) => options.onLost?.(lostError(options, reason)));
  try {
    const api = await JetStreamApi.open(connection, limits.readDeadlineMs, options);
    if (options.partitionsExpected !== undefined) {
      const { partitions } = await readProvisioned(api);
      if (partitions !== options.partitionsExpected) throw partitionsDiffer(partitions, options.partitionsExpected);
    }
    return new NatsBus(connection, api, options.name, limits, options);
  } catch (error) {
    await connection.close();
    throw error;
  }
}
