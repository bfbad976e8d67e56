import type { HedgeMemory, RiskLevel } from "@hedgelock/finance";

/** What one account's evaluation carries to the next; replaced, never changed. */
export interface Memory {
  /** undefined until an LTV was known. */
  readonly level: RiskLevel | undefined;
  readonly relaxSinceMs: number;
  /** Price reports counted when a jump over a level was put on hold; undefined when none is. */
  readonly jumpHeldAt: number | undefined;
  /** By asset index. */
  readonly hedges: readonly (HedgeMemory | undefined)[];
}

export const EMPTY_MEMORY: Memory = { level: undefined, relaxSinceMs: 0, jumpHeldAt: undefined, hedges: [] };
