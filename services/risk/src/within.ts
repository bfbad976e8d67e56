import type { Timers } from "@hedgelock/runtime";

/** Waits for a promise, at most `deadlineMs`; after that rejects with what `late` makes. */
export async function within<Result>(
  timers: Timers,
  deadlineMs: number,
  promise: Promise<Result>,
  late: () => Error,
): Promise<Result> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const cancel = timers.after(deadlineMs, () => reject(late()));
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    cancel();
  }
}
