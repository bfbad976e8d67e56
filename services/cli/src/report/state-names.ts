import { RiskState } from "@hedgelock/contracts";
import type { Decision } from "@hedgelock/contracts";

import type { StateName } from "./schema.ts";

/** The word for a state, as people and the report say it. */
export function stateName(state: RiskState): StateName {
  switch (state) {
    case RiskState.RISK_STATE_NORMAL:
      return "NORMAL";
    case RiskState.RISK_STATE_CAUTION:
      return "CAUTION";
    case RiskState.RISK_STATE_DANGER:
      return "DANGER";
    case RiskState.RISK_STATE_CRITICAL:
      return "CRITICAL";
    case RiskState.RISK_STATE_UNSPECIFIED:
    default:
      // Never decided, or a state of a newer writer.
      return "NONE";
  }
}

/** True when the decision records a step from one state to another. */
export function changesState(decision: Decision): boolean {
  return decision.state !== decision.previousState && decision.state !== RiskState.RISK_STATE_UNSPECIFIED;
}
