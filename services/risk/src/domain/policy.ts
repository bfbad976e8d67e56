import { DEFAULT_NR_PARAMETERS, DEFAULT_STEP_RATIOS, nrStrategy, stepStrategy } from "@hedgelock/finance";
import type { HedgeStrategy, NrParameters, StepRatios } from "@hedgelock/finance";

/** LTV at which each level is entered. */
export interface LevelEntries {
  readonly caution: number;
  readonly danger: number;
  readonly critical: number;
}

/** The venue's own LTV lines; configuration, because its API does not tell them. */
export interface VenueLines {
  readonly initial: number;
  readonly marginCall: number;
  readonly liquidation: number;
}

/** How an account is watched and hedged. `version` names it in every decision. */
export interface Policy {
  readonly version: string;
  readonly strategy: HedgeStrategy["name"];
  readonly levels: LevelEntries;
  /** A level is left only below its entry minus this. */
  readonly exitMargin: number;
  /** And only after that long below it, venue time. */
  readonly dwellMs: number;
  readonly venueLines: VenueLines;
  readonly nr: NrParameters;
  readonly step: StepRatios;
  /** Smallest hedge per base asset, decimal strings; also the no-trade band around a target. */
  readonly minHedgeBaseQty: Readonly<Record<string, string>>;
  readonly maxTickAgeMs: number;
  /** Wallet and positions, which are pushed on change and polled in between. */
  readonly maxAccountAgeMs: number;
  /** The loan, which is only polled. */
  readonly maxLoanAgeMs: number;
  /** Largest relative price move that one tick may make without a second witness. */
  readonly maxStepMoveWithoutWitness: number;
}

/** Bybit's lines and the design's levels. */
export const POLICY_DEFAULTS = {
  strategy: "NR",
  levels: { caution: 0.65, danger: 0.75, critical: 0.83 },
  exitMargin: 0.03,
  dwellMs: 30 * 60_000,
  venueLines: { initial: 0.8, marginCall: 0.85, liquidation: 0.95 },
  nr: DEFAULT_NR_PARAMETERS,
  step: DEFAULT_STEP_RATIOS,
  maxTickAgeMs: 10_000,
  maxAccountAgeMs: 90_000,
  maxLoanAgeMs: 15_000,
  maxStepMoveWithoutWitness: 0.02,
} as const;

/** The strategy a policy names, with its parameters. */
export function strategyOf(policy: Policy): HedgeStrategy {
  switch (policy.strategy) {
    case "NR":
      return nrStrategy(policy.nr);
    case "STEP":
      return stepStrategy(policy.step);
    default:
      return policy.strategy satisfies never;
  }
}
