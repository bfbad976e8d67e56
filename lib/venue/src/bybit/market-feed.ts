import type { Category } from "@hedgelock/contracts";
import type { Clock, Random, Timers } from "@hedgelock/runtime";

import type { Feed, FeedState, MarketFeedHandlers } from "../port.ts";
import { CategoryFeed } from "./category-feed.ts";

const STATE_CHECK_MS = 250;
const DEFAULT_HEARTBEAT_MS = 1_000;
/** Bybit repeats an unchanged top of book after 3 s: 5 s of silence is a dead topic. */
const DEFAULT_TOPIC_SILENCE_MS = 5_000;

export interface MarketFeedDeps {
  /** Base address without path. */
  readonly wsUrl: string;
  readonly instruments: readonly { readonly category: Category; readonly symbol: string }[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** An unchanged instrument is told again after this long, if a frame of it arrives. */
  readonly heartbeatMs?: number;
  readonly topicSilenceMs?: number;
}

/** Best first. */
const ORDER: readonly FeedState[] = ["live", "stale", "connecting", "down"];

/**
 * Public market data of Bybit v5: one connection a category, `tickers` and `orderbook.1` of every instrument, merged
 * into whole ticks. Reconnects by itself until stopped.
 */
export function bybitMarketFeed(deps: MarketFeedDeps, handlers: MarketFeedHandlers): Feed {
  let tellState = (): void => {};
  const settings = {
    ...deps,
    onChange: () => tellState(),
    heartbeatMs: deps.heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
    topicSilenceMs: deps.topicSilenceMs ?? DEFAULT_TOPIC_SILENCE_MS,
  };
  const categories = [...new Set(deps.instruments.map((instrument) => instrument.category))];
  const feeds = categories.map((category) => {
    const symbols = new Set(deps.instruments.filter((one) => one.category === category).map((one) => one.symbol));
    return new CategoryFeed(category, [...symbols], settings, handlers);
  });
  let told = "";
  tellState = () => {
    const states = feeds.map((feed) => feed.state());
    const worst = states.reduce<FeedState>(
      (state, next) => (ORDER.indexOf(next.state) > ORDER.indexOf(state) ? next.state : state),
      "live",
    );
    const detail = states
      .map((state) => state.detail)
      .filter((text) => text !== "")
      .join("; ");
    const text = `${worst} ${detail}`;
    if (text === told) return;
    told = text;
    handlers.onState(worst, detail);
  };
  tellState();
  for (const feed of feeds) feed.start();
  const cancelStates = deps.timers.every(STATE_CHECK_MS, () => tellState());
  return {
    async stop() {
      cancelStates();
      for (const feed of feeds) feed.stop();
    },
  };
}
