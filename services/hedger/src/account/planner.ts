import { type Decision, type HedgeTarget, type Intent, orderLinkId } from "@hedgelock/contracts";

import { newIntent } from "../domain/new-intent.ts";
import { ageMs, isSuperseded, type OrderDraft, plan, type Plan } from "../domain/plan.ts";
import { isStillWanted } from "../domain/still-wanted.ts";
import { type AccountDeps, planTime } from "./account-deps.ts";
import type { HedgeTracing } from "./hedge-tracing.ts";
import { hedgeSpanId } from "./intent-spans.ts";
import type { ReceivedDecision } from "./received-decision.ts";
import type { Recorder } from "./recorder.ts";
import type { Sender } from "./sender.ts";

/** Why the plan is made: a new decision, or something else that may have changed what the last one leads to. */
export type PlanCause = "decision" | "progress";

const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 30_000;
/** Lost races with another hedger within one planning; the next decision tries again. */
const MAX_REPLANS = 10;

interface Backoff {
  readonly untilMs: number;
  readonly delayMs: number;
}

interface Opened {
  readonly decisionVersion: number;
  readonly limitPrice: string;
  readonly positionQty: string;
}

/**
 * An order for this very decision has ended at this very price without moving the position: the next one would end the
 * same way and only use up the order budget. The next decision brings new prices within its refresh.
 */
function isSame(next: Opened, last: Opened | undefined): boolean {
  return (
    last?.decisionVersion === next.decisionVersion &&
    last.limitPrice === next.limitPrice &&
    last.positionQty === next.positionQty
  );
}

/** Carries out the newest decision: plans each of its targets, opens intents and starts their sending. */
export class Planner {
  readonly #deps: AccountDeps;
  readonly #recorder: Recorder;
  readonly #sender: Sender;
  readonly #tracing: HedgeTracing;
  readonly #refused = new Map<string, string>();
  readonly #backoffs = new Map<string, Backoff>();
  /** Per symbol: the decision, limit price and position that the newest intent was opened with. */
  readonly #opened = new Map<string, Opened>();
  #latest: ReceivedDecision | undefined;
  #paused = false;

  constructor(deps: AccountDeps, recorder: Recorder, sender: Sender, tracing: HedgeTracing) {
    this.#deps = deps;
    this.#recorder = recorder;
    this.#sender = sender;
    this.#tracing = tracing;
  }

  /** Takes a decision unless a newer one, or one of a higher epoch, is known. */
  take(received: ReceivedDecision): boolean {
    const known = this.#latest?.decision;
    const { epoch, version } = received.decision;
    if (known !== undefined && (epoch < known.epoch || (epoch === known.epoch && version < known.version)))
      return false;
    if (isSuperseded(received.decision, this.#recorder.state)) return false;
    this.#latest = received;
    return true;
  }

  /** Opens nothing from now on. */
  pause(): void {
    this.#paused = true;
  }

  /** After a definite refusal the same order would be refused again: waits, twice as long each time. */
  backOff(symbol: string): void {
    const delayMs = Math.min((this.#backoffs.get(symbol)?.delayMs ?? FIRST_BACKOFF_MS / 2) * 2, LONGEST_BACKOFF_MS);
    this.#backoffs.set(symbol, { delayMs, untilMs: this.#deps.clock.nowMs() + delayMs });
  }

  /** The venue takes orders of this instrument again. */
  clearBackOff(symbol: string): void {
    this.#backoffs.delete(symbol);
  }

  /** Whether the newest decision would have this order placed again. */
  stillWants(intent: Intent): boolean {
    if (this.#paused) return false;
    const { limits } = this.#deps;
    return isStillWanted(
      intent,
      this.#latest?.decision,
      this.#recorder.state,
      planTime(this.#deps),
      limits.maxDecisionAgeMs,
    );
  }

  /** Plans every target of the newest decision. */
  async run(cause: PlanCause): Promise<void> {
    const received = this.#latest;
    if (received === undefined) return;
    for (const target of received.decision.targets) await this.#runTarget(received, target, cause);
  }

  async #runTarget(received: ReceivedDecision, target: HedgeTarget, cause: PlanCause): Promise<void> {
    for (let round = 0; round < MAX_REPLANS && !this.#paused; round += 1) {
      const planned = this.#plan(received.decision, target);
      if (planned.kind === "nothing") {
        if (planned.reason === "in_band") this.#refused.delete(target.symbol);
        return;
      }
      if (planned.kind === "refused") {
        await this.#refuse(received, planned, cause);
        return;
      }
      this.#refused.delete(target.symbol);
      if ((this.#backoffs.get(target.symbol)?.untilMs ?? 0) > this.#deps.clock.nowMs()) return;
      const opening = this.#opening(received.decision, planned.draft);
      if (cause === "progress" && isSame(opening, this.#opened.get(target.symbol))) return;
      const intent = await this.#open(received, planned.draft);
      if (intent === undefined) continue;
      this.#opened.set(target.symbol, opening);
      await this.#send(received.decision, intent);
      return;
    }
  }

  #opening(decision: Decision, { symbol, limitPrice }: OrderDraft): Opened {
    const position = this.#recorder.state.positions.find((one) => one.symbol === symbol);
    return { decisionVersion: decision.version, limitPrice, positionQty: position?.qty ?? "0" };
  }

  #plan(decision: Decision, target: HedgeTarget): Plan {
    const { rules, limits } = this.#deps;
    return plan({
      decision,
      target,
      state: this.#recorder.state,
      rules: rules.get(`${target.category}/${target.symbol}`),
      limits,
      now: planTime(this.#deps),
    });
  }

  async #open(received: ReceivedDecision, draft: OrderDraft): Promise<Intent | undefined> {
    const { venue, clock, account, ledgerId, recvWindowMs } = this.#deps;
    const { decision, trace, hasHeader, receivedUs } = received;
    return this.#recorder.open((version) => {
      const signTimeMs = venue.venueTimeMs();
      const linkId = orderLinkId(ledgerId, account, version);
      const intent = newIntent(draft, decision, {
        linkId,
        signTimeMs,
        recvWindowMs,
        traceId: trace.traceId,
        spanId: hedgeSpanId(linkId),
        decisionReceiveTimeUs: receivedUs,
        openedTimeUs: clock.nowUs(),
        decisionSpanId: hasHeader ? trace.spanId : "",
        decisionTraced: trace.sampled,
      });
      return { kind: "open", intent, decisionEpoch: decision.epoch, venueTimeMs: signTimeMs };
    });
  }

  /** The moment of sending: what took the ledger too long is not sent any more, and that is known for certain. */
  async #send(decision: Decision, intent: Intent): Promise<void> {
    const { clock, limits } = this.#deps;
    const age = ageMs(decision, planTime(this.#deps));
    if (age <= limits.maxDecisionAgeMs) {
      this.#sender.start(intent);
      return;
    }
    await this.#recorder.record({
      kind: "not_arrived",
      linkId: intent.linkId,
      attempt: intent.attempt,
      evidence: `not sent: the decision was ${Math.round(age)} ms old when its intent was stored`,
      atUs: clock.nowUs(),
      sentTimeUs: 0,
    });
  }

  /** One cause, one record: the same rule in the same situation is counted but not written again. */
  async #refuse(
    received: ReceivedDecision,
    { symbol, rule, detail }: Extract<Plan, { kind: "refused" }>,
    cause: PlanCause,
  ): Promise<void> {
    const { decision, trace } = received;
    // An old decision that nobody just sent is only the last one known; the next one decides.
    if (rule === "decision_too_old" && cause === "progress") return;
    this.#deps.metrics.refusals(rule).inc();
    const situation = `${rule}/${decision.state}/${decision.inputQuality}`;
    if (this.#refused.get(symbol) === situation) return;
    this.#refused.set(symbol, situation);
    const input = { symbol, rule, detail, decisionVersion: decision.version, decisionEpoch: decision.epoch };
    await this.#recorder.record({ kind: "refused", ...input }, trace);
    this.#tracing.refused(received, { symbol, rule, detail });
  }
}
