import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { crashByName, planReplay, readBars } from "@hedgelock/prices";
import type { Bar } from "@hedgelock/prices";

import type { StartOptions } from "./start-options.ts";

/** Root of the repository: the recorded crashes lie below it. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** Any grid will do to plan the window: the exchange's own instruments decide the one that is replayed. */
const PLANNING_TICK = "0.01";

/** Prices of one asset, read and checked. */
export interface PriceSeries {
  readonly symbol: string;
  /** Absolute path. */
  readonly file: string;
  readonly firstPrice: number;
  readonly lowestPrice: number;
  readonly lastPrice: number;
}

/** What is going to be replayed. */
export interface PriceSource {
  /** Name of the recorded crash; undefined for files. */
  readonly name: string | undefined;
  /** For people. */
  readonly title: string;
  readonly series: readonly PriceSeries[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly expectedDurationMs: number;
}

interface Choice {
  readonly name: string | undefined;
  readonly title: string;
  readonly files: readonly { readonly symbol: string; readonly path: string }[];
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

function chosen(options: StartOptions): Choice {
  const { prices } = options;
  if (prices.kind === "files") {
    const title = prices.files.map((file) => basename(file.path)).join(" + ");
    return { name: undefined, title, files: prices.files, fromMs: options.fromMs, toMs: options.toMs };
  }
  const crash = crashByName(prices.name);
  return {
    name: crash.name,
    title: `${crash.name} (${crash.title})`,
    files: crash.series.map(({ symbol, file }) => ({ symbol, path: `${ROOT}${file}` })),
    fromMs: options.fromMs ?? crash.fromMs,
    toMs: options.toMs ?? crash.toMs,
  };
}

function summary(symbol: string, file: string, bars: readonly Bar[], fromMs: number, toMs: number): PriceSeries {
  const shown = bars.filter((bar) => bar.openTimeMs >= fromMs && bar.openTimeMs < toMs);
  return {
    symbol,
    file,
    firstPrice: shown[0]?.open ?? 0,
    lowestPrice: shown.reduce((lowest, bar) => Math.min(lowest, bar.low), Number.POSITIVE_INFINITY),
    lastPrice: shown.at(-1)?.close ?? 0,
  };
}

/**
 * Reads and checks the price files and plans the replay, before anything is started.
 * @throws HedgeLockError PRICES_UNREADABLE, PRICES_MALFORMED (file, line and reason), REPLAY_EMPTY; exit status 2
 */
export async function loadPrices(options: StartOptions): Promise<PriceSource> {
  const choice = chosen(options);
  const loaded = await Promise.all(
    choice.files.map(async ({ symbol, path }) => ({ symbol, path, bars: await readBars(path) })),
  );
  const plan = planReplay(
    loaded.map(({ symbol, bars }) => ({ symbol, bars, tickSize: PLANNING_TICK })),
    {
      seed: options.seed,
      ticksPerSecond: options.ticksPerSecond,
      speed: options.speed,
      fromMs: choice.fromMs,
      toMs: choice.toMs,
    },
  );
  return {
    name: choice.name,
    title: choice.title,
    series: loaded.map(({ symbol, path, bars }) => summary(symbol, path, bars, plan.fromMs, plan.toMs)),
    fromMs: plan.fromMs,
    toMs: plan.toMs,
    expectedDurationMs: plan.expectedDurationMs,
  };
}
