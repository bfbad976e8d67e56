import { bookSide } from "../domain/book.ts";
import type { Market } from "../domain/market.ts";
import { bookOf, levelText, seqOf } from "../views/ticker-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";

/** Depths that are offered. */
export const BOOK_DEPTHS: readonly number[] = [1, 50, 200, 1000];

type TextLevel = readonly [string, string];

/** An unchanged best level is sent again after this time, with the same `u`, milliseconds. */
export const RESEND_MS = 3000;

interface Sides {
  readonly b: readonly TextLevel[];
  readonly a: readonly TextLevel[];
}

function levelsBetween(last: readonly TextLevel[], next: readonly TextLevel[]): TextLevel[] {
  const before = new Map(last);
  const after = new Map(next);
  const changed = next.filter(([price, size]) => before.get(price) !== size);
  const gone = last.filter(([price]) => !after.has(price)).map(([price]): TextLevel => [price, "0"]);
  return [...changed, ...gone];
}

function sameSides(left: Sides, right: Sides): boolean {
  const [leftBid, rightBid] = [left.b[0], right.b[0]];
  const [leftAsk, rightAsk] = [left.a[0], right.a[0]];
  return (
    leftBid?.[0] === rightBid?.[0] &&
    leftBid?.[1] === rightBid?.[1] &&
    leftAsk?.[0] === rightAsk?.[0] &&
    leftAsk?.[1] === rightAsk?.[1]
  );
}

/**
 * The `orderbook.D.S` topic of one symbol. Depth 1 sends snapshots only; the others a snapshot and contiguous deltas.
 * `u` counts per topic and starts from the clock, so it also rises across restarts.
 */
export class BookTopic {
  readonly topic: string;
  readonly depth: number;
  readonly #market: Market;
  readonly #category: PublicCategory;
  #last: Sides;
  #u: number;
  #sentMs: number;

  constructor(market: Market, category: PublicCategory, depth: number, nowMs: number) {
    this.topic = `orderbook.${depth}.${market.instrument.symbol}`;
    this.depth = depth;
    this.#market = market;
    this.#category = category;
    this.#last = this.#sides();
    this.#u = nowMs * 10;
    this.#sentMs = nowMs;
  }

  silenceMs(nowMs: number): number {
    return nowMs - this.#sentMs;
  }

  /** The whole book with the current `u`. */
  snapshot(nowMs: number): unknown {
    this.#sentMs = nowMs;
    return this.#frame("snapshot", this.#last, nowMs);
  }

  /** What changed; undefined when nothing did. */
  update(nowMs: number): unknown {
    const next = this.#sides();
    const last = this.#last;
    if (this.depth === 1) {
      if (sameSides(last, next)) return undefined;
      this.#advance(next, nowMs);
      return this.#frame("snapshot", next, nowMs);
    }
    const delta = { b: levelsBetween(last.b, next.b), a: levelsBetween(last.a, next.a) };
    if (delta.b.length === 0 && delta.a.length === 0) return undefined;
    this.#advance(next, nowMs);
    return this.#frame("delta", delta, nowMs);
  }

  #advance(next: Sides, nowMs: number): void {
    this.#last = next;
    this.#u += 1;
    this.#sentMs = nowMs;
  }

  #sides(): Sides {
    const book = bookOf(this.#market, this.#category);
    const text = (side: "Buy" | "Sell"): readonly TextLevel[] =>
      bookSide(book, side, this.depth).map((level) => levelText(this.#market, this.#category, level));
    return { b: text("Buy"), a: text("Sell") };
  }

  #frame(type: "snapshot" | "delta", sides: Sides, nowMs: number): unknown {
    const seq = seqOf(this.#market, this.#category);
    const data = { s: this.#market.instrument.symbol, b: sides.b, a: sides.a, u: this.#u, seq };
    return this.#category !== "spot"
      ? { topic: this.topic, type, ts: nowMs, data, cts: nowMs }
      : { topic: this.topic, ts: nowMs, type, data, cts: nowMs };
  }
}
