import { HedgeLockError } from "@hedgelock/runtime";
import type { Counter, Logger } from "@hedgelock/runtime";

import { problemsOf } from "./registry/check-span.ts";
import type { SpanRecord, SpanRecorder } from "./span-record.ts";

export interface SpanRecorderDeps {
  /** Takes a span that the registry knows. */
  readonly push: (span: SpanRecord, onExported?: () => void) => void;
  /** Counts spans that it does not know. */
  readonly unregistered: Counter;
  readonly log: Logger;
}

/**
 * Passes spans on that are as the registry says. A wrong one is dropped and counted, and said once for each kind of
 * fault: telemetry must not end a process that hedges. Tests use {@link collectSpans}, which throws.
 */
export function spanRecorder(deps: SpanRecorderDeps): SpanRecorder {
  const said = new Set<string>();
  return {
    enabled: true,
    record(span, onExported) {
      const [problem] = problemsOf(span);
      if (problem === undefined) {
        deps.push(span, onExported);
        return;
      }
      deps.unregistered.inc();
      if (said.has(span.name)) return;
      said.add(span.name);
      deps.log.error("trace.span_unregistered", { problem }, "a fault of this program: the span is dropped");
    },
  };
}

/** Keeps spans in memory, as exported at once. @throws HedgeLockError TRACE_UNREGISTERED for one that is not as the registry says */
export function collectSpans(): SpanRecorder & { readonly spans: readonly SpanRecord[] } {
  const spans: SpanRecord[] = [];
  return {
    enabled: true,
    spans,
    record(span, onExported) {
      const problems = problemsOf(span);
      if (problems.length > 0) throw new HedgeLockError("TRACE_UNREGISTERED", problems.join("; "));
      spans.push(span);
      onExported?.();
    },
  };
}
