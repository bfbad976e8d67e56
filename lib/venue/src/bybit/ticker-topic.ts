import { isSignedDecimal, magnitudeOf } from "./decimal-text.ts";
import { NO_QUOTES, NO_VALUATION, isCrossed } from "./instrument.ts";
import type { Instrument, Quotes, Valuation } from "./instrument.ts";
import { isJsonObject } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { isOlder, timeOf, wholeOf } from "./sequence.ts";
import { CHANGED, CROSSED, NO_SNAPSHOT, REGRESSION, UNCHANGED, bad } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** Marks a field that cannot be read; a value, not an exception, as this runs for every frame. */
const GARBLED = Symbol("garbled");
type Field = string | typeof GARBLED;

/** A price that must be above zero; `known` was checked before. An absent key keeps `kept`. */
function price(value: unknown, kept: string, known: string): Field {
  if (value === undefined) return kept;
  if (value === known) return known;
  if (typeof value !== "string") return GARBLED;
  return value === "" || magnitudeOf(value) === "positive" ? value : GARBLED;
}

/** A quoted price or size: zero means that this side is empty. */
function quote(value: unknown, kept: string, known: string): Field {
  if (value === undefined) return kept;
  if (value === known) return known;
  if (typeof value !== "string") return GARBLED;
  if (value === "") return value;
  const magnitude = magnitudeOf(value);
  if (magnitude === "not_decimal") return GARBLED;
  return magnitude === "zero" ? "" : value;
}

function rate(value: unknown, kept: string, known: string): Field {
  if (value === undefined) return kept;
  if (value === known) return known;
  return typeof value === "string" && (value === "" || isSignedDecimal(value)) ? value : GARBLED;
}

/** `nextFundingTime` comes as text. @returns undefined when it is garbled */
function fundingTime(value: unknown, kept: number): number | undefined {
  if (value === undefined) return kept;
  if (typeof value !== "string") return wholeOf(value);
  if (value === "") return 0;
  return magnitudeOf(value) === "not_decimal" ? undefined : wholeOf(Number(value));
}

/**
 * Merges `tickers.<symbol>` into its instrument. Contracts: a snapshot, then deltas in which an absent key means
 * "unchanged". Spot: snapshots only, without quotes; its index price is `usdIndexPrice`.
 */
export class TickerTopic {
  readonly name: string;
  readonly instrument: Instrument;
  readonly last = { seq: 0, timeMs: 0 };
  /** Reused for every frame: a frame costs no garbage unless it is published. */
  readonly #valuation: Valuation = { ...NO_VALUATION };
  readonly #quotes: Quotes = { ...NO_QUOTES };
  readonly #indexKey: "indexPrice" | "usdIndexPrice";

  constructor(instrument: Instrument) {
    this.name = `tickers.${instrument.symbol}`;
    this.instrument = instrument;
    this.#indexKey = instrument.category === "spot" ? "usdIndexPrice" : "indexPrice";
  }

  get ready(): boolean {
    return this.instrument.tickerReady;
  }

  /** Forgets the position: the next snapshot counts whatever its sequence. */
  reset(): void {
    this.instrument.tickerReady = false;
    this.last.seq = 0;
    this.last.timeMs = 0;
  }

  apply(frame: JsonObject): Verdict {
    const { instrument } = this;
    const snapshot = frame["type"] === "snapshot";
    if (!snapshot && frame["type"] !== "delta") return bad("type is neither snapshot nor delta");
    const timeMs = timeOf(frame);
    if (timeMs === undefined) return bad("ts is not a time");
    const seq = frame["cs"] === undefined ? 0 : wholeOf(frame["cs"]);
    if (seq === undefined) return bad("cs is not a sequence");
    const data = frame["data"];
    if (!isJsonObject(data)) return bad("data is not an object");
    if (data["symbol"] !== instrument.symbol) return bad("symbol differs from the topic");
    if (!snapshot && !instrument.tickerReady) return NO_SNAPSHOT;
    // A snapshot in the middle of a contract's deltas is the venue starting over; spot sends nothing else.
    const restart = snapshot && instrument.category !== "spot";
    if (instrument.tickerReady && !restart && isOlder(seq, timeMs, this.last)) return REGRESSION;
    const valuation = this.#readValuation(data, snapshot);
    if (valuation !== undefined) return bad(valuation);
    const ownQuotes = !instrument.quotesFromBook && instrument.category !== "spot";
    if (ownQuotes) {
      if (!this.#readQuotes(data, snapshot)) return bad("a quote is not a decimal");
      if (isCrossed(this.#quotes)) return CROSSED;
    }
    this.last.seq = seq;
    this.last.timeMs = timeMs;
    const first = !instrument.tickerReady;
    instrument.tickerReady = true;
    const revalued = instrument.setValuation(this.#valuation);
    const requoted = ownQuotes && instrument.setQuotes(this.#quotes);
    return revalued || requoted || first ? CHANGED : UNCHANGED;
  }

  /** Reads into the scratch valuation. @returns what is wrong, undefined when nothing is */
  #readValuation(data: JsonObject, snapshot: boolean): string | undefined {
    const known = this.instrument.valuation;
    const kept = snapshot ? NO_VALUATION : known;
    const lastPrice = price(data["lastPrice"], kept.lastPrice, known.lastPrice);
    if (lastPrice === GARBLED || lastPrice === "") return "lastPrice is not a price";
    const markPrice = price(data["markPrice"], kept.markPrice, known.markPrice);
    if (markPrice === GARBLED) return "markPrice is not a price";
    const indexPrice = price(data[this.#indexKey], kept.indexPrice, known.indexPrice);
    if (indexPrice === GARBLED) return `${this.#indexKey} is not a price`;
    if (this.instrument.category !== "spot" && (markPrice === "" || indexPrice === "")) {
      return "markPrice or indexPrice is missing";
    }
    const fundingRate = rate(data["fundingRate"], kept.fundingRate, known.fundingRate);
    if (fundingRate === GARBLED) return "fundingRate is not a decimal";
    const nextFundingTimeMs = fundingTime(data["nextFundingTime"], kept.nextFundingTimeMs);
    if (nextFundingTimeMs === undefined) return "nextFundingTime is not a time";
    const scratch = this.#valuation;
    scratch.lastPrice = lastPrice;
    scratch.markPrice = markPrice;
    scratch.indexPrice = indexPrice;
    scratch.fundingRate = fundingRate;
    scratch.nextFundingTimeMs = nextFundingTimeMs;
    return undefined;
  }

  #readQuotes(data: JsonObject, snapshot: boolean): boolean {
    const known = this.instrument.quotes;
    const kept = snapshot ? NO_QUOTES : known;
    const bidPrice = quote(data["bid1Price"], kept.bidPrice, known.bidPrice);
    const bidSize = quote(data["bid1Size"], kept.bidSize, known.bidSize);
    const askPrice = quote(data["ask1Price"], kept.askPrice, known.askPrice);
    const askSize = quote(data["ask1Size"], kept.askSize, known.askSize);
    if (bidPrice === GARBLED || bidSize === GARBLED || askPrice === GARBLED || askSize === GARBLED) return false;
    const scratch = this.#quotes;
    scratch.bidPrice = bidPrice;
    scratch.bidSize = bidSize;
    scratch.askPrice = askPrice;
    scratch.askSize = askSize;
    return true;
  }
}
