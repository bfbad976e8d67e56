import { isAbsolute, join } from "node:path";

import { HedgeLockError } from "@hedgelock/runtime";

import { parseOptions, textOption, usageError, wholeNumberOption } from "../cli/parse-options.ts";
import type { OptionSpecs, OptionValues } from "../cli/parse-options.ts";
import { parseStartOptions } from "../start/start-options.ts";
import type { StartOptions } from "../start/start-options.ts";

const COMMAND = "paper";
const DEFAULT_PORT = 18_080;
const DEFAULT_TICKS_PER_SECOND = "10";
/** A quiet minute of the recording passes in about a second, a wild one in twenty. */
const DEFAULT_SPEED = 0.05;
/** Two assets at once; the third follows the second (see paper-config.ts). */
const DEFAULT_PRICES = "ftx-2022";
/** The whole recording, not only its crash: there is time to look around before it. */
const DEFAULT_WINDOW = { from: "2022-11-08T12:00", to: "2022-11-12T00:00" } as const;

/** Checked options of `hedgelock paper`. */
export interface PaperOptions {
  /** The options it shares with `hedgelock start`: prices, window, accounts, seed, ticks. */
  readonly shared: StartOptions;
  /** Whether the prices are the built-in choice, to which SOL is added. */
  readonly builtIn: boolean;
  readonly speed: number;
  readonly port: number;
  /** Absolute path; undefined keeps nothing. */
  readonly state: string | undefined;
  readonly paused: boolean;
  readonly rateLimits: boolean;
}

const SHARED = ["from", "to", "ticks-per-second", "accounts", "seed"] as const;
const SPECS: OptionSpecs = {
  prices: { type: "string", multiple: true },
  from: { type: "string" },
  to: { type: "string" },
  "ticks-per-second": { type: "string" },
  accounts: { type: "string" },
  seed: { type: "string" },
  speed: { type: "string" },
  port: { type: "string" },
  state: { type: "string" },
  paused: { type: "boolean" },
  "rate-limits": { type: "boolean" },
};

/** The shared options as `hedgelock start` reads them, with errors that point to this command. */
function sharedOptions(values: OptionValues, words: readonly string[], folder: string): StartOptions {
  const builtIn = words.length === 0;
  const defaults: Readonly<Record<string, string>> = {
    "ticks-per-second": DEFAULT_TICKS_PER_SECOND,
    ...(builtIn ? DEFAULT_WINDOW : {}),
  };
  const args = [
    ...(builtIn ? [DEFAULT_PRICES] : words).flatMap((text) => ["--prices", text]),
    ...SHARED.flatMap((name) => {
      const text = textOption(values, name) ?? defaults[name];
      return text === undefined ? [] : [`--${name}`, text];
    }),
  ];
  try {
    return parseStartOptions(args, folder);
  } catch (error) {
    if (!(error instanceof HedgeLockError)) throw error;
    throw usageError(COMMAND, error.message.replace(/\. See: hedgelock start --help$/, ""));
  }
}

function speedOption(values: OptionValues): number {
  const text = textOption(values, "speed");
  if (text === undefined) return DEFAULT_SPEED;
  const speed = /^\d{1,4}(?:\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(speed >= 0.01 && speed <= 1000))
    throw usageError(COMMAND, `--speed must be a number from 0.01 to 1000, not '${text}'`);
  return speed;
}

/** Reads the options. @param folder against which names are resolved @throws HedgeLockError USAGE, exit status 2 */
export function parsePaperOptions(args: readonly string[], folder: string): PaperOptions {
  const values = parseOptions(COMMAND, args, SPECS);
  const named = values["prices"];
  const words = Array.isArray(named) ? named.map(String) : [];
  const state = textOption(values, "state");
  if (state === "") throw usageError(COMMAND, "--state needs the name of a folder");
  return {
    shared: sharedOptions(values, words, folder),
    builtIn: words.length === 0,
    speed: speedOption(values),
    port: wholeNumberOption(COMMAND, values, "port", { min: 0, max: 65_535 }) ?? DEFAULT_PORT,
    state: state === undefined || isAbsolute(state) ? state : join(folder, state),
    paused: values["paused"] === true,
    rateLimits: values["rate-limits"] === true,
  };
}
