import { z } from "zod";

import type { SpanRecord } from "./span-record.ts";
import { SPANS } from "./registry/spans.ts";

/** End of the names of files that hold one span a line. */
export const TRACE_FILE_SUFFIX = ".trace.jsonl";

const hex = (digits: number): z.ZodType<string> => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const attribute = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]);

/** A span as it was read back, from a file or from a back end. Its name need not be one of ours. */
const storedSpan = z.object({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16).optional(),
  name: z.string(),
  service: z.string(),
  kind: z.string(),
  startUs: z.number(),
  endUs: z.number(),
  attributes: z.record(z.string(), attribute),
  links: z
    .array(z.object({ traceId: hex(32), spanId: hex(16) }))
    .readonly()
    .optional(),
  error: z.string().optional(),
});
export type StoredSpan = Readonly<z.infer<typeof storedSpan>>;

/** A span with what the registry says about its name. */
export function toStoredSpan(span: SpanRecord): StoredSpan {
  const { service, kind } = SPANS[span.name];
  return { ...span, service, kind, endUs: Math.max(span.startUs, span.endUs) };
}

/** One line of a trace file, without the end of line. */
export function encodeStoredSpan(span: SpanRecord): string {
  return JSON.stringify(toStoredSpan(span));
}

/** Reads a line back; undefined for one that is cut off or no span. */
export function decodeStoredSpan(line: string): StoredSpan | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The last line of a process that was killed while writing.
    return undefined;
  }
  return storedSpan.safeParse(value).data;
}
