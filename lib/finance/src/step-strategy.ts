import { RISK_LEVEL } from "./risk-level.ts";
import { quantiseRatio, remember } from "./strategy.ts";
import type { HedgeStrategy } from "./strategy.ts";

/** Fraction of the long delta hedged at each level. CRITICAL is always all of it, NORMAL none. */
export interface StepRatios {
  readonly caution: number;
  readonly danger: number;
}

/** 0 / 50 / 80 / 100 % by level (strategy S1). */
export const DEFAULT_STEP_RATIOS: StepRatios = { caution: 0.5, danger: 0.8 };

/** STEP: a fixed fraction for each level. Its hysteresis is that of the levels. */
export function stepStrategy(ratios: StepRatios = DEFAULT_STEP_RATIOS): HedgeStrategy {
  const byLevel = {
    [RISK_LEVEL.NORMAL]: 0,
    [RISK_LEVEL.CAUTION]: quantiseRatio(ratios.caution),
    [RISK_LEVEL.DANGER]: quantiseRatio(ratios.danger),
    [RISK_LEVEL.CRITICAL]: 1,
  } as const;
  return {
    name: "STEP",
    decide(situation, memory) {
      const ratio = situation.debtUsd === 0 ? 0 : byLevel[situation.level];
      const moved = ratio !== memory.ratio;
      return remember(memory, ratio, moved ? situation.price : Math.min(memory.troughPrice, situation.price));
    },
  };
}
