import { z } from "zod";

/** Most digits of a JSON number that become text without loss. */
const wholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);

/**
 * Every REST answer. `retMsg` on success varies ("OK", "", "success"), so only `retCode` is judged; `retExtInfo` is
 * sometimes a string, so it is not looked at.
 */
export const restEnvelope = z.object({
  retCode: wholeNumber,
  retMsg: z.string().catch(""),
  result: z.unknown().optional(),
  time: wholeNumber,
});
export type RestEnvelope = z.infer<typeof restEnvelope>;

/** Reads the answer of a request; undefined when it is not an answer of the venue. */
export function parseEnvelope(body: string): RestEnvelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = restEnvelope.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
