import { WebSocket } from "ws";
import type { RawData } from "ws";

import { errorText } from "@hedgelock/runtime";
import type { Cancel, Clock, Random, Timers } from "@hedgelock/runtime";

import { Backoff } from "./backoff.ts";

/** Bybit wants an application-level ping at least every 20 s. */
const PING_MS = 15_000;
/** Silence after a ping that means the connection is dead although it is open. */
const PONG_TIMEOUT_MS = 5_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A connection that lived this long was healthy: the next reconnect starts from the shortest delay. */
const HEALTHY_MS = 10_000;
/** Largest frame accepted: a 1000-level book snapshot has about 100 kB. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
/** Unsent bytes beyond which the peer is not reading any more. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export interface SocketDeps {
  /** Longest pause between two attempts to connect. Bybit allows 500 new connections in five minutes and domain. */
  readonly reconnectMaxMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

export interface SocketHandlers {
  /** A connection is open. Called again after every reconnect. */
  readonly onOpen: () => void;
  /** A text frame. @param receiveUs local clock, microseconds */
  readonly onText: (text: string, receiveUs: number) => void;
  /** The connection is gone; another attempt follows by itself. */
  readonly onDown: (reason: string) => void;
}

/**
 * One WebSocket that comes back by itself: ping and pong on the application level as Bybit wants it, reconnects with
 * back-off and jitter. Delivery order is the order of the frames; nothing is buffered across connections.
 */
export class ReconnectingSocket {
  readonly #url: string;
  readonly #deps: SocketDeps;
  readonly #handlers: SocketHandlers;
  readonly #backoff: Backoff;
  #socket: WebSocket | undefined;
  #openedUs = 0;
  #awaitingPongSinceUs = 0;
  #lastFrameUs = 0;
  #cancelPing: Cancel = () => {};
  #cancelRetry: Cancel = () => {};
  #stopped = false;

  constructor(url: string, deps: SocketDeps, handlers: SocketHandlers) {
    this.#url = url;
    this.#deps = deps;
    this.#handlers = handlers;
    this.#backoff = new Backoff({ firstMs: 200, maxMs: deps.reconnectMaxMs }, deps.random);
  }

  start(): void {
    this.#connect();
  }

  /** Sends a frame; false when there is no open connection. */
  send(frame: unknown): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return false;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.reconnect("the peer does not read what is sent");
      return false;
    }
    socket.send(JSON.stringify(frame));
    return true;
  }

  /** Drops the connection and opens a new one. @param afterMs instead of the back-off */
  reconnect(reason: string, afterMs?: number): void {
    const socket = this.#socket;
    if (socket === undefined || this.#stopped) return;
    this.#abandon(socket);
    this.#down(reason, afterMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
    const socket = this.#socket;
    if (socket !== undefined) this.#abandon(socket);
  }

  #connect(): void {
    if (this.#stopped) return;
    const socket = new WebSocket(this.#url, {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    // An attempt that fails tells so twice, as error and as close: the first one says why.
    let failure = "";
    socket.on("error", (error) => {
      failure ||= errorText(error);
    });
    socket.on("close", (code) => {
      if (this.#socket === socket) this.#down(failure === "" ? `closed with code ${code}` : failure);
    });
    socket.on("open", () => {
      if (this.#socket === socket) this.#opened();
    });
    socket.on("message", (data, isBinary) => {
      if (this.#socket === socket && !isBinary) this.#received(data);
    });
  }

  #opened(): void {
    this.#openedUs = this.#deps.clock.nowUs();
    this.#lastFrameUs = this.#openedUs;
    this.#awaitingPongSinceUs = 0;
    this.#cancelPing = this.#deps.timers.every(PONG_TIMEOUT_MS, () => this.#keepAlive());
    this.#handlers.onOpen();
  }

  #received(data: RawData): void {
    const receiveUs = this.#deps.clock.nowUs();
    this.#lastFrameUs = receiveUs;
    this.#handlers.onText(textOf(data), receiveUs);
  }

  /** Any frame after a ping proves life, not only the pong. */
  #keepAlive(): void {
    const nowUs = this.#deps.clock.nowUs();
    const pingedUs = this.#awaitingPongSinceUs;
    if (pingedUs !== 0 && this.#lastFrameUs < pingedUs) {
      this.reconnect(`no answer to a ping within ${PONG_TIMEOUT_MS} ms`);
      return;
    }
    if (pingedUs !== 0 && nowUs - pingedUs < PING_MS * 1000) return;
    this.#awaitingPongSinceUs = nowUs;
    this.send({ op: "ping" });
  }

  #abandon(socket: WebSocket): void {
    this.#cancelPing();
    this.#socket = undefined;
    socket.terminate();
  }

  #down(reason: string, afterMs?: number): void {
    this.#cancelPing();
    this.#socket = undefined;
    if (this.#stopped) return;
    const nowUs = this.#deps.clock.nowUs();
    if (this.#openedUs !== 0 && nowUs - this.#openedUs >= HEALTHY_MS * 1000) this.#backoff.reset();
    this.#openedUs = 0;
    this.#cancelRetry = this.#deps.timers.after(afterMs ?? this.#backoff.nextMs(), () => this.#connect());
    this.#handlers.onDown(reason);
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return Array.isArray(data) ? Buffer.concat(data).toString("utf8") : Buffer.from(data).toString("utf8");
}
