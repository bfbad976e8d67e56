import { HedgeLockError, errorText } from "@hedgelock/runtime";
import { SPAN, readTraceFiles } from "@hedgelock/telemetry";
import type { StoredSpan } from "@hedgelock/telemetry";

import { EXIT } from "../cli/exit-status.ts";
import type { TraceSource } from "./trace-source.ts";

/** Traces in the files below a directory. @param sinceMs files of processes that started before are left out */
export function fileSource(directory: string, sinceMs = 0): TraceSource {
  const read = async (holds: string): Promise<readonly StoredSpan[]> => {
    try {
      return await readTraceFiles(directory, holds, sinceMs);
    } catch (error) {
      throw new HedgeLockError(
        "TRACES_UNREADABLE",
        `cannot read traces below ${directory}: ${errorText(error)}. Name the folder with --traces DIR, or a Jaeger with --jaeger URL`,
        { cause: error, exitStatus: EXIT.BAD_OPTIONS },
      );
    }
  };
  return {
    where: `files in ${directory}`,
    async traces(traceIds) {
      const wanted = new Set(traceIds);
      const [only = ""] = traceIds.length === 1 ? traceIds : [];
      const spans = (await read(only)).filter((span) => wanted.has(span.traceId));
      return Map.groupBy(spans, (span) => span.traceId);
    },
    async hedges(wanted) {
      const [attribute, value] =
        "linkId" in wanted
          ? (["hedgelock.order.link_id", wanted.linkId] as const)
          : (["hedgelock.account", wanted.account] as const);
      const spans = await read(value);
      return spans.filter((span) => span.name === SPAN.HEDGE && span.attributes[attribute] === value);
    },
  };
}
