import type { StoredMessage } from "@hedgelock/bus";
import { Decision, HEADER, InputQuality, RiskState } from "@hedgelock/contracts";
import type { Trigger } from "@hedgelock/contracts";
import type { Clock, Random } from "@hedgelock/runtime";
import { decisionSpans, derivedSpanId, messageTraceOf, parseTraceparent, processSpan } from "@hedgelock/telemetry";
import type { PromotionAsker, PromotionLog, SpanAttributes, SpanRecorder, TraceContext } from "@hedgelock/telemetry";

import type { Cause, PreparedDecision } from "./account-runtime.ts";

/** A tick that took this long to its evaluation is an outlier; at most one a second is kept, as all are late when one is. */
const OUTLIER_US = 250_000;
const OUTLIER_PERIOD_US = 1_000_000;
/** A predecessor that was killed may have lost the spans of decisions younger than this; older ones it has exported. */
const LOST_SPANS_US = 30_000_000;

const STATES: Readonly<Record<RiskState, string>> = {
  [RiskState.RISK_STATE_UNSPECIFIED]: "UNSPECIFIED",
  [RiskState.RISK_STATE_NORMAL]: "NORMAL",
  [RiskState.RISK_STATE_CAUTION]: "CAUTION",
  [RiskState.RISK_STATE_DANGER]: "DANGER",
  [RiskState.RISK_STATE_CRITICAL]: "CRITICAL",
};
const QUALITIES: Readonly<Record<InputQuality, string>> = {
  [InputQuality.INPUT_QUALITY_UNSPECIFIED]: "UNSPECIFIED",
  [InputQuality.INPUT_QUALITY_FRESH]: "FRESH",
  [InputQuality.INPUT_QUALITY_UNKNOWN]: "UNKNOWN",
  [InputQuality.INPUT_QUALITY_STALE]: "STALE",
};

export interface RiskTracingDeps {
  readonly recorder: SpanRecorder;
  readonly asker: Pick<PromotionAsker, "ensure">;
  /** Says to the hedger which decisions have their spans. */
  readonly promotions: Pick<PromotionLog, "record">;
  readonly clock: Clock;
  readonly random: Random;
  readonly writer: string;
  readonly partitions: number;
  /** Share of ticks that are kept although they led to nothing. */
  readonly baselineRatio: number;
}

function causeOf({ trigger }: Decision): string {
  if (trigger === undefined) return "time";
  return trigger.subject.startsWith("md.") ? "tick" : "snapshot";
}

function factsOf(decision: Decision): SpanAttributes {
  return {
    "hedgelock.decision.cause": causeOf(decision),
    "hedgelock.decision.reasons": decision.reasons,
    "hedgelock.policy.version": decision.policyVersion,
    "hedgelock.risk.state": STATES[decision.state],
    "hedgelock.risk.previous_state": STATES[decision.previousState],
    "hedgelock.risk.input_quality": QUALITIES[decision.inputQuality],
    "hedgelock.risk.effective_ltv": decision.effectiveLtv,
    "hedgelock.hedge.targets": decision.targets.map(({ symbol, targetQty }) => `${symbol}=${targetQty}`),
  };
}

/** Decides which traces are kept and builds the risk engine's spans of them, after the fact. */
export class RiskTracing {
  readonly #deps: RiskTracingDeps;
  #untilBaseline: number;
  #lastOutlierUs = 0;

  constructor(deps: RiskTracingDeps) {
    this.#deps = deps;
    this.#untilBaseline = this.#drawBaseline();
  }

  /**
   * Why a decision's trace is kept: it changes something, or a hedge is due on it. Undefined for a refresh of what is as it
   * should be; should a hedge follow from one after all, the hedger builds these spans itself.
   */
  reasonToKeep(decision: Decision): string | undefined {
    if (!this.#deps.recorder.enabled) return undefined;
    const change = decision.reasons.find((reason) => reason !== "refresh");
    if (change !== undefined) return change;
    const isDue = decision.targets.some(
      ({ targetQty, positionQty, bandQty }) => Math.abs(Number(targetQty) - Number(positionQty)) > Number(bandQty),
    );
    return isDue ? "hedge_due" : undefined;
  }

  /** A decision is in the stream. @param storedTimeUs 0 when the acknowledgement was lost */
  written(prepared: PreparedDecision, storedTimeUs: number): void {
    const { context, decision, messageId, preparedTimeUs, traceReason: reason } = prepared;
    if (reason === undefined) return;
    this.#keep({ context, decision, messageId, reason, preparedTimeUs, storedTimeUs, rebuilt: false });
  }

  /** The last decision of a predecessor: it may have ended before the spans were out. The same ids make the same spans. */
  resumed(message: StoredMessage): void {
    const { recorder, clock, writer } = this.#deps;
    const context = parseTraceparent(message.headers[HEADER.TRACEPARENT]);
    if (!recorder.enabled || context?.sampled !== true) return;
    const decision = Decision.decode(message.payload);
    if (decision.writer === writer || clock.nowUs() - decision.decidedTimeUs > LOST_SPANS_US) return;
    const reason = decision.reasons[0] ?? "refresh";
    const { messageId } = message;
    this.#keep({ context, decision, messageId, reason, preparedTimeUs: 0, storedTimeUs: 0, rebuilt: true });
  }

  /** A tick was evaluated. Runs for every tick: a subtraction and two comparisons unless it is to be kept. */
  tick(cause: Cause): void {
    const { evaluateTimeUs, receiveTimeUs } = cause.trigger;
    this.#untilBaseline -= 1;
    if (this.#untilBaseline <= 0) {
      this.#untilBaseline = this.#drawBaseline();
      this.#keepTick(cause, "baseline");
    } else if (
      evaluateTimeUs - receiveTimeUs > OUTLIER_US &&
      evaluateTimeUs - this.#lastOutlierUs > OUTLIER_PERIOD_US
    ) {
      this.#lastOutlierUs = evaluateTimeUs;
      this.#keepTick(cause, "outlier");
    }
  }

  /** Ticks until the next one of the baseline: geometrically distributed, so that one draw serves for thousands of ticks. */
  #drawBaseline(): number {
    const { baselineRatio: ratio, recorder, random } = this.#deps;
    if (ratio <= 0 || !recorder.enabled) return Number.POSITIVE_INFINITY;
    return ratio >= 1 ? 1 : 1 + Math.floor(Math.log(1 - random.next()) / Math.log(1 - ratio));
  }

  #keepTick({ trigger, traceparent }: Cause, reason: string): void {
    const { recorder, asker, clock } = this.#deps;
    const context = parseTraceparent(traceparent);
    if (context === undefined || !recorder.enabled) return;
    const { traceId, spanId } = context;
    const message: Trigger = { ...trigger, spanId };
    asker.ensure(messageTraceOf(traceId, message, reason));
    const attributes = { "hedgelock.trace.reason": reason };
    recorder.record(
      processSpan({ traceId, spanId: derivedSpanId(spanId, "process"), message, endUs: clock.nowUs(), attributes }),
    );
  }

  #keep(kept: {
    readonly context: TraceContext;
    readonly decision: Decision;
    readonly messageId: string;
    readonly reason: string;
    readonly preparedTimeUs: number;
    readonly storedTimeUs: number;
    readonly rebuilt: boolean;
  }): void {
    const { asker, promotions, partitions } = this.#deps;
    const { context, decision, reason } = kept;
    const { traceId, spanId } = context;
    const { account, version, decidedTimeUs } = decision;
    const cause = decision.trigger ?? decision.continued;
    if (cause !== undefined) asker.ensure(messageTraceOf(traceId, cause, reason));
    const links = decision.inputs.flatMap((input) =>
      input.traceId === "" || input.traceId === traceId ? [] : { traceId: input.traceId, spanId: input.spanId },
    );
    const facts = factsOf(decision);
    const own = { ...kept, traceId, spanId, account, version, decidedTimeUs, partitions, cause, links, facts };
    promotions.record(traceId, spanId, decisionSpans(own));
  }
}
