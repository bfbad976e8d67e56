import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { NATS_USERS, natsAuthorization } from "@hedgelock/bus";
import type { NatsUser } from "@hedgelock/bus";
import { HedgeLockError } from "@hedgelock/runtime";
import type { Random } from "@hedgelock/runtime";

import { EXIT } from "../cli/exit-status.ts";
import type { ChildSpec } from "../process/child.ts";
import type { RunFolder } from "./run-folder.ts";
import type { NatsConfig } from "./service-configs.ts";

const LISTENING = /Listening for client connections on ([^ ]+):(\d+)/;
const PASSWORD_BYTES = 24;

async function executable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not executable: the next place is tried.
    return false;
  }
}

/**
 * The nats-server program: NATS_SERVER, which the launcher sets, or the one on PATH.
 * @throws HedgeLockError NATS_SERVER_MISSING
 */
export async function findNatsServer(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const named = environment["NATS_SERVER"];
  if (named !== undefined && named !== "") {
    if (await executable(named)) return named;
    throw new HedgeLockError(
      "NATS_SERVER_MISSING",
      `NATS_SERVER names ${named}, which is not a program that can be run`,
      {
        exitStatus: EXIT.SERVICE_FAILED,
      },
    );
  }
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "nats-server");
    if (folder !== "" && (await executable(path))) return path;
  }
  throw new HedgeLockError(
    "NATS_SERVER_MISSING",
    "nats-server is not on PATH: run `npm start`, which fetches it, or name it in NATS_SERVER",
    { exitStatus: EXIT.SERVICE_FAILED },
  );
}

function passwordFile(user: NatsUser): string {
  return `nats.${user}.password`;
}

/**
 * Writes the server's configuration: loopback only, a free port, JetStream in the run folder, and for every user its
 * rights and a password drawn for this run (any user of the machine can reach loopback), which also goes into a file of
 * its own. Bounds are those of the streams in lib/contracts, with room.
 * @param random cryptographic
 */
export async function prepareNats(folder: RunFolder, random: Random): Promise<void> {
  const users = NATS_USERS.map((name) => ({ name, password: random.hex(PASSWORD_BYTES) }));
  for (const { name, password } of users) await folder.write(passwordFile(name), password);
  await folder.write(
    "nats.conf",
    [
      'listen: "127.0.0.1:-1"',
      'server_name: "hedgelock-local"',
      `jetstream { store_dir: ${JSON.stringify(folder.file("jetstream"))}, max_memory_store: 1GB, max_file_store: 16GB }`,
      natsAuthorization(users),
    ].join("\n"),
  );
}

/** How one user reaches the run's server. */
export function natsAccess(folder: RunFolder, servers: readonly string[], user: NatsUser): NatsConfig {
  return { servers, user, passwordFile: folder.file(passwordFile(user)) };
}

/** The server as a child process. */
export function natsChild(
  program: string,
  folder: RunFolder,
  environment: Readonly<Record<string, string>>,
): ChildSpec {
  return {
    name: "nats-server",
    command: program,
    args: ["-c", folder.file("nats.conf")],
    environment,
    logFile: folder.file("nats-server.log"),
    stopsItself: false,
  };
}

/** The client port in a line of the server's log. */
export function natsPortIn(line: string): number | undefined {
  const port = LISTENING.exec(line)?.[2];
  return port === undefined ? undefined : Number(port);
}
