import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { Timers } from "@hedgelock/runtime";

import { EXIT } from "../cli/exit-status.ts";

const DEADLINE_MS = 10_000;

/**
 * Asks one of our own processes on this machine; an answer other than 2xx, and none within the deadline, is an error.
 * @param what named in errors, for example "the paper exchange"
 * @throws HedgeLockError NOT_ANSWERED
 */
export async function fetchText(
  url: string,
  what: string,
  timers: Timers,
  init: { readonly method?: string; readonly body?: string } = {},
): Promise<string> {
  const deadline = new AbortController();
  const cancel = timers.after(DEADLINE_MS, () => deadline.abort(new Error(`no answer within ${DEADLINE_MS} ms`)));
  try {
    const headers: Record<string, string> = init.body === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(url, { ...init, headers, signal: deadline.signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
    return text;
  } catch (error) {
    throw new HedgeLockError("NOT_ANSWERED", `${what} did not answer ${url}: ${errorText(error)}`, {
      cause: error,
      exitStatus: EXIT.SERVICE_FAILED,
    });
  } finally {
    cancel();
  }
}
