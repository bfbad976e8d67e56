import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import { HedgeLockError, errorText } from "@hedgelock/runtime";

/** Idle connections are kept for this long, milliseconds: longer than any client's pause between two polls. */
const KEEP_ALIVE_MS = 75_000;

/** The port everything is served on. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenerDeps {
  readonly host: string;
  readonly port: number;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** @throws HedgeLockError PAPER_LISTEN_FAILED when the port is taken or the host is not of this machine */
export async function listen(deps: ListenerDeps): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, deps.onRequest);
  server.on("upgrade", deps.onUpgrade);
  // A request that is not HTTP ends its own connection and nothing else.
  server.on("clientError", (_error, socket) => {
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(deps.port, deps.host, resolve);
  }).catch((error: unknown) => {
    throw new HedgeLockError(
      "PAPER_LISTEN_FAILED",
      `cannot listen on ${deps.host}:${deps.port} for the paper exchange: ${errorText(error)}. Choose another port with listen.port (0 takes a free one).`,
      { cause: error, exitStatus: 2 },
    );
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : deps.port;
  return {
    port,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
