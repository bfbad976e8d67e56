import type { Timers } from "@hedgelock/runtime";
import type { WebSocket } from "ws";

import type { WsFaults } from "../faults/ws-faults.ts";

/**
 * Time between receipt of a command and its acknowledgement, milliseconds. A client may register its callback just after
 * sending: an acknowledgement at once would be lost (measured against pybit 5.17).
 */
export const ACK_DELAY_MS = 3;

export interface ConnectionDeps {
  readonly socket: WebSocket;
  readonly id: string;
  readonly timers: Timers;
  /** A client that lets more than this pile up is disconnected. */
  readonly maxBufferedBytes: number;
  readonly onSlow: (id: string) => void;
  /** Kind of connection, as faults name it: "linear", "private", … */
  readonly channel: string;
  readonly faults: WsFaults;
}

/** One WebSocket client: bounded output, commands in order. */
export class Connection {
  readonly id: string;
  readonly #deps: ConnectionDeps;
  readonly #closing = new Set<() => void>();
  readonly channel: string;
  /** Account that logged in on it. */
  uid: string | undefined;
  #open = true;

  constructor(deps: ConnectionDeps) {
    this.id = deps.id;
    this.channel = deps.channel;
    this.#deps = deps;
    deps.faults.opened(this);
    deps.socket.on("close", () => {
      this.#end();
    });
    // A broken client concerns nobody else; its close event follows.
    deps.socket.on("error", () => {
      deps.socket.terminate();
    });
  }

  get open(): boolean {
    return this.#open;
  }

  onClose(run: () => void): void {
    this.#closing.add(run);
  }

  /** Calls `handle` for every frame, in order, after the acknowledgement delay. */
  onFrame(handle: (text: string) => void): void {
    this.#deps.socket.on("message", (data) => {
      const text = Array.isArray(data)
        ? Buffer.concat(data).toString("utf8")
        : Buffer.from(toBytes(data)).toString("utf8");
      this.#deps.timers.after(ACK_DELAY_MS, () => {
        if (this.#open) handle(text);
      });
    });
  }

  /** Sends a text frame, serialised once by the caller for all who get it. */
  send(frame: Uint8Array | string): void {
    const { faults } = this.#deps;
    if (!faults.active) {
      this.#write(frame);
      return;
    }
    const text = typeof frame === "string" ? frame : Buffer.from(frame).toString("utf8");
    faults.pass(this, text, (changed) => {
      this.#write(changed);
    });
  }

  #write(frame: Uint8Array | string): void {
    const { socket, maxBufferedBytes } = this.#deps;
    if (!this.#open || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > maxBufferedBytes) {
      this.#deps.onSlow(this.id);
      socket.terminate();
      this.#end();
      return;
    }
    socket.send(frame, { binary: false });
  }

  close(code: number, reason: string): void {
    this.#deps.socket.close(code, reason);
  }

  terminate(): void {
    this.#deps.socket.terminate();
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#deps.faults.closed(this);
    for (const run of this.#closing) run();
  }
}

function toBytes(data: Buffer | ArrayBuffer): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
