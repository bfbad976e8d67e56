import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import { assertNever } from "@hedgelock/runtime";
import type { Gauge, Logger, Random, Timers, Clock, Counter } from "@hedgelock/runtime";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

import type { ApiKeys } from "../api-keys.ts";
import { splitTarget } from "../http/request-handler.ts";
import type { RateWindows } from "../http/rate-window.ts";
import type { Venue } from "../venue.ts";
import type { WsFaults } from "../faults/ws-faults.ts";
import { Connection } from "./connection.ts";
import type { PrivateFeed } from "./private-feed.ts";
import { openPrivateSession } from "./private-session.ts";
import type { PublicFeed } from "./public-feed.ts";
import { openPublicSession } from "./public-session.ts";
import type { PublicKind } from "./public-session.ts";
import { openStatusSession } from "./status-session.ts";
import type { StatusFeed } from "./status-session.ts";
import { openTradeSession } from "./trade-session.ts";

/** Largest frame a client may send, bytes. */
const MAX_FRAME_BYTES = 64 * 1024;

export interface WsGateDeps {
  readonly linearFeed: PublicFeed;
  readonly spotFeed: PublicFeed;
  readonly inverseFeed: PublicFeed;
  readonly privateFeed: PrivateFeed;
  readonly keys: ApiKeys;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly connections: Gauge;
  readonly slowClients: Counter;
  readonly maxBufferedBytes: number;
  readonly faults: WsFaults;
  readonly statusFeed: StatusFeed;
  /** What orders over the trade connection act on, and the limits they share with REST. */
  readonly venue: Venue;
  readonly rates: RateWindows;
}

type Path =
  | { readonly kind: "public"; readonly channel: PublicKind }
  | { readonly kind: "private" }
  | { readonly kind: "trade" }
  | { readonly kind: "status" };

const PATHS: ReadonlyMap<string, Path> = new Map<string, Path>([
  ["/v5/public/linear", { kind: "public", channel: "linear" }],
  ["/v5/public/spot", { kind: "public", channel: "spot" }],
  ["/v5/public/inverse", { kind: "public", channel: "inverse" }],
  ["/v5/public/option", { kind: "public", channel: "option" }],
  ["/v5/public/misc/status", { kind: "status" }],
  ["/v5/private", { kind: "private" }],
  ["/v5/trade", { kind: "trade" }],
]);

function channelOf(path: Path): string {
  return path.kind === "public" ? path.channel : path.kind;
}

/** Takes WebSocket upgrades and gives each connection its session. */
export class WsGate {
  readonly #deps: WsGateDeps;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  readonly #open = new Set<Connection>();

  constructor(deps: WsGateDeps) {
    this.#deps = deps;
  }

  /** For the "upgrade" event of the HTTP server. Query parameters are accepted and ignored. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = PATHS.get(splitTarget(request.url ?? "/").path);
    // Before the hand-over an error of the raw socket would have no listener.
    socket.on("error", () => {
      socket.destroy();
    });
    if (path !== undefined && this.#deps.faults.refuses(channelOf(path))) {
      socket.destroy();
      return;
    }
    if (path === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#accept(webSocket, path);
    });
  }

  /** Disconnects everybody. */
  close(): void {
    for (const connection of this.#open) connection.terminate();
    this.#server.close();
  }

  #accept(socket: WebSocket, path: Path): void {
    const { timers, random, maxBufferedBytes, clock, keys, log } = this.#deps;
    const connection = new Connection({
      socket,
      id: `paper-${random.hex(8)}`,
      timers,
      maxBufferedBytes,
      channel: channelOf(path),
      faults: this.#deps.faults,
      onSlow: (id) => {
        this.#deps.slowClients.inc();
        log.warn("paper.slow_client", { conn_id: id, max_buffered_bytes: maxBufferedBytes }, "disconnected");
      },
    });
    this.#open.add(connection);
    this.#deps.connections.set(this.#open.size);
    connection.onClose(() => {
      this.#open.delete(connection);
      this.#deps.connections.set(this.#open.size);
    });
    if (path.kind === "status") {
      openStatusSession({ connection, feed: this.#deps.statusFeed });
      return;
    }
    if (path.kind === "trade") {
      openTradeSession({ connection, venue: this.#deps.venue, rates: this.#deps.rates, random });
      return;
    }
    if (path.kind === "private") {
      openPrivateSession({ connection, feed: this.#deps.privateFeed, keys, clock });
      return;
    }
    openPublicSession({ kind: path.channel, connection, feed: this.#feedOf(path.channel), clock });
  }

  #feedOf(kind: PublicKind): PublicFeed | undefined {
    switch (kind) {
      case "linear":
        return this.#deps.linearFeed;
      case "spot":
        return this.#deps.spotFeed;
      case "inverse":
        return this.#deps.inverseFeed;
      case "option":
        return undefined;
      default:
        return assertNever(kind);
    }
  }
}
