import type { AttributeValue, SpanRecord } from "../span-record.ts";
import { ATTRIBUTES, type AttributeSpec } from "./attributes.ts";
import { SPANS, type SpanSpec } from "./spans.ts";

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

const SPAN_SPECS: ReadonlyMap<string, SpanSpec> = new Map(Object.entries(SPANS));
const ATTRIBUTE_SPECS: ReadonlyMap<string, AttributeSpec> = new Map(Object.entries(ATTRIBUTES));

/** A registered span by a name from anywhere. */
export function spanSpec(name: string): SpanSpec | undefined {
  return SPAN_SPECS.get(name);
}

function fits(value: AttributeValue, { type }: AttributeSpec): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "int":
      return Number.isSafeInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "string[]":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    default:
      return type satisfies never;
  }
}

/** What is wrong with a span by the registry; empty when nothing is. */
export function problemsOf(span: SpanRecord): readonly string[] {
  const spec = spanSpec(span.name);
  if (spec === undefined) return [`the span name '${span.name}' is not registered`];
  const problems: string[] = [];
  if (!TRACE_ID.test(span.traceId)) problems.push(`'${span.name}': '${span.traceId}' is no trace id`);
  if (!SPAN_ID.test(span.spanId)) problems.push(`'${span.name}': '${span.spanId}' is no span id`);
  if (span.parentSpanId === undefined) {
    if (!spec.isRoot) problems.push(`'${span.name}' has no parent; it stands under ${spec.parents.join(", ")}`);
  } else if (!SPAN_ID.test(span.parentSpanId)) {
    problems.push(`'${span.name}': '${span.parentSpanId}' is no span id of a parent`);
  }
  for (const [name, value] of Object.entries(span.attributes)) {
    const attribute = ATTRIBUTE_SPECS.get(name);
    if (attribute === undefined) problems.push(`'${span.name}': the attribute '${name}' is not registered`);
    else if (!spec.attributes.some((known) => known === name))
      problems.push(`'${span.name}': the attribute '${name}' is not registered for this span`);
    else if (!fits(value, attribute)) problems.push(`'${span.name}': '${name}' must be ${attribute.type}`);
  }
  return problems;
}
