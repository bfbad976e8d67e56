import type { Policy } from "./policy.ts";

/** What is wrong with a policy: problems refuse it, warnings are for the log. Each names the key and what to do. */
export interface PolicyVerdict {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

interface Rule {
  readonly broken: boolean;
  readonly text: string;
}

function broken(rules: readonly Rule[]): string[] {
  return rules.filter((rule) => rule.broken).map((rule) => rule.text);
}

/**
 * Judges values against each other (their shape is the schema's business). CRITICAL has to leave room before the venue
 * acts: at or above the liquidation line it can never be reached, at or above the margin call the venue acts first.
 */
export function checkPolicy(policy: Policy): PolicyVerdict {
  const { levels, venueLines, nr, step } = policy;
  const problems = broken([
    {
      broken: !(levels.caution < levels.danger && levels.danger < levels.critical),
      text: `levels: caution ${levels.caution}, danger ${levels.danger}, critical ${levels.critical} must rise`,
    },
    {
      broken: levels.critical >= venueLines.liquidation,
      text: `levels.critical ${levels.critical} must be below venueLines.liquidation ${venueLines.liquidation}: the venue would liquidate before the full hedge`,
    },
    {
      broken: !(venueLines.initial < venueLines.marginCall && venueLines.marginCall < venueLines.liquidation),
      text: `venueLines: initial ${venueLines.initial}, marginCall ${venueLines.marginCall}, liquidation ${venueLines.liquidation} must rise`,
    },
    {
      broken: policy.exitMargin >= levels.caution,
      text: `exitMargin ${policy.exitMargin} must be smaller than levels.caution ${levels.caution}, or CAUTION is never left`,
    },
    { broken: !(nr.lo < nr.hi), text: `nr.lo ${nr.lo} must be below nr.hi ${nr.hi}` },
    {
      broken: step.caution > step.danger,
      text: `step.caution ${step.caution} must not be above step.danger ${step.danger}: a higher level never hedges less`,
    },
  ]);
  const warnings = broken([
    {
      broken: levels.critical >= venueLines.marginCall && levels.critical < venueLines.liquidation,
      text: `levels.critical ${levels.critical} is not below venueLines.marginCall ${venueLines.marginCall}: the venue's margin call comes before the full hedge`,
    },
    {
      broken: policy.strategy === "NR" && nr.hi > levels.critical,
      text: `nr.hi ${nr.hi} is above levels.critical ${levels.critical}: the ramp never reaches its top before CRITICAL`,
    },
  ]);
  return { problems, warnings };
}
