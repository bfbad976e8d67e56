import { RISK_LEVEL } from "@hedgelock/finance";
import type { RiskLevel } from "@hedgelock/finance";

import type { LevelEntries, Policy } from "./policy.ts";

/** The level that an LTV alone asks for. */
export function levelAt(ltv: number, levels: LevelEntries): RiskLevel {
  if (ltv >= levels.critical) return RISK_LEVEL.CRITICAL;
  if (ltv >= levels.danger) return RISK_LEVEL.DANGER;
  if (ltv >= levels.caution) return RISK_LEVEL.CAUTION;
  return RISK_LEVEL.NORMAL;
}

function entryOf(level: RiskLevel, levels: LevelEntries): number {
  switch (level) {
    case RISK_LEVEL.CRITICAL:
      return levels.critical;
    case RISK_LEVEL.DANGER:
      return levels.danger;
    case RISK_LEVEL.CAUTION:
      return levels.caution;
    case RISK_LEVEL.NORMAL:
      return 0;
    default:
      return level satisfies never;
  }
}

function below(level: RiskLevel): RiskLevel {
  switch (level) {
    case RISK_LEVEL.CRITICAL:
      return RISK_LEVEL.DANGER;
    case RISK_LEVEL.DANGER:
      return RISK_LEVEL.CAUTION;
    case RISK_LEVEL.CAUTION:
    case RISK_LEVEL.NORMAL:
      return RISK_LEVEL.NORMAL;
    default:
      return level satisfies never;
  }
}

/** Where the state machine stands. */
export interface LevelMemory {
  readonly level: RiskLevel;
  /** Venue time since when the level below has been justified without a break; 0 when it is not. */
  readonly relaxSinceMs: number;
}

/**
 * One step of the state machine: up at once, to whatever the LTV asks for; down one level at a time, and only after the
 * LTV stayed below the exit (entry - exitMargin) for the whole dwell time.
 * @param nowMs venue time
 * @param mayRelax false while an input is missing or old: then the dwell starts anew
 */
export function nextLevel(
  policy: Pick<Policy, "levels" | "exitMargin" | "dwellMs">,
  before: LevelMemory,
  ltv: number,
  nowMs: number,
  mayRelax: boolean,
): LevelMemory {
  const asked = levelAt(ltv, policy.levels);
  if (asked > before.level) return { level: asked, relaxSinceMs: 0 };
  const isBelowExit =
    before.level > RISK_LEVEL.NORMAL && ltv < entryOf(before.level, policy.levels) - policy.exitMargin;
  if (!isBelowExit || !mayRelax) return before.relaxSinceMs === 0 ? before : { level: before.level, relaxSinceMs: 0 };
  if (before.relaxSinceMs === 0) return { level: before.level, relaxSinceMs: nowMs };
  if (nowMs - before.relaxSinceMs < policy.dwellMs) return before;
  return { level: below(before.level), relaxSinceMs: 0 };
}
