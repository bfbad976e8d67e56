import { HedgeLockError, seededRandom } from "@hedgelock/runtime";

import { BAR_MS } from "./bar.ts";
import type { Bar } from "./bar.ts";
import { MIN_STEPS_PER_BAR, barPath } from "./bar-path.ts";
import { barMove, barWeightMs } from "./pacing.ts";
import { fromTicks, tickDecimals, toTicks } from "./tick-grid.ts";

/** Prices of one symbol to replay. */
export interface ReplaySeries {
  readonly symbol: string;
  /** Plain decimal, "0.10". Every replayed price is a multiple of it. */
  readonly tickSize: string;
  readonly bars: readonly Bar[];
}

export interface ReplayOptions {
  readonly seed: number;
  /** Steps per second of wall time. A higher rate gives more steps, not a shorter replay. */
  readonly ticksPerSecond: number;
  /** First minute replayed; default the first that all series have. */
  readonly fromMs?: number | undefined;
  /** End of the replay, exclusive; default the end of the shortest series. */
  readonly toMs?: number | undefined;
  /** Divides the wall time of every bar; default 1. */
  readonly speed?: number | undefined;
}

/** One step: every symbol moves at once. */
export interface ReplayStep {
  /** 0-based number of the step in the replay. */
  readonly index: number;
  /** 0-based number of the bar in the window. */
  readonly barIndex: number;
  /** Whether this is the first step of its bar. */
  readonly opensBar: boolean;
  /** Where the recorded clock stands, milliseconds since the epoch. */
  readonly replayTimeMs: number;
  /** Price of each series, in the order the series were given. */
  readonly prices: readonly number[];
}

/** A replay that is decided in full by its inputs: the same inputs give the same path. */
export interface ReplayPlan {
  readonly symbols: readonly string[];
  /** Number of minutes. */
  readonly bars: number;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly ticksPerSecond: number;
  readonly stepsTotal: number;
  /** Wall time at `ticksPerSecond`, milliseconds. */
  readonly expectedDurationMs: number;
  /** Walks the path lazily, one bar at a time; each call starts anew. */
  steps(): Generator<ReplayStep, void, undefined>;
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** 32-bit FNV-1a, so that a bar's path depends on seed, symbol and minute and on nothing before it. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function commonWindow(series: readonly ReplaySeries[], options: ReplayOptions): Window {
  const starts = series.map((one) => one.bars[0]?.openTimeMs ?? Number.POSITIVE_INFINITY);
  const ends = series.map((one) => (one.bars.at(-1)?.openTimeMs ?? Number.NEGATIVE_INFINITY) + BAR_MS);
  const first = Math.max(...starts);
  const last = Math.min(...ends);
  const fromMs = Math.max(first, Math.ceil((options.fromMs ?? first) / BAR_MS) * BAR_MS);
  const toMs = Math.min(last, Math.ceil((options.toMs ?? last) / BAR_MS) * BAR_MS);
  if (series.length > 0 && fromMs < toMs) return { fromMs, toMs };
  throw new HedgeLockError(
    "REPLAY_EMPTY",
    `there is no minute to replay: ${series.map((one, index) => `${one.symbol} ${starts[index]}..${ends[index]}`).join(", ")} with window ${options.fromMs ?? "start"}..${options.toMs ?? "end"} (ms since the epoch)`,
    { exitStatus: 2 },
  );
}

function barAt(series: ReplaySeries, timeMs: number): Bar {
  const bar = series.bars[(timeMs - (series.bars[0]?.openTimeMs ?? 0)) / BAR_MS];
  if (bar === undefined) throw new RangeError(`${series.symbol} has no bar at ${timeMs}`);
  return bar;
}

/** Steps of each bar of the window: by the symbol that moves most, at least four. */
function stepsPerBar(series: readonly ReplaySeries[], window: Window, options: ReplayOptions): Uint32Array {
  const counts = new Uint32Array((window.toMs - window.fromMs) / BAR_MS);
  for (let index = 0; index < counts.length; index += 1) {
    const timeMs = window.fromMs + index * BAR_MS;
    const move = Math.max(
      ...series.map((one) => barMove(barAt(one, timeMs), index === 0 ? undefined : barAt(one, timeMs - BAR_MS))),
    );
    const weightMs = barWeightMs(move) / (options.speed ?? 1);
    counts[index] = Math.max(MIN_STEPS_PER_BAR, Math.round((weightMs / 1000) * options.ticksPerSecond));
  }
  return counts;
}

function pathOf(series: ReplaySeries, timeMs: number, steps: number, seed: number): readonly number[] {
  const bar = barAt(series, timeMs);
  const tick = Number(series.tickSize);
  const decimals = tickDecimals(series.tickSize);
  const inTicks = {
    open: toTicks(bar.open, tick),
    high: toTicks(bar.high, tick),
    low: toTicks(bar.low, tick),
    close: toTicks(bar.close, tick),
  };
  const random = seededRandom(hash32(`${seed}:${series.symbol}:${timeMs}`));
  return barPath(inTicks, steps, random).map((ticks) => fromTicks(ticks, tick, decimals));
}

/**
 * Plans a replay: minutes become ticks along a seeded path through open, high, low and close; all symbols move
 * together, aligned by minute; minutes that move more get more wall time.
 * @throws HedgeLockError REPLAY_EMPTY when the window holds no minute that all series have; RangeError for a bad rate
 */
export function planReplay(series: readonly ReplaySeries[], options: ReplayOptions): ReplayPlan {
  const { seed, ticksPerSecond } = options;
  if (!(ticksPerSecond > 0) || !((options.speed ?? 1) > 0))
    throw new RangeError("ticksPerSecond and speed must be above 0");
  const window = commonWindow(series, options);
  const counts = stepsPerBar(series, window, options);
  const stepsTotal = counts.reduce((sum, count) => sum + count, 0);
  return {
    symbols: series.map((one) => one.symbol),
    bars: counts.length,
    ...window,
    ticksPerSecond,
    stepsTotal,
    expectedDurationMs: Math.round((stepsTotal / ticksPerSecond) * 1000),
    *steps() {
      let index = 0;
      for (const [barIndex, count] of counts.entries()) {
        const timeMs = window.fromMs + barIndex * BAR_MS;
        const paths = series.map((one) => pathOf(one, timeMs, count, seed));
        for (let step = 0; step < count; step += 1) {
          yield {
            index,
            barIndex,
            opensBar: step === 0,
            replayTimeMs: timeMs + Math.floor((BAR_MS * step) / count),
            prices: paths.map((path) => path[step] ?? Number.NaN),
          };
          index += 1;
        }
      }
    },
  };
}
