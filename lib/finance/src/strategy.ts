import type { RiskLevel } from "./risk-level.ts";

/** What a strategy decides on, for one base asset of one account. All finite. */
export interface HedgeSituation {
  readonly level: RiskLevel;
  /** Worse of ours and the venue's. */
  readonly effectiveLtv: number;
  /** Whole debt of the account, USD. */
  readonly debtUsd: number;
  /** Value of everything the account is long and could hedge, over all base assets, before any collateral ratio, USD. */
  readonly longValueUsd: number;
  /** Price of this base asset, USD. */
  readonly price: number;
}

/** What a strategy remembers for one hedge instrument; replaced, never changed. */
export interface HedgeMemory {
  /** Fraction of the long delta that is to be hedged, 0 to 1, at most six decimal places. */
  readonly ratio: number;
  /** Lowest price since the ratio was last moved. */
  readonly troughPrice: number;
}

/**
 * Which part of a long asset to hedge. Pure: the same situation and memory give the same answer. Every strategy hedges
 * all of it at CRITICAL and none of it without a debt, because then there is nothing to protect.
 */
export interface HedgeStrategy {
  readonly name: "STEP" | "NR";
  /** @returns the memory whose `ratio` is the target from now on; the same object when nothing changes */
  decide(situation: HedgeSituation, memory: HedgeMemory): HedgeMemory;
}

const MICRO = 1e6;

/** Six decimal places, up: what is remembered equals what is written, and rounding never hedges less. */
export function quantiseRatio(ratio: number): number {
  return Math.min(1, Math.max(0, Math.ceil(ratio * MICRO - 1e-6) / MICRO));
}

/** The memory with this ratio and trough, reusing the old object when nothing changes. */
export function remember(memory: HedgeMemory, ratio: number, troughPrice: number): HedgeMemory {
  return memory.ratio === ratio && memory.troughPrice === troughPrice ? memory : { ratio, troughPrice };
}
