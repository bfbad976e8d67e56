import { HedgeLockError, errorText } from "@hedgelock/runtime";

import { BUS_ERROR } from "./bus-error.ts";

/** The error of everything tried after `close`, or after an end that nobody asked for. */
export function closedError(reason?: Error): HedgeLockError {
  const why = reason === undefined ? "" : ` (${errorText(reason)})`;
  return new HedgeLockError(BUS_ERROR.CLOSED, `the bus is closed${why}: nothing more can be sent or read through it`, {
    cause: reason,
  });
}

/** The error of what cannot wait for the connection to come back. */
export function disconnectedError(doing: string): HedgeLockError {
  return new HedgeLockError(
    BUS_ERROR.DISCONNECTED,
    `the connection to NATS is down while ${doing}: it is being restored, try again`,
    { retry: "backoff" },
  );
}
