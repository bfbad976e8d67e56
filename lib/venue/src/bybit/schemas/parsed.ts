import type { z } from "zod";

/** Outcome of reading one message or row of the venue: a value, or why it was refused. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function refused(reason: string): Parsed<never> {
  return { ok: false, reason };
}

/** Reads `value` by a schema and hands it on; every problem of the value stands in the reason, place first. */
export function parseWith<S, T>(schema: z.ZodType<S>, value: unknown, map: (row: S) => Parsed<T>): Parsed<T> {
  const result = schema.safeParse(value);
  if (result.success) return map(result.data);
  return refused(
    result.error.issues.map((issue) => `${issue.path.map(String).join(".") || "message"}: ${issue.message}`).join("; "),
  );
}

/** Reads every row; one refused row refuses the list, because a list with a hole reads as "there is none". */
export function parseAll<T>(rows: readonly unknown[], parse: (row: unknown) => Parsed<T>): Parsed<readonly T[]> {
  const values: T[] = [];
  for (const [index, row] of rows.entries()) {
    const result = parse(row);
    if (!result.ok) return refused(`row ${index}: ${result.reason}`);
    values.push(result.value);
  }
  return accepted(values);
}
