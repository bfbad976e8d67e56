import type { Clock, Logger, Timers } from "@hedgelock/runtime";

import type { ExchangeEvent } from "./domain/events.ts";
import type { Exchange } from "./domain/exchange.ts";
import { plain } from "./domain/money.ts";
import type { PublicCategory } from "./views/ticker-view.ts";
import { PrivateFeed } from "./ws/private-feed.ts";
import { PublicFeed } from "./ws/public-feed.ts";
import { StatusFeed } from "./ws/status-session.ts";

/** The feeds and the function that tells everybody. */
export interface Feeds {
  readonly linear: PublicFeed;
  readonly spot: PublicFeed;
  readonly inverse: PublicFeed;
  readonly private: PrivateFeed;
  readonly status: StatusFeed;
  readonly publish: (events: readonly ExchangeEvent[]) => void;
  /** Breaks the silence of topics without news. */
  readonly beat: () => void;
}

/** Liquidations have no topic: they are told to the operator. */
function logEvent(log: Logger, exchange: Exchange, event: ExchangeEvent): void {
  const account = exchange.state.accounts.get(event.uid)?.name;
  if (event.kind === "loan_liquidated") {
    const { liquidation } = event;
    log.warn("paper.loan_liquidated", {
      account,
      uid: event.uid,
      ltv: plain(liquidation.ltv, 6),
      debt_usd: plain(liquidation.debtUsd),
      fee_usd: plain(liquidation.feeUsd),
      replay_time_ms: liquidation.replayTimeMs,
    });
  } else if (event.kind === "unified_liquidated") {
    log.warn("paper.unified_liquidated", { account, uid: event.uid, mm_rate: event.mmRate });
  }
}

/** The feeds of all categories over one exchange. */
export function buildFeeds(
  exchange: Exchange,
  deps: { readonly clock: Clock; readonly timers: Timers; readonly log: Logger },
): Feeds {
  const { clock, timers, log } = deps;
  const { state } = exchange;
  const refresh = (symbol: string, category: PublicCategory, book: boolean): void => {
    exchange.refreshMarket(symbol, category === "spot", book);
  };
  const linear = new PublicFeed({ state, category: "linear", clock, refresh });
  const spot = new PublicFeed({ state, category: "spot", clock, refresh });
  const inverse = new PublicFeed({ state, category: "inverse", clock, refresh });
  const feeds = [linear, spot, inverse];
  const privateFeed = new PrivateFeed({ state, clock, timers });
  return {
    linear,
    spot,
    inverse,
    private: privateFeed,
    status: new StatusFeed(),
    publish(events) {
      for (const feed of feeds) {
        feed.publish();
        if (events.length > 0) feed.liquidated(events);
      }
      privateFeed.publish(events);
      for (const event of events) logEvent(log, exchange, event);
    },
    beat() {
      for (const feed of feeds) feed.beat();
    },
  };
}
