import http from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

/** A request as the fake received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** Raw query, without "?". */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly socket: Socket;
}

/** What the fake answers: an envelope, a raw body, silence, or a broken connection. */
export type FakeAnswer =
  | { readonly result: unknown; readonly retCode?: number; readonly retMsg?: string; readonly status?: number }
  | { readonly raw: string; readonly status: number }
  | "silence"
  | "break";

export type FakeHandler = (request: ReceivedRequest) => FakeAnswer | Promise<FakeAnswer>;

/** One WebSocket of the fake, seen from the venue's side. */
export class FakeConnection {
  readonly path: string;
  readonly received: Record<string, unknown>[] = [];
  readonly #socket: WebSocket;

  constructor(
    path: string,
    socket: WebSocket,
    onFrame: (connection: FakeConnection, frame: Record<string, unknown>) => void,
  ) {
    this.path = path;
    this.#socket = socket;
    socket.on("message", (data) => {
      const frame = JSON.parse(Buffer.isBuffer(data) ? data.toString("utf8") : "{}") as Record<string, unknown>;
      this.received.push(frame);
      onFrame(this, frame);
    });
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  close(): void {
    this.#socket.terminate();
  }

  ops(op: string): readonly Record<string, unknown>[] {
    return this.received.filter((frame) => frame["op"] === op);
  }

  /** Every topic subscribed so far, repeats included. */
  get topics(): readonly string[] {
    return this.ops("subscribe").flatMap((frame) => frame["args"] as string[]);
  }
}

export type FrameReply = (connection: FakeConnection, frame: Record<string, unknown>) => void;

/** Acknowledges what a healthy venue would. */
export const politeReply: FrameReply = (connection, frame) => {
  const reqId = frame["req_id"];
  const op = frame["op"];
  const base = { conn_id: "c1", ...(reqId === undefined ? {} : { req_id: reqId }) };
  if (connection.path === "/v5/private") {
    if (op === "ping") connection.send({ ...base, op: "pong", args: ["1785600000500"] });
    else connection.send({ ...base, success: true, ret_msg: "", op });
  } else {
    connection.send({ ...base, success: true, ret_msg: op === "ping" ? "pong" : "", op });
  }
};

/** A scriptable venue in this process: HTTP and WebSocket on one port. */
export class FakeVenue implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  readonly connections: FakeConnection[] = [];
  readonly handlers = new Map<string, FakeHandler>();
  /** The time in every envelope, milliseconds. */
  timeMs = 1_785_600_000_000;
  reply: FrameReply = politeReply;
  acceptSockets = true;
  readonly #server: http.Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #tcp = new Set<Socket>();

  private constructor(server: http.Server) {
    this.#server = server;
    this.handlers.set("/v5/market/time", () => ({ result: {} }));
  }

  static async start(): Promise<FakeVenue> {
    const server = http.createServer();
    const venue = new FakeVenue(server);
    server.on("request", (request, response) => void venue.#answer(request, response));
    server.on("connection", (socket) => {
      venue.#tcp.add(socket);
      socket.on("close", () => venue.#tcp.delete(socket));
    });
    server.on("upgrade", (request, socket, head) => {
      if (!venue.acceptSockets) {
        socket.destroy();
        return;
      }
      venue.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const path = new URL(request.url ?? "", "http://x").pathname;
        venue.connections.push(
          new FakeConnection(path, webSocket, (connection, frame) => venue.reply(connection, frame)),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return venue;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get restUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  on(path: string, handler: FakeHandler): void {
    this.handlers.set(path, handler);
  }

  /** Requests to one path. */
  to(path: string): readonly ReceivedRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  latest(path: string): FakeConnection | undefined {
    return this.connections.findLast((connection) => connection.path === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.connections) connection.close();
    for (const socket of this.#tcp) socket.destroy();
    this.#sockets.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #answer(message: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of message) body += String(chunk);
    const [path = "", rawQuery = ""] = (message.url ?? "").split("?");
    const request: ReceivedRequest = {
      method: message.method ?? "",
      path,
      rawQuery,
      query: new URLSearchParams(rawQuery),
      body,
      headers: message.headers,
      socket: message.socket,
    };
    this.requests.push(request);
    const handler = this.handlers.get(path);
    const answer: FakeAnswer =
      handler === undefined
        ? { result: {}, retCode: 10017, retMsg: "Route not found.", status: 404 }
        : await handler(request);
    if (answer === "silence") return;
    if (answer === "break") {
      message.socket.destroy();
      return;
    }
    response.statusCode = answer.status ?? 200;
    if ("raw" in answer) {
      response.end(answer.raw);
      return;
    }
    const { result, retCode = 0, retMsg = "OK" } = answer;
    response.end(JSON.stringify({ retCode, retMsg, result, retExtInfo: {}, time: this.timeMs }));
  }
}
