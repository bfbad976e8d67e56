import type { Timers } from "@hedgelock/runtime";

/** What came of waiting for something with a deadline. */
export type Timed<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "late" };

/** Waits for `work`, at most `deadlineMs`. Never rejects; the work itself goes on. */
export async function withDeadline<Value>(
  timers: Timers,
  deadlineMs: number,
  work: Promise<Value>,
): Promise<Timed<Value>> {
  const { promise, resolve } = Promise.withResolvers<Timed<Value>>();
  const cancel = timers.after(deadlineMs, () => resolve({ kind: "late" }));
  work.then(
    (value) => resolve({ kind: "value", value }),
    (error: unknown) => resolve({ kind: "failed", error }),
  );
  const result = await promise;
  cancel();
  return result;
}
