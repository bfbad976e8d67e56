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
import { closedError } from "./connection-error.ts";
import { Connection } from "./connection.ts";
import { readPasswordFile } from "./password-file.ts";
import { reconnectDelay } from "./reconnect-delay.ts";

const CONNECT_DEADLINE_MS = 10_000;
const DIAL_TIMEOUT_MS = 3_000;
const RETRY_MS = 200;
/** Three unanswered pings end a dead link: 6 to 8 s, while a server that hangs for 5 s keeps its connection. */
const PING_INTERVAL_MS = 2_000;
const MAX_PING_OUT = 2;

/** The password, from wherever it is given. */
async function passwordOf({ password, passwordFile }: ServerAddress): Promise<string | undefined> {
  return passwordFile === undefined ? password : readPasswordFile(passwordFile);
}

function clientOptions(address: ServerAddress, password: string | undefined, deps: BusDeps): ConnectionOptions {
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
    ...(password === undefined ? {} : { pass: password }),
  };
}

/** A server address without a password that may stand in it. */
function withoutCredentials(server: string): string {
  return server.replace(/\/\/[^@/]*@/, "//");
}

function listed({ servers }: ServerAddress): string {
  return servers.map(withoutCredentials).join(", ");
}

/** Who connects with what, without the password itself. */
function identity({ user, password, passwordFile }: ServerAddress): string {
  if (user === undefined) return "a client without user";
  if (passwordFile !== undefined) return `user "${user}" with the password in ${passwordFile}`;
  return `user "${user}" with ${password === undefined ? "no password" : "the password given"}`;
}

function unauthorized(address: ServerAddress, cause: unknown): HedgeLockError {
  return new HedgeLockError(
    BUS_ERROR.UNAUTHORIZED,
    `NATS at ${listed(address)} refuses ${identity(address)}: check the user (nats.user, --user) and its password (nats.passwordFile, --password-file)`,
    { cause },
  );
}

/** The error of a connection that ended for good without having been closed. */
export function lostError(address: ServerAddress, reason: Error | undefined): HedgeLockError {
  if (reason === undefined || !isRefusal(reason)) return closedError(reason);
  return new HedgeLockError(
    BUS_ERROR.UNAUTHORIZED,
    `NATS at ${listed(address)} no longer takes ${identity(address)}: it was changed or revoked there; put the valid password into the file and start again`,
    { cause: reason },
  );
}

function unreachable(address: ServerAddress, deadlineMs: number, cause: unknown): HedgeLockError {
  const reason = cause === undefined ? "no answer" : errorText(cause);
  return new HedgeLockError(
    BUS_ERROR.UNREACHABLE,
    `no NATS server reached within ${deadlineMs} ms at ${listed(address)} (${reason}): start nats-server or correct nats.servers`,
    { cause, retry: "backoff" },
  );
}

/** A server that is too slow to hear us says "Authentication Timeout", which is no refusal. */
function isRefusal(error: unknown): boolean {
  if (error instanceof AuthorizationError) return !/timeout/i.test(error.message);
  return error instanceof UserAuthenticationExpiredError;
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
 * @throws HedgeLockError BUS_UNREACHABLE, BUS_UNAUTHORIZED, CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function openConnection(address: ServerAddress, deps: BusDeps): Promise<Connection> {
  const deadlineMs = address.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
  const endMs = deps.clock.nowMs() + deadlineMs;
  if (address.servers.length === 0) {
    throw new HedgeLockError(BUS_ERROR.UNREACHABLE, "nats.servers is empty: name at least one nats://host:port");
  }
  const options = clientOptions(address, await passwordOf(address), deps);
  for (let failure: unknown; ;) {
    const leftMs = endMs - deps.clock.nowMs();
    if (leftMs <= 0) throw unreachable(address, deadlineMs, failure);
    try {
      const nc = await attempt(options, leftMs, deps);
      return new Connection(nc, `_IB.${address.name}`, deps);
    } catch (error) {
      if (isRefusal(error)) throw unauthorized(address, error);
      failure = error;
      await deps.timers.sleep(Math.min(RETRY_MS, Math.max(1, endMs - deps.clock.nowMs())));
    }
  }
}
