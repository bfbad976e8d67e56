import type { Clock } from "@hedgelock/runtime";

import type { ExchangeEvent } from "../domain/events.ts";
import type { Market } from "../domain/market.ts";
import type { ExchangeState } from "../domain/state.ts";
import { INTERVALS } from "../domain/candles.ts";
import { marketsOf } from "../views/ticker-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";
import { BOOK_DEPTHS, BookTopic, RESEND_MS } from "./book-topic.ts";
import type { Connection } from "./connection.ts";
import { KlineTopic } from "./kline-topic.ts";
import { LiquidationTopic } from "./liquidation-topic.ts";
import { PriceLimitTopic } from "./price-limit-topic.ts";
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
  readonly klines: readonly KlineTopic[];
  readonly limits: PriceLimitTopic;
  /** Contracts only. */
  readonly liquidations: LiquidationTopic | undefined;
}

export interface PublicFeedDeps {
  readonly state: ExchangeState;
  readonly category: PublicCategory;
  readonly clock: Clock;
  /** Gives a silent market a new sequence number and, with `book`, its deeper levels anew (a command: it is kept). */
  readonly refresh: (symbol: string, category: PublicCategory, book: boolean) => void;
}

/** Public topics of one category. Builds a frame once and only when somebody wants it. */
export class PublicFeed {
  readonly #deps: PublicFeedDeps;
  readonly #topics: readonly Topics[];
  readonly #names: ReadonlySet<string>;
  readonly #subscribers = new TopicSubscribers();

  constructor(deps: PublicFeedDeps) {
    const { state, category, clock } = deps;
    const nowMs = clock.nowMs();
    this.#deps = deps;
    this.#topics = marketsOf(state.markets, category).map((market) => ({
      market,
      ticker: new TickerTopic(market, category, nowMs),
      books: BOOK_DEPTHS.map((depth) => new BookTopic(market, category, depth, nowMs)),
      trades: new TradeTopic(market, category),
      klines: INTERVALS.map((interval) => new KlineTopic(market, category, interval)),
      limits: new PriceLimitTopic({ state, market, category }),
      liquidations: category === "spot" ? undefined : new LiquidationTopic(market),
    }));
    this.#names = new Set(
      this.#topics.flatMap((one) =>
        [
          one.ticker,
          one.trades,
          one.limits,
          ...one.books,
          ...one.klines,
          ...(one.liquidations === undefined ? [] : [one.liquidations]),
        ].map(({ topic }) => topic),
      ),
    );
  }

  /** Whether a topic is offered here. */
  offers(topic: string): boolean {
    return this.#names.has(topic);
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
      } else if (one.limits.topic === topic) {
        connection.send(JSON.stringify(one.limits.snapshot(nowMs)));
      } else if (one.trades.topic === topic && !this.#subscribers.has(topic)) {
        one.trades.skip();
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
      if (this.#subscribers.has(one.limits.topic)) this.#send(one.limits.topic, one.limits.update(nowMs));
      for (const book of one.books) {
        if (this.#subscribers.has(book.topic)) this.#send(book.topic, book.update(nowMs));
      }
    }
  }

  /** Tells of liquidated positions. */
  liquidated(events: readonly ExchangeEvent[]): void {
    const nowMs = this.#deps.clock.nowMs();
    for (const event of events) {
      if (event.kind !== "execution" || event.executions[0]?.execType !== "BustTrade") continue;
      for (const one of this.#topics) {
        if (one.liquidations !== undefined && this.#subscribers.has(one.liquidations.topic))
          this.#send(one.liquidations.topic, one.liquidations.frame(event.executions, nowMs));
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
      for (const kline of one.klines) {
        if (!this.#subscribers.has(kline.topic)) continue;
        for (const frame of kline.updates(nowMs)) this.#send(kline.topic, frame);
      }
    }
  }

  /** Also a beat has a sequence number of its own. */
  #refreshIdle(one: Topics, nowMs: number): void {
    this.#deps.refresh(one.market.instrument.symbol, this.#deps.category, false);
    this.#send(one.ticker.topic, one.ticker.heartbeat(nowMs));
  }

  /** A book that never moves reads as a dead feed to clients: the deeper levels are offered anew. */
  #refreshDepth(one: Topics, book: BookTopic, nowMs: number): void {
    this.#deps.refresh(one.market.instrument.symbol, this.#deps.category, true);
    this.#send(book.topic, book.update(nowMs));
  }

  #send(topic: string, frame: unknown): void {
    if (frame !== undefined) this.#subscribers.send(topic, frame);
  }
}
