import { isAbsolute, join } from "node:path";

import { textOption, usageError } from "../cli/parse-options.ts";
import type { OptionSpecs, OptionValues } from "../cli/parse-options.ts";

/** Where `hedgelock start` keeps traces, and `hedgelock trace` looks for them, when nobody says. */
export const DEFAULT_TRACES = ".hedgelock/traces";

/** Where the traces of a run go. */
export type TraceChoice =
  | { readonly kind: "files"; readonly directory: string }
  | { readonly kind: "jaeger" }
  | { readonly kind: "otlp"; readonly url: string };

/** Options of `hedgelock start` about traces. */
export const TRACE_SPECS: OptionSpecs = {
  jaeger: { type: "boolean" },
  otlp: { type: "string" },
  traces: { type: "string" },
};

/** Reads them. @param folder against which the directory is resolved @throws HedgeLockError USAGE */
export function traceChoice(command: string, values: OptionValues, folder: string): TraceChoice {
  const otlp = textOption(values, "otlp");
  const traces = textOption(values, "traces");
  const given = [values["jaeger"] === true, otlp !== undefined, traces !== undefined].filter(Boolean).length;
  if (given > 1) throw usageError(command, "--jaeger, --otlp and --traces exclude each other");
  if (values["jaeger"] === true) return { kind: "jaeger" };
  if (otlp !== undefined) {
    if (!/^https?:\/\/[^/@?#\s]+(?:\/[^@?#\s]*)?$/.test(otlp))
      throw usageError(
        command,
        `--otlp must be the base address of an OTLP/HTTP back end such as http://127.0.0.1:4318, not '${otlp}'`,
      );
    return { kind: "otlp", url: otlp };
  }
  const directory = traces === undefined || traces === "" ? DEFAULT_TRACES : traces;
  return { kind: "files", directory: isAbsolute(directory) ? directory : join(folder, directory) };
}
