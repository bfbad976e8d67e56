import type { Clock, Random } from "@hedgelock/runtime";

/** A pause between dials longer than this starts a new outage. */
const NEW_OUTAGE_MS = 8_000;

/** Delays by the age of the outage: quick at first, then rare, as each failed dial costs the client library memory. */
const STEPS: readonly { readonly untilMs: number; readonly baseMs: number; readonly jitterMs: number }[] = [
  { untilMs: 10_000, baseMs: 100, jitterMs: 150 },
  { untilMs: 60_000, baseMs: 500, jitterMs: 250 },
  { untilMs: Number.POSITIVE_INFINITY, baseMs: 1_500, jitterMs: 500 },
];

/** Makes the function that says how long to wait before dialling a server again, in milliseconds. */
export function reconnectDelay(clock: Clock, random: Random): () => number {
  let outageStartMs = 0;
  let lastCallMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.nowMs();
    if (nowMs - lastCallMs > NEW_OUTAGE_MS) outageStartMs = nowMs;
    lastCallMs = nowMs;
    const step = STEPS.find(({ untilMs }) => nowMs - outageStartMs < untilMs) ?? STEPS[0];
    return step === undefined ? 0 : Math.floor(step.baseMs + random.next() * step.jitterMs);
  };
}
