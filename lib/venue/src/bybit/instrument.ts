import type { Category, Tick, TickKind } from "@hedgelock/contracts";

/** Best bid and ask with sizes; "" where that side is empty or not told. */
export interface Quotes {
  bidPrice: string;
  bidSize: string;
  askPrice: string;
  askSize: string;
}

export const NO_QUOTES: Readonly<Quotes> = { bidPrice: "", bidSize: "", askPrice: "", askSize: "" };

/** What the ticker tells beside quotes; "" where the venue does not tell. */
export interface Valuation {
  lastPrice: string;
  markPrice: string;
  indexPrice: string;
  fundingRate: string;
  nextFundingTimeMs: number;
}

export const NO_VALUATION: Readonly<Valuation> = {
  lastPrice: "",
  markPrice: "",
  indexPrice: "",
  fundingRate: "",
  nextFundingTimeMs: 0,
};

/** The merged state of one instrument: what every tick carries whole. Owned by one feed and changed in place. */
export class Instrument {
  readonly category: Category;
  readonly symbol: string;
  readonly quotes: Quotes = { ...NO_QUOTES };
  readonly valuation: Valuation = { ...NO_VALUATION };
  /** Where quotes come from: the book once it has given a snapshot, the ticker until then. */
  quotesFromBook = false;
  /** A ticker snapshot has come: without one there is no price to speak of, and nothing is published. */
  tickerReady = false;
  /** Local clock at the last published tick, microseconds. */
  lastEmitUs = 0;

  constructor(category: Category, symbol: string) {
    this.category = category;
    this.symbol = symbol;
  }

  toTick(kind: TickKind, exchangeSeq: number, exchangeTimeMs: number, receiveTimeUs: number): Tick {
    const { quotes, valuation } = this;
    return {
      venue: "bybit",
      category: this.category,
      symbol: this.symbol,
      kind,
      exchangeSeq,
      exchangeTimeMs,
      receiveTimeUs,
      publishTimeUs: 0,
      bidPrice: quotes.bidPrice,
      bidSize: quotes.bidSize,
      askPrice: quotes.askPrice,
      askSize: quotes.askSize,
      lastPrice: valuation.lastPrice,
      markPrice: valuation.markPrice,
      indexPrice: valuation.indexPrice,
      fundingRate: valuation.fundingRate,
      nextFundingTimeMs: valuation.nextFundingTimeMs,
    };
  }

  /** Takes new quotes over. Returns whether they differ. */
  setQuotes(next: Readonly<Quotes>): boolean {
    const { quotes } = this;
    if (
      next.bidPrice === quotes.bidPrice &&
      next.bidSize === quotes.bidSize &&
      next.askPrice === quotes.askPrice &&
      next.askSize === quotes.askSize
    ) {
      return false;
    }
    quotes.bidPrice = next.bidPrice;
    quotes.bidSize = next.bidSize;
    quotes.askPrice = next.askPrice;
    quotes.askSize = next.askSize;
    return true;
  }

  /** Takes a new valuation over. Returns whether it differs. */
  setValuation(next: Readonly<Valuation>): boolean {
    const { valuation } = this;
    if (
      next.lastPrice === valuation.lastPrice &&
      next.markPrice === valuation.markPrice &&
      next.indexPrice === valuation.indexPrice &&
      next.fundingRate === valuation.fundingRate &&
      next.nextFundingTimeMs === valuation.nextFundingTimeMs
    ) {
      return false;
    }
    valuation.lastPrice = next.lastPrice;
    valuation.markPrice = next.markPrice;
    valuation.indexPrice = next.indexPrice;
    valuation.fundingRate = next.fundingRate;
    valuation.nextFundingTimeMs = next.nextFundingTimeMs;
    return true;
  }
}

/** True when the best bid is not below the best ask. Doubles suffice: the venue's prices have far fewer digits than 15. */
export function isCrossed(quotes: Readonly<Quotes>): boolean {
  return quotes.bidPrice !== "" && quotes.askPrice !== "" && Number(quotes.bidPrice) >= Number(quotes.askPrice);
}
