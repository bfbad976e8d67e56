import type { Tick } from "@hedgelock/contracts";

import { pushBounded } from "./push-bounded.ts";

/** Prices kept for the sparkline. */
const HISTORY = 240;

/** One symbol as the view shows it. */
export interface PriceView {
  readonly symbol: string;
  readonly price: number;
  readonly first: number;
  readonly history: readonly number[];
}

interface Draft {
  readonly first: number;
  readonly history: number[];
  price: number;
}

/** Newest price and history of each symbol's spot market, by which loans are valued. */
export interface PriceHistory {
  tick(tick: Tick): void;
  /** Adds the current prices to the histories: called at a steady pace, so that they show time. */
  sample(): void;
  views(): readonly PriceView[];
}

function priceOf(tick: Tick): number | undefined {
  const text = tick.lastPrice === "" ? tick.markPrice : tick.lastPrice;
  return tick.category !== "spot" || text === "" ? undefined : Number(text);
}

export function priceHistory(): PriceHistory {
  const drafts = new Map<string, Draft>();
  return {
    tick(tick) {
      const price = priceOf(tick);
      if (price === undefined) return;
      const draft = drafts.get(tick.symbol);
      if (draft === undefined) drafts.set(tick.symbol, { first: price, price, history: [price] });
      else draft.price = price;
    },
    sample() {
      for (const draft of drafts.values()) pushBounded(draft.history, draft.price, HISTORY);
    },
    views: () => [...drafts].map(([symbol, { price, first, history }]) => ({ symbol, price, first, history })),
  };
}
