import { HedgeLockError } from "@hedgelock/runtime";

/** One recorded series of a crash. */
export interface CrashSeries {
  /** Symbol the prices are replayed as. */
  readonly symbol: string;
  /** Path from the root of the repository. */
  readonly file: string;
}

/** A recorded crash that ships with the project. */
export interface Crash {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly series: readonly CrashSeries[];
  /** Replay window [fromMs, toMs), milliseconds since the epoch: the crash with a little calm around it. */
  readonly fromMs: number;
  readonly toMs: number;
}

function utcMs(year: number, month: number, day: number, hour: number): number {
  return Date.UTC(year, month - 1, day, hour);
}

/** What is replayed when nobody says otherwise. */
export const DEFAULT_CRASH = "oct-2025";

/** The shipped crashes. */
export const CRASHES: readonly Crash[] = [
  {
    name: DEFAULT_CRASH,
    title: "10 October 2025",
    description:
      "The largest liquidation day so far: BTC falls from 122.1k to 102.5k, most of it within 40 minutes, and rebounds.",
    series: [{ symbol: "BTCUSDT", file: "data/prices/btcusd-mark-1m-2025-10-09.csv" }],
    fromMs: utcMs(2025, 10, 10, 14),
    toMs: utcMs(2025, 10, 10, 23),
  },
  {
    name: "ftx-2022",
    title: "FTX, 8 November 2022",
    description:
      "Two assets at once: BTC falls 18.6 % from 20.7k to 16.8k and ETH 24.4 % from 1,580 to 1,195 within four hours.",
    series: [
      { symbol: "BTCUSDT", file: "data/prices/btcusdt-1m-2022-11-08.csv" },
      { symbol: "ETHUSDT", file: "data/prices/ethusdt-1m-2022-11-08.csv" },
    ],
    fromMs: utcMs(2022, 11, 8, 16),
    toMs: utcMs(2022, 11, 8, 20),
  },
  {
    name: "svb-2023",
    title: "Bank failures, 9 March 2023",
    description: "BTC slides 9 % from 21.5k to 19.6k overnight: slow enough that every state is passed on the way.",
    series: [{ symbol: "BTCUSDT", file: "data/prices/btcusdt-1m-2023-03-09.csv" }],
    fromMs: utcMs(2023, 3, 9, 17),
    toMs: utcMs(2023, 3, 10, 12),
  },
  {
    name: "nov-2018",
    title: "14 November 2018",
    description: "After months of calm BTC falls 15.7 % from 6.2k to 5.2k in an afternoon, in three waves.",
    series: [{ symbol: "BTCUSDT", file: "data/prices/xbtusd-1m-2018-11-14.csv" }],
    fromMs: utcMs(2018, 11, 14, 14),
    toMs: utcMs(2018, 11, 14, 23),
  },
  {
    name: "nov-2018-19",
    title: "20 November 2018",
    description:
      "The second leg of the same crash: BTC falls 15.9 % from 4.8k to 4.0k in an evening, most of it within one hour.",
    series: [{ symbol: "BTCUSDT", file: "data/prices/xbtusd-1m-2018-11-19.csv" }],
    fromMs: utcMs(2018, 11, 20, 16),
    toMs: utcMs(2018, 11, 20, 22),
  },
];

/** @throws HedgeLockError UNKNOWN_CRASH listing the names there are */
export function crashByName(name: string): Crash {
  const found = CRASHES.find((crash) => crash.name === name);
  if (found !== undefined) return found;
  throw new HedgeLockError(
    "UNKNOWN_CRASH",
    `there is no recorded crash called "${name}". Choose one of: ${CRASHES.map((crash) => crash.name).join(", ")}.`,
    { exitStatus: 2 },
  );
}
