import type { z } from "zod";

import type { SimAnswer } from "./sim-message.ts";

/** A refused call with its reason. */
export function refuse(status: number, error: string): SimAnswer {
  return { status, body: { error } };
}

/** The body as `schema` wants it, or the answer that says why not. @param example for people who send no JSON */
export function bodyOf<Value>(
  schema: z.ZodType<Value>,
  rawBody: Uint8Array,
  example: string,
): { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly answer: SimAnswer } {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(rawBody).toString("utf8"));
  } catch {
    // What was wrong with the text does not matter to the caller beyond its not being JSON.
    return { ok: false, answer: refuse(400, `the body must be JSON, as in ${example}`) };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const text = `${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "invalid"}`.replace(/^: /, "");
  return { ok: false, answer: refuse(400, text) };
}
