import { planReplay, readBars } from "@hedgelock/prices";
import type { Bar, ReplayPlan, ReplaySeries } from "@hedgelock/prices";
import { HedgeLockError } from "@hedgelock/runtime";

import type { PaperConfig } from "../config.ts";
import { findInstrument, inverseInstrument } from "../domain/instruments.ts";
import type { Instrument } from "../domain/instruments.ts";
import { barsOf, planFrames } from "./frame-plan.ts";
import { readFramePrices } from "./frame-prices.ts";

/** A recorded series with the instrument it is replayed as. */
export interface LoadedSeries extends ReplaySeries {
  readonly instrument: Instrument;
}

/** A market and the series whose price it follows. */
export interface PricedMarket {
  readonly instrument: Instrument;
  readonly series: LoadedSeries;
  /** Position of the series in the prices of a step. */
  readonly seriesIndex: number;
}

export interface LoadedPrices {
  readonly series: readonly LoadedSeries[];
  /** In the order of the exchange's markets: USDT instruments, then inverse perpetuals. */
  readonly markets: readonly PricedMarket[];
  readonly plan: ReplayPlan;
}

function scaled(bars: readonly Bar[], scale: number): readonly Bar[] {
  if (scale === 1) return bars;
  return bars.map((bar) => ({
    ...bar,
    open: bar.open * scale,
    high: bar.high * scale,
    low: bar.low * scale,
    close: bar.close * scale,
  }));
}

/** Recorded frames end in .jsonl or .jsonl.zst, minutes are CSV. */
function isRecording(file: string): boolean {
  return /\.jsonl(?:\.zst)?$/.test(file);
}

function instrumentOf(symbol: string): Instrument {
  const instrument = findInstrument(symbol);
  if (instrument !== undefined) return instrument;
  throw new HedgeLockError("PAPER_CONFIG", `unknown symbol ${symbol}`, { exitStatus: 2 });
}

interface Planned {
  readonly series: readonly LoadedSeries[];
  readonly plan: ReplayPlan;
}

async function loadBars(config: PaperConfig): Promise<Planned> {
  const series = await Promise.all(
    config.prices.map(async ({ symbol, file, scale }): Promise<LoadedSeries> => {
      const instrument = instrumentOf(symbol);
      return { symbol, tickSize: instrument.linear.tickSize, bars: scaled(await readBars(file), scale), instrument };
    }),
  );
  const { seed, ticksPerSecond, speed, fromMs, toMs } = config;
  return { series, plan: planReplay(series, { seed, ticksPerSecond, speed, fromMs, toMs }) };
}

async function loadFrames(config: PaperConfig): Promise<Planned> {
  const frames = await Promise.all(
    config.prices.map(async ({ symbol, file, scale }) => {
      const samples = await readFramePrices(file, symbol);
      return { symbol, samples: samples.map(({ timeMs, price }) => ({ timeMs, price: price * scale })) };
    }),
  );
  const series = frames.map(({ symbol, samples }): LoadedSeries => {
    const instrument = instrumentOf(symbol);
    return { symbol, tickSize: instrument.linear.tickSize, bars: barsOf(samples), instrument };
  });
  return { series, plan: planFrames(frames, config) };
}

/** Reads the price files and plans the replay. @throws HedgeLockError naming file, line and reason */
export async function loadPrices(config: PaperConfig): Promise<LoadedPrices> {
  const recordings = config.prices.filter(({ file }) => isRecording(file)).length;
  if (recordings !== 0 && recordings !== config.prices.length) {
    throw new HedgeLockError("PAPER_CONFIG", "prices: recorded frames (.jsonl) and minutes (.csv) cannot be mixed", {
      exitStatus: 2,
    });
  }
  const { series, plan } = await (recordings === 0 ? loadBars(config) : loadFrames(config));
  const own = series.map((one, seriesIndex) => ({ instrument: one.instrument, series: one, seriesIndex }));
  const inverse = own.flatMap((one) => {
    const instrument = config.inverse ? inverseInstrument(one.instrument) : undefined;
    return instrument === undefined ? [] : [{ ...one, instrument }];
  });
  return {
    series,
    markets: [...own, ...inverse],
    plan,
  };
}

/** Index of the bar at `timeMs` in a whole recorded series. */
export function barIndexAt(series: ReplaySeries, timeMs: number): number {
  return Math.floor((timeMs - (series.bars[0]?.openTimeMs ?? 0)) / 60_000);
}
