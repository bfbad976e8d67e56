import type { StoredSpan } from "@hedgelock/telemetry";
import { z } from "zod";

/** Kinds by their OTLP numbers. */
const KINDS: Readonly<Record<number, string>> = {
  1: "INTERNAL",
  2: "SERVER",
  3: "CLIENT",
  4: "PRODUCER",
  5: "CONSUMER",
};
const STATUS_ERROR = 2;
const SERVICE_NAME = "service.name";

const anyValue = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  // 64-bit integers are strings in OTLP JSON.
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  arrayValue: z.object({ values: z.array(z.object({ stringValue: z.string().optional() })).default([]) }).optional(),
});
const attributes = z.array(z.object({ key: z.string(), value: anyValue.default({}) })).default([]);
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number().default(1),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).optional(),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).default({}),
});
const answer = z.object({
  result: z.object({
    resourceSpans: z
      .array(
        z.object({
          resource: z.object({ attributes }).default({ attributes: [] }),
          scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
        }),
      )
      .default([]),
  }),
});

function plainValue(value: z.infer<typeof anyValue>): string | number | boolean | readonly string[] {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map((item) => item.stringValue ?? "");
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? "";
}

function plainAttributes(list: z.infer<typeof attributes>): StoredSpan["attributes"] {
  return Object.fromEntries(list.map(({ key, value }) => [key, plainValue(value)]));
}

/** Nanoseconds since the epoch do not fit a double: the microseconds do. */
function microseconds(nanoseconds: string): number {
  return Number(nanoseconds.slice(0, -3));
}

function toSpan(raw: z.infer<typeof span>, service: string): StoredSpan {
  const { traceId, spanId, parentSpanId, name, links, status } = raw;
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined || parentSpanId === "" ? {} : { parentSpanId }),
    name,
    service,
    kind: KINDS[raw.kind] ?? "INTERNAL",
    startUs: microseconds(raw.startTimeUnixNano),
    endUs: microseconds(raw.endTimeUnixNano),
    attributes: plainAttributes(raw.attributes),
    ...(links === undefined ? {} : { links }),
    ...(status.code === STATUS_ERROR ? { error: status.message ?? "" } : {}),
  };
}

/** Spans in an answer of Jaeger's `/api/v3/traces`: OTLP JSON. @throws z.ZodError for anything else */
export function spansOfAnswer(json: unknown): readonly StoredSpan[] {
  return answer.parse(json).result.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = plainAttributes(resource.attributes)[SERVICE_NAME];
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((raw) => toSpan(raw, typeof service === "string" ? service : "")),
    );
  });
}
