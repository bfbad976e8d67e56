import { HedgeLockError, errorText } from "@hedgelock/runtime";
import { JetStreamApiError } from "@nats-io/jetstream";
import {
  AuthorizationError,
  ClosedConnectionError,
  DrainingConnectionError,
  InvalidArgumentError,
  InvalidSubjectError,
  PermissionViolationError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";

/** Every code this package throws, and what it means. */
export const BUS_ERROR = {
  /** No server answered within the deadline of the first connection. */
  UNREACHABLE: "BUS_UNREACHABLE",
  /** The server refused the user or password. */
  UNAUTHORIZED: "BUS_UNAUTHORIZED",
  /** The user may not publish or subscribe to that subject. */
  PERMISSION: "BUS_PERMISSION",
  /** The connection is down right now; it is being restored. */
  DISCONNECTED: "BUS_DISCONNECTED",
  /** The bus was closed. */
  CLOSED: "BUS_CLOSED",
  /** More messages wait for their acknowledgement than the bound allows. */
  OVERLOADED: "BUS_OVERLOADED",
  /** No acknowledgement before the deadline: neither stored nor not stored. */
  PUBLISH_TIMEOUT: "BUS_PUBLISH_TIMEOUT",
  /** No stream listens on the subject. */
  NO_STREAM: "BUS_NO_STREAM",
  /** The server refused the message for good. */
  REFUSED: "BUS_REFUSED",
  /** The message cannot be sent: bad subject, bad header, too large. */
  INVALID_MESSAGE: "BUS_INVALID_MESSAGE",
  /** A second checked append on a subject while the first is in flight: a bug of the caller. */
  APPEND_IN_FLIGHT: "BUS_APPEND_IN_FLIGHT",
  /** JetStream did not answer, or not yet: try again. */
  UNAVAILABLE: "BUS_UNAVAILABLE",
  /** The server answered a request with an error. */
  API: "BUS_API",
  /** Nobody answers requests on the subject. */
  NO_RESPONDER: "BUS_NO_RESPONDER",
  /** A request was not answered in time. */
  REQUEST_TIMEOUT: "BUS_REQUEST_TIMEOUT",
  /** The responder failed. */
  REQUEST_FAILED: "BUS_REQUEST_FAILED",
  /** The streams were never provisioned. */
  NOT_PROVISIONED: "BUS_NOT_PROVISIONED",
  /** Provisioned with another number of partitions. */
  PARTITIONS_DIFFER: "BUS_PARTITIONS_DIFFER",
  /** An existing stream or bucket differs in a way that cannot or must not be changed. */
  STREAM_INCOMPATIBLE: "BUS_STREAM_INCOMPATIBLE",
  /** The server runs without JetStream. */
  NO_JETSTREAM: "BUS_NO_JETSTREAM",
  /** The server has not enough storage for what the streams reserve. */
  STORAGE_TOO_SMALL: "BUS_STORAGE_TOO_SMALL",
  /** The cluster has too few servers for the replicas asked for. */
  REPLICAS_IMPOSSIBLE: "BUS_REPLICAS_IMPOSSIBLE",
  /** A key that the bucket cannot take, or a life time it does not support. */
  INVALID_KEY: "BUS_INVALID_KEY",
  /** A stream was deleted and created anew while it was consumed. Told to `onError`, not thrown. */
  STREAM_RECREATED: "BUS_STREAM_RECREATED",
} as const;

/** Server error codes this package tells apart (nats-server, server/errors.json). */
export const API_CODE = {
  WRONG_LAST_SEQUENCE: 10071,
  WRONG_LAST_SEQUENCE_IN_FLIGHT: 10164,
  DUPLICATE_IN_FLIGHT: 10158,
  STREAM_NOT_FOUND: 10059,
  STREAM_NAME_IN_USE: 10058,
  MESSAGE_NOT_FOUND: 10037,
  MESSAGE_TTL_DISABLED: 10166,
  NOT_ENABLED: 10076,
  NOT_ENABLED_FOR_ACCOUNT: 10039,
  INSUFFICIENT_RESOURCES: 10023,
  MEMORY_EXCEEDED: 10028,
  STORAGE_EXCEEDED: 10047,
  NO_SUITABLE_PEERS: 10005,
  REPLICAS_NOT_SUPPORTED: 10074,
} as const;

/** The numeric code of a JetStream answer; undefined for anything else. */
export function apiCodeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

/** Digs the permission violation out of whatever wrapped it. */
function permissionViolation(error: unknown): PermissionViolationError | undefined {
  let cause = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    if (cause instanceof PermissionViolationError) return cause;
    cause = cause.cause;
  }
  return undefined;
}

/** The error for an operation the server denies to this user. */
export function permissionError(operation: string, subject: string, cause?: unknown): HedgeLockError {
  return new HedgeLockError(
    BUS_ERROR.PERMISSION,
    `the NATS server denies this user ${operation} on "${subject}": grant it in the account's permissions or use another user`,
    { cause },
  );
}

/** Answers in the 500s that waiting does not change. */
const PERMANENT: ReadonlySet<number> = new Set([
  API_CODE.INSUFFICIENT_RESOURCES,
  API_CODE.MEMORY_EXCEEDED,
  API_CODE.STORAGE_EXCEEDED,
  API_CODE.REPLICAS_NOT_SUPPORTED,
  API_CODE.NOT_ENABLED,
  API_CODE.NOT_ENABLED_FOR_ACCOUNT,
]);

function isUnavailable(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  if (error instanceof JetStreamApiError && PERMANENT.has(error.code)) return false;
  if (error instanceof JetStreamApiError) return error.status >= 500 || error.status === 429;
  // nats.js turns "no responders" on a JetStream request into JetStreamNotEnabled, also while a leader is missing.
  return error instanceof Error && error.name === "JetStreamNotEnabled";
}

/**
 * Translates what the client library throws into an error a person can act on.
 * @param doing what was tried, as a continuation of "while …": "reading the last message of hedge.3.a1"
 */
export function toBusError(error: unknown, doing: string): HedgeLockError {
  if (error instanceof HedgeLockError) return error;
  const violation = permissionViolation(error);
  if (violation !== undefined) {
    return permissionError(violation.operation === "publish" ? "publishing" : "subscribing", violation.subject, error);
  }
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) {
    return new HedgeLockError(BUS_ERROR.UNAUTHORIZED, `the NATS server refused the credentials while ${doing}`, {
      cause: error,
    });
  }
  if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError) {
    return new HedgeLockError(BUS_ERROR.CLOSED, `the bus is closed: ${doing} was not done`, { cause: error });
  }
  if (error instanceof InvalidSubjectError || error instanceof InvalidArgumentError) {
    return new HedgeLockError(BUS_ERROR.INVALID_MESSAGE, `${errorText(error)} while ${doing}`, { cause: error });
  }
  if (isUnavailable(error)) {
    return new HedgeLockError(
      BUS_ERROR.UNAVAILABLE,
      `JetStream did not answer while ${doing} (${errorText(error)}): it may be choosing a leader or restarting; try again`,
      { cause: error, retry: "backoff" },
    );
  }
  if (error instanceof RequestError) {
    return new HedgeLockError(BUS_ERROR.DISCONNECTED, `${errorText(error)} while ${doing}`, {
      cause: error,
      retry: "backoff",
    });
  }
  const code = apiCodeOf(error);
  return new HedgeLockError(
    BUS_ERROR.API,
    `the NATS server refused ${doing}: ${errorText(error)}${code === undefined ? "" : ` (${code})`}`,
    { cause: error },
  );
}
