import type { Clock, Random, Timers } from "@hedgelock/runtime";

import type { ExchangeEvent } from "../domain/events.ts";
import type { Exchange } from "../domain/exchange.ts";
import { FaultList } from "./fault-list.ts";
import { HttpFaults } from "./http-faults.ts";
import { connectMarketFaults, racingExchange } from "./market-faults.ts";
import type { Notice } from "./notice.ts";
import { Notices } from "./notices.ts";
import { StaleReads } from "./stale-reads.ts";
import { WsFaults } from "./ws-faults.ts";

/** Everything that can be made to go wrong. */
export interface Faults {
  readonly list: FaultList;
  /** For the clients: with the races the faults want. */
  readonly exchange: Exchange;
  readonly http: HttpFaults;
  readonly ws: WsFaults;
  readonly notices: Notices;
  /** The exchange's clock, off by what the faults say. */
  readonly clock: Clock;
  readonly stop: () => void;
}

export function buildFaults(
  exchange: Exchange,
  deps: {
    readonly clock: Clock;
    readonly timers: Timers;
    readonly random: Random;
    readonly publish: (events: readonly ExchangeEvent[]) => void;
    readonly onNotice: (notice: Notice, nowMs: number) => void;
  },
): Faults {
  const { clock, timers, random } = deps;
  const list = new FaultList(timers);
  const stale = new StaleReads({ clock, timers });
  const http = new HttpFaults(list, stale);
  const skewed: Clock = {
    ...clock,
    nowMs: () => clock.nowMs() + http.skewMs(),
    nowUs: () => clock.nowUs() + http.skewMs() * 1000,
  };
  list.listen({
    removed: () => {
      if (list.of("stale_reads").length === 0) stale.stop();
    },
  });
  connectMarketFaults({ faults: list, exchange, clock: skewed, publish: deps.publish });
  return {
    list,
    exchange: racingExchange(exchange, list),
    http,
    ws: new WsFaults(list, timers),
    notices: new Notices({ faults: list, random, nowMs: () => skewed.nowMs(), onNotice: deps.onNotice }),
    clock: skewed,
    stop() {
      list.clear();
      stale.stop();
    },
  };
}
