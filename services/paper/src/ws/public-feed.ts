import type { Clock, Random } from "@hedgelock/runtime";

import { moveBook } from "../domain/book.ts";
import type { Market } from "../domain/market.ts";
import type { ExchangeState } from "../domain/state.ts";
import type { PublicCategory } from "../views/ticker-view.ts";
import { BOOK_DEPTHS, BookTopic, RESEND_MS } from "./book-topic.ts";
import type { Connection } from "./connection.ts";
import { TickerTopic } from "./ticker-topic.ts";
import { TopicSubscribers } from "./topic-subscribers.ts";
import { TradeTopic } from "./trade-topic.ts";

/** A ticker that had nothing to say for this long says so, milliseconds: subscribers hear of it at least every second. */
const HEARTBEAT_MS = 900;

interface Topics {
  readonly market: Market;
  readonly ticker: TickerTopic;
  readonly books: readonly BookTopic[];
  readonly trades: TradeTopic;
}

export interface PublicFeedDeps {
  readonly state: ExchangeState;
  readonly category: PublicCategory;
  readonly clock: Clock;
  readonly random: Random;
}

/** Public topics of one category. Builds a frame once and only when somebody wants it. */
export class PublicFeed {
  readonly #deps: PublicFeedDeps;
  readonly #topics: readonly Topics[];
  readonly #subscribers = new TopicSubscribers();

  constructor(deps: PublicFeedDeps) {
    const { state, category, clock, random } = deps;
    const nowMs = clock.nowMs();
    this.#deps = deps;
    this.#topics = state.markets.map((market) => ({
      market,
      ticker: new TickerTopic(market, category, nowMs),
      books: BOOK_DEPTHS.map((depth) => new BookTopic(market, category, depth, nowMs)),
      trades: new TradeTopic(market, category, random, nowMs),
    }));
  }

  /** Whether a topic is offered here. */
  offers(topic: string): boolean {
    return this.#topics.some(
      (one) =>
        one.ticker.topic === topic || one.trades.topic === topic || one.books.some((book) => book.topic === topic),
    );
  }

  /** Adds a subscriber and sends it the snapshot, where the topic has one. Others get what changed first. */
  subscribe(topic: string, connection: Connection): void {
    const nowMs = this.#deps.clock.nowMs();
    for (const one of this.#topics) {
      const book = one.books.find((candidate) => candidate.topic === topic);
      if (book !== undefined) {
        this.#send(topic, book.update(nowMs));
        connection.send(JSON.stringify(book.snapshot(nowMs)));
      } else if (one.ticker.topic === topic) {
        this.#send(topic, one.ticker.update(nowMs));
        connection.send(JSON.stringify(one.ticker.snapshot(nowMs)));
      }
    }
    this.#subscribers.add(topic, connection);
  }

  unsubscribe(topic: string, connection: Connection): void {
    this.#subscribers.remove(topic, connection);
  }

  forget(connection: Connection): void {
    this.#subscribers.removeAll(connection);
  }

  /** Sends what changed on every topic that somebody wants. */
  publish(): void {
    const nowMs = this.#deps.clock.nowMs();
    for (const one of this.#topics) {
      if (this.#subscribers.has(one.ticker.topic)) this.#send(one.ticker.topic, one.ticker.update(nowMs));
      if (this.#subscribers.has(one.trades.topic)) this.#send(one.trades.topic, one.trades.update(nowMs));
      for (const book of one.books) {
        if (this.#subscribers.has(book.topic)) this.#send(book.topic, book.update(nowMs));
      }
    }
  }

  /** Breaks the silence of topics without news. To be called several times a second. */
  beat(): void {
    const nowMs = this.#deps.clock.nowMs();
    for (const one of this.#topics) {
      if (one.ticker.silenceMs(nowMs) >= HEARTBEAT_MS && this.#subscribers.has(one.ticker.topic)) {
        this.#refreshIdle(one, nowMs);
      }
      for (const book of one.books) {
        if (!this.#subscribers.has(book.topic)) continue;
        if (book.depth === 1 && book.silenceMs(nowMs) >= RESEND_MS) this.#send(book.topic, book.snapshot(nowMs));
        if (book.depth > 1 && book.silenceMs(nowMs) >= HEARTBEAT_MS) this.#refreshDepth(one, book, nowMs);
      }
    }
  }

  #refreshIdle(one: Topics, nowMs: number): void {
    const { category, state } = this.#deps;
    if (category === "linear") one.market.linearSeq = state.sequence.next();
    else one.market.spotSeq = state.sequence.next();
    this.#send(one.ticker.topic, one.ticker.heartbeat(nowMs));
  }

  /** A book that never moves reads as a dead feed to clients: the deeper levels are offered anew. */
  #refreshDepth(one: Topics, book: BookTopic, nowMs: number): void {
    const { market } = one;
    moveBook(this.#deps.category === "linear" ? market.linearBook : market.spotBook, market.priceTicks);
    this.#send(book.topic, book.update(nowMs));
  }

  #send(topic: string, frame: unknown): void {
    if (frame !== undefined) this.#subscribers.send(topic, frame);
  }
}
