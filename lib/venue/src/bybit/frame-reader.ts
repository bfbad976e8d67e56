import { TickKind } from "@hedgelock/contracts";
import type { Category } from "@hedgelock/contracts";

import { BookTopic } from "./book-topic.ts";
import { readControlFrame } from "./control-frame.ts";
import type { ControlFrame } from "./control-frame.ts";
import { Instrument } from "./instrument.ts";
import { parseJsonObject } from "./json.ts";
import { MarketTopic } from "./market-topic.ts";
import { TickerTopic } from "./ticker-topic.ts";
import type { Verdict } from "./verdict.ts";

/** What a text frame of a public connection is. */
export type MarketFrame =
  | { readonly kind: "topic"; readonly topic: MarketTopic; readonly verdict: Verdict }
  | { readonly kind: "answer"; readonly answer: ControlFrame }
  | { readonly kind: "bad"; readonly reason: string };

/** Reads the frames of one public connection into the state of its instruments. */
export class FrameReader {
  readonly topics: ReadonlyMap<string, MarketTopic>;

  /** @param symbols instruments of this category: `tickers` and `orderbook.1` of each */
  constructor(category: Category, symbols: readonly string[]) {
    const topics = new Map<string, MarketTopic>();
    for (const symbol of symbols) {
      const instrument = new Instrument(category, symbol);
      const ticker = new MarketTopic(new TickerTopic(instrument), TickKind.TICK_KIND_TICKER);
      const book = new MarketTopic(new BookTopic(instrument), TickKind.TICK_KIND_BOOK);
      topics.set(ticker.name, ticker).set(book.name, book);
    }
    this.topics = topics;
  }

  read(text: string): MarketFrame {
    const frame = parseJsonObject(text);
    if (typeof frame === "string") return { kind: "bad", reason: frame };
    const name = frame["topic"];
    if (typeof name !== "string") {
      const answer = readControlFrame(frame);
      return answer.kind === "other"
        ? { kind: "bad", reason: "neither a topic nor an answer" }
        : { kind: "answer", answer };
    }
    const topic = this.topics.get(name);
    if (topic === undefined) return { kind: "bad", reason: "a topic nobody subscribed" };
    return { kind: "topic", topic, verdict: topic.apply(frame) };
  }
}
