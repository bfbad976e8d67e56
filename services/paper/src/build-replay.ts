import type { ReplayStep } from "@hedgelock/prices";
import type { Clock, Counter, Logger, Timers } from "@hedgelock/runtime";

import { dayStats } from "./domain/day-stats.ts";
import type { OpenedExchange } from "./persist/open-exchange.ts";
import type { Feeds } from "./build-feeds.ts";
import { barIndexAt } from "./replay/load-prices.ts";
import type { LoadedPrices } from "./replay/load-prices.ts";
import { ReplayRunner } from "./replay/runner.ts";

/** Prices of the markets: each takes its series'. */
function pricesOf(prices: LoadedPrices, step: ReplayStep): readonly number[] {
  return prices.markets.map(({ seriesIndex }) => step.prices[seriesIndex] ?? Number.NaN);
}

/** The runner that moves the exchange along the recorded prices, standing where the exchange stands. */
export function buildReplay(
  prices: LoadedPrices,
  opened: OpenedExchange,
  feeds: Feeds,
  deps: { readonly clock: Clock; readonly timers: Timers; readonly log: Logger; readonly steps: Counter },
): ReplayRunner {
  const { clock, timers, log, steps } = deps;
  const { exchange, timeline } = opened;
  const onStep = (step: ReplayStep): void => {
    const time = { timeMs: clock.nowMs(), replayTimeMs: step.replayTimeMs };
    if (step.opensBar) {
      timeline.push([time.timeMs, time.replayTimeMs]);
      const days = prices.markets.map(({ series }) => dayStats(series.bars, barIndexAt(series, step.replayTimeMs)));
      exchange.openBar(days, time);
    }
    feeds.publish(exchange.step(pricesOf(prices, step), time));
    steps.inc();
  };
  const onFinished = (): void => log.info("paper.replay_finished", { steps: prices.plan.stepsTotal });
  const runner = new ReplayRunner({ plan: prices.plan, clock, timers, onStep, onFinished });
  runner.skip(opened.stepsDone);
  return runner;
}
