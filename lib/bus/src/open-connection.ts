import { subjectToken } from "@hedgelock/contracts";
import { HedgeLockError, errorText } from "@hedgelock/runtime";
import {
  AuthorizationError,
  connect,
  type ConnectionOptions,
  type NatsConnection,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";

import type { BusDeps } from "./bus-deps.ts";
import { BUS_ERROR } from "./bus-error.ts";
import type { ServerAddress } from "./connect-options.ts";
import { Connection } from "./connection.ts";
import { reconnectDelay } from "./reconnect-delay.ts";

const CONNECT_DEADLINE_MS = 10_000;
const DIAL_TIMEOUT_MS = 3_000;
const RETRY_MS = 200;
/** Three unanswered pings end a dead link: 6 to 8 s, while a server that hangs for 5 s keeps its connection. */
const PING_INTERVAL_MS = 2_000;
const MAX_PING_OUT = 2;

function clientOptions(address: ServerAddress, deps: BusDeps): ConnectionOptions {
  return {
    servers: [...address.servers],
    name: address.name,
    inboxPrefix: `_IB.${subjectToken("service name", address.name)}`,
    // An Error stack for every request halves the publish rate (measured).
    noAsyncTraces: true,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: MAX_PING_OUT,
    maxReconnectAttempts: -1,
    timeout: DIAL_TIMEOUT_MS,
    reconnectDelayHandler: reconnectDelay(deps.clock, deps.random),
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(address.password === undefined ? {} : { pass: address.password }),
  };
}

/** A server address without a password that may stand in it. */
function withoutCredentials(server: string): string {
  return server.replace(/\/\/[^@/]*@/, "//");
}

function unauthorized(address: ServerAddress, cause: unknown): HedgeLockError {
  const who = address.user === undefined ? "a client without user" : `user "${address.user}"`;
  return new HedgeLockError(
    BUS_ERROR.UNAUTHORIZED,
    `NATS at ${address.servers.map(withoutCredentials).join(", ")} refuses ${who}: check nats.user and nats.passwordFile`,
    { cause },
  );
}

function unreachable(address: ServerAddress, deadlineMs: number, cause: unknown): HedgeLockError {
  const reason = cause === undefined ? "no answer" : errorText(cause);
  return new HedgeLockError(
    BUS_ERROR.UNREACHABLE,
    `no NATS server reached within ${deadlineMs} ms at ${address.servers.map(withoutCredentials).join(", ")} (${reason}): start nats-server or correct nats.servers`,
    { cause, retry: "backoff" },
  );
}

function isAuthError(error: unknown): boolean {
  return error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError;
}

/** One attempt, given up at the deadline; a connection that comes later is closed. */
async function attempt(options: ConnectionOptions, deadlineMs: number, deps: BusDeps): Promise<NatsConnection> {
  const { promise, resolve, reject } = Promise.withResolvers<NatsConnection>();
  let late = false;
  const cancel = deps.timers.after(deadlineMs, () => {
    late = true;
    reject(new Error("no answer"));
  });
  connect(options).then((nc) => {
    if (!late) return resolve(nc);
    nc.close().catch((error: unknown) => {
      deps.log.debug("bus.late_connection_close_failed", { error: errorText(error) });
    });
  }, reject);
  try {
    return await promise;
  } finally {
    cancel();
  }
}

/**
 * Connects; keeps trying until the deadline, so that services and servers may start in any order.
 * @throws HedgeLockError BUS_UNREACHABLE, BUS_UNAUTHORIZED
 */
export async function openConnection(address: ServerAddress, deps: BusDeps): Promise<Connection> {
  const deadlineMs = address.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
  const endMs = deps.clock.nowMs() + deadlineMs;
  if (address.servers.length === 0) {
    throw new HedgeLockError(BUS_ERROR.UNREACHABLE, "nats.servers is empty: name at least one nats://host:port");
  }
  const options = clientOptions(address, deps);
  for (let failure: unknown; ;) {
    const leftMs = endMs - deps.clock.nowMs();
    if (leftMs <= 0) throw unreachable(address, deadlineMs, failure);
    try {
      const nc = await attempt(options, leftMs, deps);
      return new Connection(nc, `_IB.${address.name}`, deps);
    } catch (error) {
      if (isAuthError(error)) throw unauthorized(address, error);
      failure = error;
      await deps.timers.sleep(Math.min(RETRY_MS, Math.max(1, endMs - deps.clock.nowMs())));
    }
  }
}
