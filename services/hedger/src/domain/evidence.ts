import type { Intent } from "@hedgelock/contracts";

/** What it takes to prove that an order can no longer exist. Times are the venue's, milliseconds. */
export interface EvidenceRules {
  /** Whether the venue refuses a request whose signed time has left the receive window. Without it nothing is provable. */
  readonly fence: "receive_window" | "expiry" | "none";
  /** Beyond the receive window: the venue's own clocks differ, and it takes stamps up to 1 s ahead of its time. */
  readonly fenceMarginMs: number;
  /** How long after an order its reads may still not show it. */
  readonly evidenceHorizonMs: number;
  /** How many agreeing "not found" answers it takes. */
  readonly agreeingAnswers: number;
  /** Venue time between two answers that count. */
  readonly spacingMs: number;
}

/** Answers needed, their spacing, and the margin on the fence (design §4; Bybit: timestamp < server time + 1 s). */
export const DEFAULT_EVIDENCE = { agreeingAnswers: 3, spacingMs: 1000, fenceMarginMs: 1000 } as const;

/** What a "not found" answer amounts to. */
export type EvidenceVerdict = "too_early" | "counts" | "proves";

/**
 * Venue time from which a "not found" answer counts: the last attempt can no longer enter, and what entered must be
 * visible. undefined when the venue has no fence: then absence is never proved and the order stays UNKNOWN, loudly.
 */
export function evidenceCountsFromMs(intent: Intent, rules: EvidenceRules): number | undefined {
  if (rules.fence === "none") return undefined;
  return intent.signTimeMs + intent.recvWindowMs + rules.fenceMarginMs + rules.evidenceHorizonMs;
}

/** Judges a "not found" answer given at `venueTimeMs` for an intent that is UNKNOWN. */
export function judgeNotFound(intent: Intent, venueTimeMs: number, rules: EvidenceRules): EvidenceVerdict {
  const from = evidenceCountsFromMs(intent, rules);
  if (from === undefined || venueTimeMs <= from) return "too_early";
  const spacedFrom = intent.notFoundSinceMs + intent.notFoundAnswers * rules.spacingMs;
  if (intent.notFoundAnswers > 0 && venueTimeMs < spacedFrom) return "too_early";
  return intent.notFoundAnswers + 1 >= rules.agreeingAnswers ? "proves" : "counts";
}
