import { isAbsolute, join } from "node:path";

import { HedgeLockError } from "@hedgelock/runtime";
import type { StoredSpan } from "@hedgelock/telemetry";

import type { CliDeps, Command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-status.ts";
import { parseOptions, textOption, usageError } from "../cli/parse-options.ts";
import { unlessAborted } from "../cli/unless-aborted.ts";
import { UNICODE_GLYPHS, glyphsFor } from "../view/glyphs.ts";
import { fileSource } from "./file-source.ts";
import { jaegerSource } from "./jaeger-source.ts";
import { DEFAULT_TRACES } from "./trace-choice.ts";
import type { TraceSource } from "./trace-source.ts";
import { ASCII_WATERFALL, UNICODE_WATERFALL, waterfall } from "./waterfall.ts";

const COMMAND = "trace";
const TRACE_ID = /^[0-9a-f]{32}$/;
const LINK_ID = /^hl-[0-9a-z]+-[0-9a-z]+$/;
const MAX_LISTED = 20;

const HELP = `Usage: hedgelock trace ORDER_LINK_ID | TRACE_ID | ACCOUNT [options]

Prints one trace as a waterfall: every step from the market event to the check after the fill, with its start and
duration in milliseconds. Waits that would fill the line are drawn short. For an account, its newest hedges are listed
and the newest one is shown. Order link ids and trace ids stand in the output of hedgelock start and in the logs.

Options:
  --traces DIR    Folder that the services write traces to (tracing.directory). Default ${DEFAULT_TRACES}.
  --jaeger URL    Reads from a Jaeger instead: the base address of its user interface, http://127.0.0.1:16686.
  --help          This text.

Exit status: 0 found, 1 no such trace, 2 bad options or no such folder, 3 Jaeger did not answer.
`;

function sourceOf(args: readonly string[], deps: CliDeps): TraceSource {
  const values = parseOptions(COMMAND, args, { traces: { type: "string" }, jaeger: { type: "string" } });
  const jaeger = textOption(values, "jaeger");
  const traces = textOption(values, "traces");
  if (jaeger !== undefined && traces !== undefined) throw usageError(COMMAND, "name either --traces or --jaeger");
  if (jaeger !== undefined) {
    if (!/^https?:\/\/[^/@\s]+/.test(jaeger))
      throw usageError(COMMAND, `--jaeger must be an address such as http://127.0.0.1:16686, not '${jaeger}'`);
    return jaegerSource(jaeger, deps);
  }
  const folder = traces ?? DEFAULT_TRACES;
  return fileSource(isAbsolute(folder) ? folder : join(deps.workingFolder, folder));
}

function hedgeLine(span: StoredSpan): string {
  const at = (name: string): string => String(span.attributes[`hedgelock.${name}`] ?? "");
  const took = ((span.endUs - span.startUs) / 1000).toFixed(1);
  return `${new Date(span.startUs / 1000).toISOString()}  ${at("order.link_id")}  ${at("order.side")} ${at("order.filled_qty")} of ${at("order.qty")} ${at("symbol")}  ${at("order.state")}  ${took} ms  trace=${span.traceId}`;
}

/** The trace ids to show, and lines to print before. */
async function find(
  word: string,
  source: TraceSource,
): Promise<{ readonly traceId?: string; readonly list: readonly string[] }> {
  if (TRACE_ID.test(word)) return { traceId: word, list: [] };
  const isLinkId = LINK_ID.test(word);
  const hedges = await source.hedges(isLinkId ? { linkId: word } : { account: word });
  const newest = [...new Map(hedges.map((span) => [span.spanId, span])).values()].toSorted(
    (left, right) => right.startUs - left.startUs,
  );
  const [first] = newest;
  if (first === undefined) return { list: [] };
  const shown = newest.slice(0, MAX_LISTED);
  const more = newest.length - shown.length;
  const head = `${newest.length} ${newest.length === 1 ? "hedge" : "hedges"} of ${word}, newest first${more > 0 ? `; the newest ${shown.length}` : ""}:`;
  return { traceId: first.traceId, list: isLinkId ? [] : [head, ...shown.map((span) => `  ${hedgeLine(span)}`), ""] };
}

async function run(args: readonly string[], deps: CliDeps): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined || word.startsWith("-") || word === "")
    throw usageError(COMMAND, "name what to show first: an order link id, a trace id or an account");
  const source = sourceOf(rest, deps);
  const { traceId, list } = await unlessAborted(find(word, source), deps.requests.stop);
  const read = traceId === undefined ? undefined : await unlessAborted(source.traces([traceId]), deps.requests.stop);
  const spans = [...(read?.values() ?? [])].flat();
  if (spans.length === 0) {
    throw new HedgeLockError("TRACE_NOT_FOUND", `there is no trace of '${word}' in ${source.where}`, {
      exitStatus: EXIT.INVARIANT_BROKEN,
    });
  }
  const glyphs = glyphsFor(deps.environment) === UNICODE_GLYPHS ? UNICODE_WATERFALL : ASCII_WATERFALL;
  const { columns } = deps.out.size();
  deps.out.write(
    `${[...list, ...waterfall(spans, deps.out.isTerminal ? columns : Math.max(columns, 120), glyphs)].join("\n")}\n`,
  );
  return EXIT.OK;
}

/** `hedgelock trace`. */
export const traceCommand: Command = {
  name: COMMAND,
  summary: "Shows one hedge's trace, from the market event to the check after the fill, with the time of every step.",
  help: HELP,
  run,
};
