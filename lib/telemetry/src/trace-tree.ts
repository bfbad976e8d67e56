import { spanSpec } from "./registry/check-span.ts";
import { SPAN } from "./registry/spans.ts";
import type { StoredSpan } from "./stored-span.ts";

/** Spans of one trace by what they stand under. */
export interface TraceTree {
  /** Every span once, in order of time; the first one seen of each span id. */
  readonly spans: readonly StoredSpan[];
  readonly roots: readonly StoredSpan[];
  children(spanId: string): readonly StoredSpan[];
  parent(span: StoredSpan): StoredSpan | undefined;
}

function byTime(left: StoredSpan, right: StoredSpan): number {
  return left.startUs - right.startUs || left.endUs - right.endUs;
}

/**
 * Puts spans together. The same span id twice is the same span: after a crash, or a lost answer of a back end, a span may be
 * exported again.
 */
export function traceTree(all: readonly StoredSpan[]): TraceTree {
  const byId = new Map<string, StoredSpan>();
  for (const span of all) if (!byId.has(span.spanId)) byId.set(span.spanId, span);
  const spans = [...byId.values()].toSorted(byTime);
  const children = Map.groupBy(spans, (span) => span.parentSpanId ?? "");
  const parent = (span: StoredSpan): StoredSpan | undefined =>
    span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
  return {
    spans,
    roots: spans.filter((span) => parent(span) === undefined),
    children: (spanId) => children.get(spanId) ?? [],
    parent,
  };
}

/** What is wrong with a trace as a whole: more than one beginning, spans without their parent, steps in the wrong place. */
export function treeProblems(tree: TraceTree): readonly string[] {
  const problems: string[] = [];
  if (new Set(tree.spans.map((span) => span.traceId)).size > 1) problems.push("spans of more than one trace");
  for (const span of tree.spans) {
    const spec = spanSpec(span.name);
    const parent = tree.parent(span);
    if (spec === undefined) problems.push(`the span name '${span.name}' is not registered`);
    else if (span.parentSpanId === undefined) {
      if (!spec.isRoot) problems.push(`'${span.name}' ${span.spanId} has no parent`);
    } else if (parent === undefined) {
      problems.push(`the parent ${span.parentSpanId} of '${span.name}' ${span.spanId} is missing`);
    } else if (!spec.parents.some((name) => name === parent.name)) {
      problems.push(`'${span.name}' ${span.spanId} stands under '${parent.name}'`);
    }
  }
  if (tree.roots.length > 1)
    problems.push(`${tree.roots.length} beginnings: ${tree.roots.map((span) => span.name).join(", ")}`);
  if (tree.spans.length === 0) problems.push("no spans");
  return problems;
}

/** The steps from a fill up to the beginning of its trace, and beside it, that make a trace whole. */
const WAY_UP = [
  [SPAN.SEND_ORDER],
  [SPAN.HEDGE],
  [SPAN.PROCESS_DECISION],
  [SPAN.PUBLISH_DECISION],
  [SPAN.DECIDE],
  [SPAN.PROCESS_TICK, SPAN.PROCESS_SNAPSHOT],
  [SPAN.PUBLISH_TICK, SPAN.PUBLISH_SNAPSHOT],
  [SPAN.RECEIVE_TICK, SPAN.RECEIVE_SNAPSHOT],
] as const;
const BESIDE_THE_ORDER = [SPAN.APPEND_INTENT, SPAN.POSTCONDITION] as const;

/**
 * What one fill's trace lacks; empty when it is whole: one tree, with every step from the event received to the
 * postcondition, in its place.
 * @param execId the venue's identity of the fill
 */
export function fillProblems(tree: TraceTree, execId: string): readonly string[] {
  const fills = tree.spans.filter(
    (span) => span.name === SPAN.FILL && span.attributes["hedgelock.execution.id"] === execId,
  );
  const [fill] = fills;
  if (fill === undefined) return [`no span for the fill ${execId}`];
  const problems = [...treeProblems(tree)];
  if (fills.length > 1) problems.push(`${fills.length} spans for the fill ${execId}`);
  let span = fill;
  for (const names of WAY_UP) {
    const above = tree.parent(span);
    if (above === undefined || !names.some((name) => name === above.name)) {
      problems.push(`above '${span.name}' there is no '${names.join("' or '")}'`);
      return problems;
    }
    if (above.name === SPAN.HEDGE) {
      const beside = tree.children(above.spanId);
      for (const name of BESIDE_THE_ORDER)
        if (!beside.some((other) => other.name === name)) problems.push(`the hedge has no '${name}'`);
    }
    span = above;
  }
  return problems;
}
