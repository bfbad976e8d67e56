import { fillProblems, traceTree } from "@hedgelock/telemetry";
import type { StoredSpan } from "@hedgelock/telemetry";

/** A fill of the exchange and the trace that the ledger says it belongs to. */
export interface TracedFill {
  readonly account: string;
  readonly execId: string;
  readonly linkId: string;
  /** "" when the ledger knows none. */
  readonly traceId: string;
}

/** A fill whose exported spans are no whole trace. */
export interface SpanHole extends TracedFill {
  readonly missing: readonly string[];
}

/** What the exported spans say about the fills. */
export interface SpanAudit {
  readonly fills: number;
  readonly complete: number;
  readonly holes: readonly SpanHole[];
}

/** Whether every fill's spans, as they were read back, are one whole tree. Pure. */
export function auditSpans(fills: readonly TracedFill[], spans: ReadonlyMap<string, readonly StoredSpan[]>): SpanAudit {
  const trees = new Map([...spans].map(([traceId, own]) => [traceId, traceTree(own)]));
  const holes = fills.flatMap((fill) => {
    const tree = trees.get(fill.traceId);
    const missing = tree === undefined ? ["no spans with its trace id"] : fillProblems(tree, fill.execId);
    return missing.length === 0 ? [] : [{ ...fill, missing }];
  });
  return { fills: fills.length, complete: fills.length - holes.length, holes };
}
