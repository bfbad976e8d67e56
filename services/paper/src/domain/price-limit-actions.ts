/** What happens to a limit outside the band (`set-limit-px-action`): true clamps, false refuses. */
export interface PriceLimitActions {
  /** Refused by default. */
  spotClamps: boolean;
  /** Clamped by default. */
  contractClamps: boolean;
}

export function defaultPriceLimitActions(): PriceLimitActions {
  return { spotClamps: false, contractClamps: true };
}
