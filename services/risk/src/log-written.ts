import type { HedgeTarget } from "@hedgelock/contracts";
import { RiskState } from "@hedgelock/contracts";
import type { Clock, Logger } from "@hedgelock/runtime";

import type { AccountRuntime, PreparedDecision } from "./account-runtime.ts";
import type { RiskMetrics } from "./risk-metrics.ts";

const STATE_NAMES: Readonly<Record<RiskState, string>> = {
  [RiskState.RISK_STATE_UNSPECIFIED]: "UNSPECIFIED",
  [RiskState.RISK_STATE_NORMAL]: "NORMAL",
  [RiskState.RISK_STATE_CAUTION]: "CAUTION",
  [RiskState.RISK_STATE_DANGER]: "DANGER",
  [RiskState.RISK_STATE_CRITICAL]: "CRITICAL",
};

export interface WrittenDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RiskMetrics;
  readonly assets: readonly { readonly hedge: { readonly category: string; readonly symbol: string } }[];
}

/** Reports one acknowledged decision: metrics always, a log line for each change of state, quality or target. */
export function logWritten(deps: WrittenDeps, runtime: AccountRuntime, prepared: PreparedDecision): void {
  const { decision, previous, context, reasons } = prepared;
  const [firstReason] = reasons;
  if (firstReason !== undefined) deps.metrics.decisions[firstReason].inc();
  if (prepared.isTickCaused && decision.trigger !== undefined) {
    const seconds = (deps.clock.nowUs() - decision.trigger.receiveTimeUs) / 1e6;
    // An exemplar has to lead to a trace that is there.
    deps.metrics.tickToDecisionSeconds.observe(seconds, context.sampled ? context : undefined);
  }
  if (firstReason === "refresh") return;
  const fields = {
    trace_id: context.traceId,
    span_id: context.spanId,
    account: runtime.account,
    version: decision.version,
    ltv: decision.effectiveLtv,
  };
  if (previous?.state !== decision.state) {
    const from = STATE_NAMES[decision.previousState];
    deps.log.info("risk.state_changed", { ...fields, from, to: STATE_NAMES[decision.state] });
  }
  if (previous?.quality !== decision.inputQuality) {
    deps.log.info("risk.quality_changed", { ...fields, from: previous?.quality ?? 0, to: decision.inputQuality });
  }
  for (const target of decision.targets) {
    const before = targetBefore(deps, prepared, target);
    if (before !== Number(target.targetQty)) {
      const { symbol, targetQty, positionQty } = target;
      deps.log.info("risk.target_changed", { ...fields, symbol, from: before, to: targetQty, position: positionQty });
    }
  }
}

function targetBefore({ assets }: WrittenDeps, { previous }: PreparedDecision, target: HedgeTarget): number {
  const index = assets.findIndex(({ hedge }) => hedge.category === target.category && hedge.symbol === target.symbol);
  return previous?.targets[index] ?? 0;
}
