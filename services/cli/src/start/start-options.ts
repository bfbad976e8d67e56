import { isAbsolute, join } from "node:path";

import { CRASHES, DEFAULT_CRASH } from "@hedgelock/prices";

import { parseOptions, textOption, textsOption, usageError, wholeNumberOption } from "../cli/parse-options.ts";
import type { OptionSpecs, OptionValues } from "../cli/parse-options.ts";
import { TRACE_SPECS, traceChoice } from "../tracing/trace-choice.ts";
import type { TraceChoice } from "../tracing/trace-choice.ts";
import { KNOWN_SYMBOLS } from "./assets.ts";

const COMMAND = "start";
/** Where the report goes when nobody says. */
const DEFAULT_REPORT = ".hedgelock/report.json";
const DEFAULT_TICKS_PER_SECOND = 100;
const DEFAULT_ACCOUNTS = 3;
const DEFAULT_SEED = 1;
/** A file without a symbol is replayed as this one. */
const DEFAULT_SYMBOL = "BTCUSDT";
const MAX_SEED = 2 ** 32 - 1;
const MINUTE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?Z?$/;

/** What is replayed: a recorded crash, or files. */
export type PriceChoice =
  | { readonly kind: "crash"; readonly name: string }
  | { readonly kind: "files"; readonly files: readonly { readonly symbol: string; readonly path: string }[] };

/** Checked options of `hedgelock start`. */
export interface StartOptions {
  readonly prices: PriceChoice;
  readonly ticksPerSecond: number;
  readonly speed: number;
  /** Milliseconds since the epoch; undefined for the default. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly accounts: number;
  readonly seed: number;
  readonly exit: boolean;
  /** Absolute path. */
  readonly report: string;
  readonly traces: TraceChoice;
}

const SPECS: OptionSpecs = {
  prices: { type: "string", multiple: true },
  "ticks-per-second": { type: "string" },
  speed: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  accounts: { type: "string" },
  seed: { type: "string" },
  exit: { type: "boolean" },
  report: { type: "string" },
  ...TRACE_SPECS,
};

function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function priceFile(word: string, folder: string): { readonly symbol: string; readonly path: string } {
  const at = word.indexOf("=");
  const symbol = at < 0 ? DEFAULT_SYMBOL : word.slice(0, at);
  const path = word.slice(at + 1);
  if (!KNOWN_SYMBOLS.includes(symbol)) {
    throw usageError(
      COMMAND,
      `--prices: the paper exchange does not trade '${symbol}'; it trades ${KNOWN_SYMBOLS.join(", ")}`,
    );
  }
  if (path === "") throw usageError(COMMAND, `--prices: no file after '${symbol}='`);
  return { symbol, path: absolute(path, folder) };
}

function looksLikeFile(word: string): boolean {
  return word.includes("=") || word.includes("/") || word.includes("\\") || word.toLowerCase().endsWith(".csv");
}

function priceChoice(words: readonly string[], folder: string): PriceChoice {
  const [first] = words;
  if (first === undefined) return { kind: "crash", name: DEFAULT_CRASH };
  const names = words.filter((word) => !looksLikeFile(word));
  const [name] = names;
  if (name !== undefined) {
    if (!CRASHES.some((crash) => crash.name === name)) {
      const known = CRASHES.map((crash) => crash.name).join(", ");
      throw usageError(
        COMMAND,
        `--prices: there is no recorded crash called '${name}'. There are: ${known}; or name a .csv file`,
      );
    }
    if (words.length > 1) throw usageError(COMMAND, "--prices takes one recorded crash, or files");
    return { kind: "crash", name };
  }
  const files = words.map((word) => priceFile(word, folder));
  const twice = files.find((file, index) => files.findIndex((other) => other.symbol === file.symbol) !== index);
  if (twice !== undefined)
    throw usageError(COMMAND, `--prices names ${twice.symbol} twice: write SYMBOL=FILE.csv for each asset`);
  return { kind: "files", files };
}

function minuteOption(values: OptionValues, name: string): number | undefined {
  const text = textOption(values, name);
  if (text === undefined) return undefined;
  const ms = MINUTE.test(text) ? Date.parse(text.endsWith("Z") ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(ms))
    throw usageError(COMMAND, `--${name} must be a time in UTC such as 2025-10-10T20:50, not '${text}'`);
  return ms;
}

/**
 * Reads the options. @param folder against which file names are resolved
 * @throws HedgeLockError USAGE, exit status 2
 */
export function parseStartOptions(args: readonly string[], folder: string): StartOptions {
  const values = parseOptions(COMMAND, args, SPECS);
  const words = textsOption(values, "prices")
    .flatMap((text) => text.split(","))
    .filter((word) => word !== "");
  const whole = (name: string, min: number, max: number): number | undefined =>
    wholeNumberOption(COMMAND, values, name, { min, max });
  const report = textOption(values, "report") ?? DEFAULT_REPORT;
  if (report === "") throw usageError(COMMAND, "--report needs the name of a file");
  return {
    prices: priceChoice(words, folder),
    ticksPerSecond: whole("ticks-per-second", 1, 5000) ?? DEFAULT_TICKS_PER_SECOND,
    speed: whole("speed", 1, 1000) ?? 1,
    fromMs: minuteOption(values, "from"),
    toMs: minuteOption(values, "to"),
    accounts: whole("accounts", 1, 1000) ?? DEFAULT_ACCOUNTS,
    seed: whole("seed", 0, MAX_SEED) ?? DEFAULT_SEED,
    exit: values["exit"] === true,
    report: absolute(report, folder),
    traces: traceChoice(COMMAND, values, folder),
  };
}
