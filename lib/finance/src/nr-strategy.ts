import { RISK_LEVEL } from "./risk-level.ts";
import { quantiseRatio, remember } from "./strategy.ts";
import type { HedgeSituation, HedgeStrategy } from "./strategy.ts";

/** Parameters of strategy NR. */
export interface NrParameters {
  /** LTV at which the ramp starts. */
  readonly lo: number;
  /** LTV from which the whole debt is matched. */
  readonly hi: number;
  /** Hedge notional / debt at the top of the ramp: above 1 it pays for costs and the way to the next action. */
  readonly gain: number;
  /** The target moves only when it is off by more than this fraction of the long delta. */
  readonly band: number;
  /** The hedge is taken back only when the price has risen this fraction above its trough. */
  readonly rebound: number;
}

export const DEFAULT_NR_PARAMETERS: NrParameters = { lo: 0.6, hi: 0.7, gain: 1.2, band: 0.06, rebound: 0.08 };

/**
 * The ratio NR would choose without memory: hedge notional = gain x debt, ramped in between two LTVs, all at CRITICAL.
 * Debt-matched because with profits repaid, `q = D/P` keeps the LTV constant at any fall.
 */
export function nrDesiredRatio(situation: HedgeSituation, parameters: NrParameters): number {
  if (situation.debtUsd === 0) return 0;
  if (situation.level === RISK_LEVEL.CRITICAL) return 1;
  if (!(situation.longValueUsd > 0)) return 0;
  const ramp = (situation.effectiveLtv - parameters.lo) / (parameters.hi - parameters.lo);
  const matched = (parameters.gain * situation.debtUsd) / situation.longValueUsd;
  return Math.min(1, matched * Math.min(1, Math.max(0, ramp)));
}

/**
 * NR: debt-matched with an LTV ramp and a ratchet on the way back. Raises at once when off by more than the band (at
 * CRITICAL by anything); lowers only when off by more than the band **and** the price stands `rebound` above the lowest
 * seen since the hedge was last moved.
 */
export function nrStrategy(parameters: NrParameters = DEFAULT_NR_PARAMETERS): HedgeStrategy {
  return {
    name: "NR",
    decide(situation, memory) {
      const { price } = situation;
      // Nothing left to protect: the ratchet guards against a falling price, not against a repaid loan.
      if (situation.debtUsd === 0)
        return remember(memory, 0, memory.ratio === 0 ? Math.min(memory.troughPrice, price) : price);
      const desired = quantiseRatio(nrDesiredRatio(situation, parameters));
      const current = memory.ratio;
      const mustBeFull = situation.level === RISK_LEVEL.CRITICAL && current < 1;
      if (mustBeFull || desired > current + parameters.band) return remember(memory, desired, price);
      const trough = Math.min(memory.troughPrice, price);
      const rebounded = price >= trough * (1 + parameters.rebound);
      // Inside the band only a hedge that is not wanted at all is taken back: otherwise its last part would stay for good.
      const tooMuch = desired < current - parameters.band || (desired === 0 && current > 0);
      if (tooMuch && rebounded) return remember(memory, desired, price);
      return remember(memory, current, trough);
    },
  };
}
