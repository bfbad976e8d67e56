import { z } from "zod";

import type { JsonSchema } from "./json-schema.ts";

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Words that would make a part of a configuration incomplete, or only repeat what the code says. */
const DROPPED = new Set(["required", "default", "$schema"]);

function partial(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(partial);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      DROPPED.has(key) && !isProperty(schema) ? [] : [[key, partial(value)]],
    ),
  );
}

/** A map of properties may have one that is called "default". */
function isProperty(schema: Record<string, unknown>): boolean {
  return !("type" in schema) && Object.values(schema).every(isObject);
}

/**
 * The schema of `config` in a chart's values: the service's own zod schema, so that a key the service would refuse at
 * its start is refused by Helm before anything is sent to the cluster. Everything is optional: the chart adds the rest.
 * @param chartOwned keys that the chart makes itself
 */
export function serviceConfig(schema: z.ZodType, chartOwned: readonly string[]): JsonSchema {
  const whole = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  const { properties } = whole;
  const kept = Object.fromEntries(Object.entries(properties ?? {}).filter(([key]) => !chartOwned.includes(key)));
  return { type: "object", additionalProperties: false, properties: partial(kept) };
}
