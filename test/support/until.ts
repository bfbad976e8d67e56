import { systemClock, systemTimers } from "@hedgelock/runtime";

const POLL_MS = 20;

/**
 * Waits for a condition by asking again and again, never by guessing how long it takes.
 * @param what names the condition in the error
 * @throws Error when it does not hold within the deadline
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs: number = 30_000,
): Promise<void> {
  const endMs = systemClock.nowMs() + deadlineMs;
  while (!(await holds())) {
    if (systemClock.nowMs() > endMs) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await systemTimers.sleep(POLL_MS);
  }
}
