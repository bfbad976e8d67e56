import { TickKind } from "@hedgelock/contracts";
import type { Category } from "@hedgelock/contracts";
import type { Cancel, Clock, Random, Timers } from "@hedgelock/runtime";

import type { FeedState, MarketFeedHandlers } from "../port.ts";
import { FrameReader } from "./frame-reader.ts";
import type { MarketTopic } from "./market-topic.ts";
import { shortened } from "./redact.ts";
import { ReconnectingSocket } from "./socket.ts";
import { Subscriptions } from "./subscriptions.ts";
import type { Verdict } from "./verdict.ts";

const WATCH_MS = 1_000;
/** A topic is not resubscribed more often, however often its frames are wrong. */
const RESUBSCRIBE_PAUSE_MS = 1_000;
/** A topic the venue refused is asked for again after this long. */
const REFUSED_RETRY_MS = 30_000;
const MAX_FRAME_TEXT = 200;
/** Short: there is one public connection a category, and every second without prices counts. */
const RECONNECT_MAX_MS = 5_000;

export interface CategoryFeedDeps {
  readonly wsUrl: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly heartbeatMs: number;
  readonly topicSilenceMs: number;
  /** The feed's state may be another one now. */
  readonly onChange: () => void;
}

/** One public connection: its topics, their silence, and what to do about it. */
export class CategoryFeed {
  readonly #deps: CategoryFeedDeps;
  readonly #handlers: MarketFeedHandlers;
  readonly #reader: FrameReader;
  readonly #socket: ReconnectingSocket;
  readonly #subscriptions: Subscriptions;
  readonly #cancelWatch: Cancel;
  #open = false;
  #wasLive = false;
  #downReason = "not connected yet";

  constructor(category: Category, symbols: readonly string[], deps: CategoryFeedDeps, handlers: MarketFeedHandlers) {
    this.#deps = deps;
    this.#handlers = handlers;
    this.#reader = new FrameReader(category, symbols);
    this.#socket = new ReconnectingSocket(
      `${deps.wsUrl}/v5/public/${category}`,
      { ...deps, reconnectMaxMs: RECONNECT_MAX_MS },
      {
        onOpen: () => this.#opened(),
        onText: (text, receiveUs) => this.#received(text, receiveUs),
        onDown: (reason) => this.#down(reason),
      },
    );
    this.#subscriptions = new Subscriptions({
      send: (frame) => this.#socket.send(frame),
      onRefused: (name, message) => this.#refused(name, message),
    });
    this.#cancelWatch = deps.timers.every(WATCH_MS, () => this.#watch());
  }

  start(): void {
    this.#socket.start();
  }

  stop(): void {
    this.#cancelWatch();
    this.#socket.stop();
  }

  /** The state now, and why. */
  state(): { readonly state: FeedState; readonly detail: string } {
    if (!this.#open) return { state: this.#wasLive ? "down" : "connecting", detail: this.#downReason };
    const nowUs = this.#deps.clock.nowUs();
    const missing = [...this.#reader.topics.values()].filter((topic) => !this.#isFresh(topic, nowUs));
    if (missing.length === 0) {
      this.#wasLive = true;
      return { state: "live", detail: "" };
    }
    const detail = missing.map((topic) => topic.trouble).join(", ");
    return { state: this.#wasLive || missing.some((topic) => topic.refusal !== "") ? "stale" : "connecting", detail };
  }

  #isFresh(topic: MarketTopic, nowUs: number): boolean {
    return topic.ready && nowUs - topic.lastGoodUs <= this.#deps.topicSilenceMs * 1000;
  }

  #opened(): void {
    const nowUs = this.#deps.clock.nowUs();
    this.#open = true;
    this.#subscriptions.clear();
    for (const topic of this.#reader.topics.values()) topic.restart(nowUs);
    this.#subscriptions.subscribe([...this.#reader.topics.keys()]);
  }

  #down(reason: string): void {
    this.#open = false;
    this.#downReason = reason;
    this.#handlers.onCount?.("reconnect");
    this.#deps.onChange();
  }

  #refused(name: string, message: string): void {
    this.#reader.topics.get(name)?.refused(message, this.#deps.clock.nowUs());
    this.#bad(`the venue refused the topic ${name}: ${message}`, "");
  }

  #received(text: string, receiveUs: number): void {
    this.#handlers.onCount?.("frame");
    const frame = this.#reader.read(text);
    switch (frame.kind) {
      case "bad":
        this.#bad(frame.reason, text);
        break;
      case "answer":
        this.#subscriptions.onAnswer(frame.answer);
        break;
      case "topic":
        this.#judged(frame.topic, frame.verdict, text, receiveUs);
        break;
    }
  }

  #judged(topic: MarketTopic, verdict: Verdict, text: string, receiveUs: number): void {
    switch (verdict.kind) {
      case "changed":
        this.#good(topic, receiveUs);
        this.#emit(topic, topic.kind, receiveUs);
        break;
      case "unchanged":
        this.#good(topic, receiveUs);
        this.#unchanged(topic, receiveUs);
        break;
      case "regression":
        this.#handlers.onCount?.("regression");
        break;
      case "no_snapshot":
        this.#handlers.onCount?.("delta_before_snapshot");
        break;
      case "crossed":
        this.#handlers.onCount?.("crossed_book");
        this.#resubscribe(topic, receiveUs);
        break;
      case "gap":
        this.#handlers.onCount?.("gap");
        this.#resubscribe(topic, receiveUs);
        break;
      case "bad":
        this.#bad(`${topic.name}: ${verdict.reason}`, text);
        break;
    }
  }

  #good(topic: MarketTopic, receiveUs: number): void {
    const fresh = this.#isFresh(topic, receiveUs) && !topic.awaited;
    topic.lastGoodUs = receiveUs;
    topic.awaited = false;
    if (!fresh) this.#deps.onChange();
  }

  #emit(topic: MarketTopic, kind: TickKind, receiveUs: number): void {
    const { instrument, last } = topic;
    if (!instrument.tickerReady) return;
    instrument.lastEmitUs = receiveUs;
    this.#handlers.onTick(instrument.toTick(kind, last.seq, last.timeMs, receiveUs));
  }

  /** An unchanged frame is worth telling once in a while: it proves that the price is what it is, not that nobody listens. */
  #unchanged(topic: MarketTopic, receiveUs: number): void {
    if (receiveUs - topic.instrument.lastEmitUs < this.#deps.heartbeatMs * 1000 || !this.#allFresh(topic, receiveUs)) {
      this.#handlers.onCount?.("suppressed");
      return;
    }
    this.#emit(topic, TickKind.TICK_KIND_HEARTBEAT, receiveUs);
  }

  /** A living book must not vouch for a ticker that has gone silent. */
  #allFresh(topic: MarketTopic, nowUs: number): boolean {
    for (const other of this.#reader.topics.values()) {
      if (other.instrument === topic.instrument && !this.#isFresh(other, nowUs)) return false;
    }
    return true;
  }

  #bad(reason: string, frame: string): void {
    this.#handlers.onCount?.("bad_frame");
    this.#handlers.onBadFrame(reason, shortened(frame, MAX_FRAME_TEXT));
  }

  #resubscribe(topic: MarketTopic, nowUs: number): void {
    if (nowUs - topic.resubscribedUs < RESUBSCRIBE_PAUSE_MS * 1000) return;
    topic.resubscribed(nowUs);
    this.#handlers.onCount?.("resubscribe");
    this.#subscriptions.resubscribe(topic.name);
  }

  /** Silent topic on a live socket: ask for it anew; still silent after as long again: take a new connection. */
  #watch(): void {
    if (!this.#open) return;
    const nowUs = this.#deps.clock.nowUs();
    const silenceUs = this.#deps.topicSilenceMs * 1000;
    for (const topic of this.#reader.topics.values()) {
      if (topic.refusal !== "") {
        if (nowUs - topic.refusedUs < REFUSED_RETRY_MS * 1000) continue;
        topic.restart(nowUs);
        this.#resubscribe(topic, nowUs);
      } else if (nowUs - topic.lastGoodUs > 2 * silenceUs) {
        this.#socket.reconnect(`${topic.name} is silent`, 0);
        return;
      } else if (nowUs - topic.lastGoodUs > silenceUs && topic.resubscribedUs <= topic.lastGoodUs) {
        this.#resubscribe(topic, nowUs);
      }
    }
  }
}
