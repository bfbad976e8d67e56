import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";

import { HedgeLockError, errorText } from "@hedgelock/runtime";

import { EXIT } from "./exit-status.ts";

/** Options of one command as `node:util` describes them. */
export type OptionSpecs = NonNullable<ParseArgsConfig["options"]>;

/** What was given: text, several texts, or true for a flag. Absent options are absent. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** A usage error: what is wrong and where to read on. Exit status 2. */
export function usageError(command: string, what: string): HedgeLockError {
  return new HedgeLockError("USAGE", `${what}. See: hedgelock ${command} --help`, { exitStatus: EXIT.BAD_OPTIONS });
}

/**
 * Reads the options of a command strictly: an unknown option, a missing value or a stray word is refused.
 * @throws HedgeLockError USAGE
 */
export function parseOptions(command: string, args: readonly string[], options: OptionSpecs): OptionValues {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Node's first sentence says what is wrong; the rest advises on "--", which no command here takes.
    const [first = "bad options"] = errorText(error).split(/\. (?:To specify|This command)/);
    throw usageError(command, first.replace(/^./, (letter) => letter.toLowerCase()).replace(/\.$/, ""));
  }
}

/** The text of an option; undefined when absent. The last one counts when given twice. */
export function textOption(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** All texts of an option that may repeat. */
export function textsOption(values: OptionValues, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/**
 * A whole number within bounds; undefined when absent.
 * @throws HedgeLockError USAGE
 */
export function wholeNumberOption(
  command: string,
  values: OptionValues,
  name: string,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  const text = textOption(values, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= bounds.min && value <= bounds.max)) {
    throw usageError(command, `--${name} must be a whole number from ${bounds.min} to ${bounds.max}, not '${text}'`);
  }
  return value;
}
