import { once } from "node:events";

import { systemClock, systemTimers } from "@hedgelock/runtime";
import { WebSocket } from "ws";

import { signature } from "../api-keys.ts";
import type { Key } from "./paper-server.ts";
import { dig } from "./json.ts";

const DEADLINE_MS = 10_000;

type Frame = Readonly<Record<string, unknown>>;

function toFrame(text: string): Frame {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error(`not an object: ${text}`);
  return Object.fromEntries(Object.entries(value));
}

/** A WebSocket client that keeps every frame and lets a test wait for one. */
export class TestSocket {
  readonly frames: Frame[] = [];
  readonly texts: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const text = Buffer.isBuffer(data) ? data.toString("utf8") : "";
      this.texts.push(text);
      this.frames.push(toFrame(text));
      for (const check of this.#waiting) check();
    });
  }

  static async open(url: string): Promise<TestSocket> {
    const socket = new WebSocket(url);
    const client = new TestSocket(socket);
    await once(socket, "open");
    return client;
  }

  get raw(): WebSocket {
    return this.#socket;
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The first frame, past or coming, that fits. */
  async find(fits: (frame: Frame) => boolean, what = "a frame"): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#waiting.delete(check);
        cancel();
      };
      const check = (): void => {
        const found = this.frames.find(fits);
        if (found === undefined) return;
        done();
        resolve(found);
      };
      const cancel = systemTimers.after(DEADLINE_MS, () => {
        done();
        reject(new Error(`${what} did not come; frames: ${this.texts.join("\n").slice(0, 2000)}`));
      });
      this.#waiting.add(check);
      check();
    });
  }

  /** Waits for the `count`-th frame (from 1) of a topic. */
  async topic(name: string, count = 1): Promise<Frame> {
    await this.find(() => this.frames.filter((frame) => frame["topic"] === name).length >= count, `${count} x ${name}`);
    return this.frames.filter((frame) => frame["topic"] === name)[count - 1] ?? {};
  }

  async subscribe(...topics: readonly string[]): Promise<Frame> {
    const reqId = `s-${this.frames.length}-${topics.join()}`;
    this.send({ op: "subscribe", req_id: reqId, args: topics });
    return this.find((frame) => frame["req_id"] === reqId, "the acknowledgement");
  }

  async auth(key: Key): Promise<Frame> {
    const expires = systemClock.nowMs() + 10_000;
    this.send({ op: "auth", args: [key.apiKey, expires, signature(key.apiSecret, [`GET/realtime${expires}`])] });
    return this.find((frame) => frame["op"] === "auth", "the answer to auth");
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** First entry of a frame's data. */
export function firstEntry(frame: Frame): unknown {
  return dig(frame, "data", 0);
}
