import { magnitudeOf } from "./decimal-text.ts";
import { NO_QUOTES, isCrossed } from "./instrument.ts";
import type { Instrument, Quotes } from "./instrument.ts";
import { isJsonObject } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { isOlder, timeOf, wholeOf } from "./sequence.ts";
import { CHANGED, CROSSED, GAP, NO_SNAPSHOT, REGRESSION, UNCHANGED, bad } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** After a restart of the venue's service the update counter begins here, and sequences may go back. */
const RESTART_UPDATE = 1;

/**
 * Merges `orderbook.1.<symbol>` into its instrument. Bybit sends snapshots only at this depth and repeats an unchanged
 * one after 3 s; deltas are understood nevertheless, because older recordings and look-alikes send them.
 */
export class BookTopic {
  readonly name: string;
  readonly instrument: Instrument;
  readonly last = { seq: 0, timeMs: 0 };
  readonly #scratch: Quotes = { ...NO_QUOTES };
  #update = 0;

  constructor(instrument: Instrument) {
    this.name = `orderbook.1.${instrument.symbol}`;
    this.instrument = instrument;
  }

  get ready(): boolean {
    return this.instrument.quotesFromBook;
  }

  /** Forgets the book: quotes come from the ticker until the next snapshot. */
  reset(): void {
    if (this.instrument.quotesFromBook) this.instrument.setQuotes(NO_QUOTES);
    this.instrument.quotesFromBook = false;
    this.last.seq = 0;
    this.last.timeMs = 0;
    this.#update = 0;
  }

  apply(frame: JsonObject): Verdict {
    const { instrument } = this;
    const snapshot = frame["type"] === "snapshot";
    if (!snapshot && frame["type"] !== "delta") return bad("type is neither snapshot nor delta");
    const timeMs = timeOf(frame);
    if (timeMs === undefined) return bad("ts is not a time");
    const data = frame["data"];
    if (!isJsonObject(data)) return bad("data is not an object");
    if (data["s"] !== instrument.symbol) return bad("symbol differs from the topic");
    const seq = wholeOf(data["seq"]);
    const update = wholeOf(data["u"]);
    if (seq === undefined || update === undefined) return bad("seq or u is not a sequence");
    if (!snapshot && !this.ready) return NO_SNAPSHOT;
    const restart = snapshot && update === RESTART_UPDATE;
    if (this.ready && !restart && isOlder(seq, timeMs, this.last)) return REGRESSION;
    if (!snapshot && update !== this.#update + 1) return GAP;
    const problem = this.#readSides(data, snapshot);
    if (problem !== undefined) return bad(problem);
    if (isCrossed(this.#scratch)) return CROSSED;
    this.last.seq = seq;
    this.last.timeMs = timeMs;
    this.#update = update;
    const first = !instrument.quotesFromBook;
    instrument.quotesFromBook = true;
    return instrument.setQuotes(this.#scratch) || first ? CHANGED : UNCHANGED;
  }

  #readSides(data: JsonObject, snapshot: boolean): string | undefined {
    const scratch = this.#scratch;
    const kept = snapshot ? NO_QUOTES : this.instrument.quotes;
    scratch.bidPrice = kept.bidPrice;
    scratch.bidSize = kept.bidSize;
    scratch.askPrice = kept.askPrice;
    scratch.askSize = kept.askSize;
    if (!readSide(data["b"], scratch, "bidPrice", "bidSize")) return "b is not a list of levels";
    if (!readSide(data["a"], scratch, "askPrice", "askSize")) return "a is not a list of levels";
    return undefined;
  }
}

/**
 * Applies the levels of one side at depth 1: size 0 takes the level away, any other size makes it the best one. Levels
 * are sorted best first, so of several the first one counts.
 */
function readSide(
  levels: unknown,
  into: Quotes,
  priceKey: "bidPrice" | "askPrice",
  sizeKey: "bidSize" | "askSize",
): boolean {
  if (!Array.isArray(levels)) return false;
  const rows: readonly unknown[] = levels;
  let found = false;
  for (const row of rows) {
    if (!Array.isArray(row)) return false;
    const level: readonly unknown[] = row;
    const [price, size] = level;
    if (typeof price !== "string" || typeof size !== "string" || magnitudeOf(price) !== "positive") return false;
    const magnitude = magnitudeOf(size);
    if (magnitude === "not_decimal") return false;
    if (magnitude === "positive") {
      if (found) continue;
      found = true;
      into[priceKey] = price;
      into[sizeKey] = size;
    } else if (into[priceKey] === price) {
      into[priceKey] = "";
      into[sizeKey] = "";
    }
  }
  return true;
}
