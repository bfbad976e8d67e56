import type { Timers } from "@hedgelock/runtime";

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks once; no answer within the deadline is an error like no connection. @throws Error */
export async function fetchWithin(url: string, timers: Timers, deadlineMs: number): Promise<Answer> {
  const deadline = new AbortController();
  const cancel = timers.after(deadlineMs, () => deadline.abort(new Error(`no answer within ${deadlineMs} ms`)));
  try {
    const response = await fetch(url, { signal: deadline.signal });
    return { status: response.status, text: await response.text() };
  } finally {
    cancel();
  }
}
