import { errorText } from "@hedgelock/runtime";
import type { Cancel, Timers } from "@hedgelock/runtime";

import { readControlFrame } from "./control-frame.ts";
import type { ControlFrame } from "./control-frame.ts";
import { parseJsonObject } from "./json.ts";
import type { JsonObject } from "./json.ts";
import type { BybitRest } from "./rest-client.ts";
import type { Signer } from "./sign.ts";
import { ReconnectingSocket } from "./socket.ts";
import type { SocketDeps } from "./socket.ts";

const PRIVATE_TOPICS = ["order", "execution", "position", "wallet"] as const;
const HANDSHAKE_MS = 5_000;
/** How long an authentication is valid from the venue's now. */
const AUTH_VALID_MS = 10_000;
/** Longer than for public data: a process may have one private connection for each of many accounts. */
const RECONNECT_MAX_MS = 15_000;

export interface PrivateSessionDeps extends Omit<SocketDeps, "reconnectMaxMs"> {
  readonly wsUrl: string;
  readonly signer: Signer;
  readonly rest: BybitRest;
  readonly timers: Timers;
  /** Pause after the venue refused the key: nothing changes within seconds, and refusals count against the address. */
  readonly authRetryMs: number;
}

export interface PrivateSessionHandlers {
  /** Authenticated and subscribed; again after every reconnect. */
  readonly onReady: () => void;
  readonly onTopic: (topic: string, frame: JsonObject, text: string) => void;
  readonly onBadFrame: (reason: string, text: string) => void;
  /** @param refused the venue refused the key or the topics */
  readonly onDown: (reason: string, refused: boolean) => void;
}

type Phase = "closed" | "authenticating" | "subscribing" | "ready";

/** The private connection of one account: authenticates, subscribes, hands the topics' frames on. */
export class PrivateSession {
  readonly #deps: PrivateSessionDeps;
  readonly #handlers: PrivateSessionHandlers;
  readonly #socket: ReconnectingSocket;
  #phase: Phase = "closed";
  #refused = false;
  #cancelDeadline: Cancel = () => {};

  constructor(deps: PrivateSessionDeps, handlers: PrivateSessionHandlers) {
    this.#deps = deps;
    this.#handlers = handlers;
    this.#socket = new ReconnectingSocket(
      `${deps.wsUrl}/v5/private`,
      { ...deps, reconnectMaxMs: RECONNECT_MAX_MS },
      {
        onOpen: () => this.#opened(),
        onText: (text) => this.#received(text),
        onDown: (reason) => this.#down(reason),
      },
    );
  }

  get ready(): boolean {
    return this.#phase === "ready";
  }

  start(): void {
    this.#socket.start();
  }

  stop(): void {
    this.#cancelDeadline();
    this.#socket.stop();
  }

  #opened(): void {
    this.#refused = false;
    this.#phase = "authenticating";
    this.#cancelDeadline = this.#deps.timers.after(HANDSHAKE_MS, () => {
      this.#socket.reconnect(`no answer while ${this.#phase} within ${HANDSHAKE_MS} ms`);
    });
    if (this.#deps.rest.offset.known) {
      this.#authenticate();
      return;
    }
    this.#deps.rest.resyncClock().then(
      () => {
        if (this.#phase === "authenticating") this.#authenticate();
      },
      (error: unknown) => this.#socket.reconnect(`the venue's clock is unknown: ${errorText(error)}`),
    );
  }

  #authenticate(): void {
    const { signer, rest } = this.#deps;
    const expires = rest.offset.nowMs() + AUTH_VALID_MS;
    this.#socket.send({ req_id: "auth", op: "auth", args: [signer.apiKey, expires, signer.webSocketAuth(expires)] });
  }

  #received(text: string): void {
    const frame = parseJsonObject(text);
    if (typeof frame === "string") {
      this.#handlers.onBadFrame(frame, text);
      return;
    }
    const { topic } = frame;
    if (typeof topic === "string") {
      this.#handlers.onTopic(topic, frame, text);
      return;
    }
    const answer = readControlFrame(frame);
    if (answer.kind === "other") this.#handlers.onBadFrame("neither a topic nor an answer", text);
    else this.#answered(answer);
  }

  #answered(answer: ControlFrame): void {
    if (answer.kind === "auth" && this.#phase === "authenticating") {
      if (!answer.success) {
        // A wrong clock looks like a wrong key: measure it again before the next attempt.
        this.#deps.rest.offset.reset();
        this.#refuse(`the venue refused the API key (${answer.message}): check key, secret and environment`);
        return;
      }
      this.#phase = "subscribing";
      this.#socket.send({ req_id: "topics", op: "subscribe", args: PRIVATE_TOPICS });
    } else if (answer.kind === "subscribe" && this.#phase === "subscribing") {
      if (!answer.success) {
        this.#refuse(`the venue refused the private topics (${answer.message}): check the key's rights`);
        return;
      }
      this.#cancelDeadline();
      this.#phase = "ready";
      this.#handlers.onReady();
    }
  }

  #refuse(reason: string): void {
    this.#refused = true;
    this.#socket.reconnect(this.#deps.rest.redact(reason), this.#deps.authRetryMs);
  }

  #down(reason: string): void {
    this.#cancelDeadline();
    this.#phase = "closed";
    this.#handlers.onDown(reason, this.#refused);
  }
}
