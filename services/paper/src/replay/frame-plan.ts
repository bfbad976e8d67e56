import { BAR_MS } from "@hedgelock/prices";
import type { Bar, ReplayPlan, ReplayStep } from "@hedgelock/prices";

import type { PriceSample } from "./frame-prices.ts";

/** A recorded symbol. */
export interface FrameSeries {
  readonly symbol: string;
  readonly samples: readonly PriceSample[];
}

/** Minutes of the samples, flat where nothing was said. */
export function barsOf(samples: readonly PriceSample[]): readonly Bar[] {
  const bars: Bar[] = [];
  for (const { timeMs, price } of samples) {
    const openTimeMs = Math.floor(timeMs / BAR_MS) * BAR_MS;
    for (let last = bars.at(-1); last !== undefined && last.openTimeMs + BAR_MS < openTimeMs; last = bars.at(-1)) {
      const { close } = last;
      bars.push({ openTimeMs: last.openTimeMs + BAR_MS, open: close, high: close, low: close, close, volume: 0 });
    }
    const bar = bars.at(-1);
    if (bar?.openTimeMs !== openTimeMs) {
      bars.push({ openTimeMs, open: price, high: price, low: price, close: price, volume: 0 });
    } else {
      bars[bars.length - 1] = {
        ...bar,
        high: Math.max(bar.high, price),
        low: Math.min(bar.low, price),
        close: price,
      };
    }
  }
  return bars;
}

/**
 * Plans the replay of recorded frames in their own time: a step every 1/`ticksPerSecond` seconds of wall time takes the
 * last price that was told by then. Nothing is made up and no seed is needed.
 * @param series each with at least one sample @param options.speed 2 passes the recording in half its time
 */
export function planFrames(
  series: readonly FrameSeries[],
  options: { readonly ticksPerSecond: number; readonly speed: number },
): ReplayPlan {
  const { ticksPerSecond, speed } = options;
  const firstMs = Math.max(...series.map(({ samples }) => samples[0]?.timeMs ?? 0));
  const lastMs = Math.max(...series.map(({ samples }) => samples.at(-1)?.timeMs ?? 0));
  const stepMs = (1000 / ticksPerSecond) * speed;
  const stepsTotal = Math.ceil((lastMs - firstMs) / stepMs) + 1;
  const fromMs = Math.floor(firstMs / BAR_MS) * BAR_MS;
  const bars = Math.floor((lastMs - fromMs) / BAR_MS) + 1;
  return {
    symbols: series.map(({ symbol }) => symbol),
    bars,
    fromMs,
    toMs: fromMs + bars * BAR_MS,
    ticksPerSecond,
    stepsTotal,
    expectedDurationMs: Math.round((stepsTotal / ticksPerSecond) * 1000),
    *steps(): Generator<ReplayStep, void, undefined> {
      const at = series.map(() => 0);
      let lastBar = -1;
      for (let index = 0; index < stepsTotal; index += 1) {
        const timeMs = Math.min(lastMs, firstMs + index * stepMs);
        const prices = series.map(({ samples }, which) => {
          let position = at[which] ?? 0;
          while ((samples[position + 1]?.timeMs ?? Number.POSITIVE_INFINITY) <= timeMs) position += 1;
          at[which] = position;
          return samples[position]?.price ?? Number.NaN;
        });
        const barIndex = Math.floor((timeMs - fromMs) / BAR_MS);
        yield { index, barIndex, opensBar: barIndex !== lastBar, replayTimeMs: Math.floor(timeMs), prices };
        lastBar = barIndex;
      }
    },
  };
}
