import { SPAN, traceTree, treeProblems } from "@hedgelock/telemetry";
import type { StoredSpan, TraceTree } from "@hedgelock/telemetry";

import { timeAxis } from "./time-axis.ts";
import type { TimeAxis } from "./time-axis.ts";

/** Characters of the bars. */
export interface WaterfallGlyphs {
  readonly bar: string;
  readonly wait: string;
  readonly branch: string;
}

export const UNICODE_WATERFALL: WaterfallGlyphs = { bar: "\u2588", wait: "\u2504", branch: "\u2514 " };
export const ASCII_WATERFALL: WaterfallGlyphs = { bar: "#", wait: "~", branch: "` " };

const NAME_WIDTH = { min: 24, max: 52 } as const;
const SERVICE_WIDTH = 9;
const TIME_WIDTH = 11;
const BAR_WIDTH = { min: 16, max: 60 } as const;

function milliseconds(us: number): string {
  return (us / 1000).toFixed(3);
}

function textAttribute(span: StoredSpan, name: string): string {
  const value = span.attributes[name];
  return value === undefined ? "" : String(value);
}

/** What a step did, in a few words. */
function noteOf(span: StoredSpan): string {
  const at = (name: string): string => textAttribute(span, `hedgelock.${name}`);
  switch (span.name) {
    case SPAN.DECIDE: {
      const state = at("risk.state");
      const step = at("risk.previous_state") === state ? state : `${at("risk.previous_state")} -> ${state}`;
      return state === "" ? "" : `${step}, LTV ${Number(at("risk.effective_ltv")).toFixed(4)}`;
    }
    case SPAN.HEDGE:
      return `${at("order.side")} ${at("order.qty")} ${at("symbol")}, ${at("order.state")}`;
    case SPAN.FILL:
      return `${at("execution.qty")} at ${at("execution.price")}`;
    case SPAN.POSTCONDITION:
      return at("postcondition.satisfied") === "true" ? "in band" : `${at("postcondition.residual_qty")} missing`;
    case SPAN.REFUSE:
      return at("refusal.rule");
    default:
      return "";
  }
}

function labelOf(span: StoredSpan): string {
  const destination = textAttribute(span, "messaging.destination.name");
  const name = span.name.includes("{") ? `${span.name.split(" ", 1)[0] ?? ""} ${destination}` : span.name;
  const note = noteOf(span);
  return `${name}${note === "" ? "" : `: ${note}`}${span.error === undefined ? "" : " !"}`;
}

interface Row {
  readonly span: StoredSpan;
  readonly label: string;
}

function rowsBelow(
  tree: TraceTree,
  spans: readonly StoredSpan[],
  depth: number,
  glyphs: WaterfallGlyphs,
): readonly Row[] {
  return spans.flatMap((span) => [
    { span, label: `${depth === 0 ? "" : `${"  ".repeat(depth - 1)}${glyphs.branch}`}${labelOf(span)}` },
    ...rowsBelow(tree, tree.children(span.spanId), depth + 1, glyphs),
  ]);
}

function barOf({ startUs, endUs }: StoredSpan, axis: TimeAxis, glyphs: WaterfallGlyphs): string {
  const from = Math.min(axis.columns - 1, Math.floor(axis.column(startUs)));
  const to = Math.max(from + 1, Math.min(axis.columns, Math.ceil(axis.column(endUs))));
  let bar = " ".repeat(from);
  for (let column = from; column < to; column += 1) bar += axis.isCompressed(column) ? glyphs.wait : glyphs.bar;
  return bar;
}

function clip(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}~`;
}

/**
 * A trace as a waterfall: one line a step with its start and duration in milliseconds and a bar on a common time axis, on
 * which long waits take little room.
 * @param columns width of the terminal
 */
export function waterfall(spans: readonly StoredSpan[], columns: number, glyphs: WaterfallGlyphs): readonly string[] {
  const tree = traceTree(spans);
  const [first] = tree.spans;
  if (first === undefined) return ["no spans"];
  const beginUs = first.startUs;
  const endUs = Math.max(...tree.spans.map((span) => span.endUs));
  const rows = rowsBelow(tree, tree.roots, 0, glyphs);
  const fixed = SERVICE_WIDTH + 2 * TIME_WIDTH + 4;
  const widest = Math.max(...rows.map((row) => row.label.length));
  const nameWidth = Math.max(NAME_WIDTH.min, Math.min(NAME_WIDTH.max, widest, columns - fixed - BAR_WIDTH.min));
  const barWidth = Math.max(BAR_WIDTH.min, Math.min(BAR_WIDTH.max, columns - fixed - nameWidth));
  const axis = timeAxis(
    tree.spans.flatMap((span) => [span.startUs, span.endUs]),
    barWidth,
  );
  const head = `${"step".padEnd(nameWidth)} ${"service".padEnd(SERVICE_WIDTH)}${"start ms".padStart(TIME_WIDTH)}${"took ms".padStart(TIME_WIDTH)}`;
  const lines = rows.map(({ span, label }) => {
    const times = `${milliseconds(span.startUs - beginUs).padStart(TIME_WIDTH)}${milliseconds(span.endUs - span.startUs).padStart(TIME_WIDTH)}`;
    return `${clip(label, nameWidth)} ${span.service.padEnd(SERVICE_WIDTH)}${times}  ${barOf(span, axis, glyphs)}`;
  });
  const waits = axis.compressedUs.map((us) => `${milliseconds(us)} ms`).join(", ");
  return [
    `trace ${first.traceId}`,
    `${new Date(beginUs / 1000).toISOString()}, ${milliseconds(endUs - beginUs)} ms, ${tree.spans.length} spans`,
    "",
    head,
    ...lines,
    "",
    ...(waits === "" ? [] : [`${glyphs.wait} waits drawn short: ${waits}`]),
    ...tree.spans.flatMap((span) => (span.error === undefined ? [] : [`! ${span.name}: ${span.error}`])),
    ...treeProblems(tree).map((problem) => `! incomplete: ${problem}`),
  ];
}
