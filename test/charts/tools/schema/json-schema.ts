/** The part of JSON Schema (draft 7) that the charts' schemas are written in. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export type Properties = Readonly<Record<string, JsonSchema>>;

/** The schema of an object whose keys are all known. */
export interface StrictSchema extends JsonSchema {
  readonly properties: Properties;
}

/** An object with these keys and no others: a typo is refused, at whatever depth it stands. */
export function strict(properties: Properties, more: JsonSchema = {}): StrictSchema {
  return { type: "object", additionalProperties: false, properties, ...more };
}

/** A map from names to values of one kind. */
export function mapOf(value: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: "object", additionalProperties: value, ...more };
}

/** A list. */
export function listOf(items: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: "array", items, ...more };
}

/** One of these words. */
export function oneOf(...words: readonly string[]): JsonSchema {
  return { type: "string", enum: words };
}

/** Text of a pattern. */
export function text(pattern?: string): JsonSchema {
  return pattern === undefined ? { type: "string" } : { type: "string", pattern };
}

/** Text of a pattern, or empty where another value takes its place. */
export function textOrEmpty(pattern: string): JsonSchema {
  return text(`^(?:${pattern})?$`);
}

export function whole(minimum: number, maximum: number): JsonSchema {
  return { type: "integer", minimum, maximum };
}

export const flag: JsonSchema = { type: "boolean" };
