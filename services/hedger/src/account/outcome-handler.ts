import type { Intent } from "@hedgelock/contracts";
import type { OrderLookup, SendOutcome } from "@hedgelock/venue";

import { isResolved } from "../domain/ledger-state.ts";
import { lifeStateOf } from "../domain/order-life.ts";
import { type AccountDeps, MAX_ATTEMPTS } from "./account-deps.ts";
import { evidenceRulesOf } from "./evidence-rules.ts";
import { intentFields } from "./hedge-log.ts";
import type { Planner } from "./planner.ts";
import type { Recorder } from "./recorder.ts";
import type { Sender } from "./sender.ts";

/** "Not found" answers, spaced, before the same order is sent again under the same link id. */
const MISSES_BEFORE_ATTEMPT = 2;
const MISS_SPACING_MS = 400;

interface Misses {
  readonly count: number;
  readonly lastMs: number;
}

/** Draws the conclusions from what the venue answers: to sending an order, and to asking for one. */
export class OutcomeHandler {
  readonly #deps: AccountDeps;
  readonly #recorder: Recorder;
  readonly #planner: Planner;
  readonly #sender: Sender;
  readonly #misses = new Map<string, Misses>();

  constructor(deps: AccountDeps, recorder: Recorder, planner: Planner, sender: Sender) {
    this.#deps = deps;
    this.#recorder = recorder;
    this.#planner = planner;
    this.#sender = sender;
  }

  /** At the start: an intent that is SENDING was stored by a process that is gone; whether it was sent, nobody knows. */
  async adoptUnsent(): Promise<void> {
    for (const { linkId, attempt, state } of this.#recorder.state.intents) {
      if (lifeStateOf(state) !== "SENDING") continue;
      const reason = "the process that stored the intent is gone: it may have sent the order";
      await this.#recorder.record({ kind: "lost", linkId, attempt, reason, sentTimeUs: 0 });
    }
  }

  /** @param sent the intent as it was sent, with the attempt that this is the outcome of */
  async onSendOutcome(sent: Intent, outcome: SendOutcome, atUs: number): Promise<void> {
    const { linkId, attempt, symbol } = sent;
    const sentTimeUs = this.#recorder.sentTimeUs(linkId);
    switch (outcome.kind) {
      case "accepted":
        this.#planner.clearBackOff(symbol);
        if (sentTimeUs > 0) this.#deps.metrics.sentToAnswerSeconds.observe((atUs - sentTimeUs) / 1e6, sent);
        await this.#recorder.record({ kind: "accepted", linkId, orderId: outcome.orderId, atUs, sentTimeUs });
        return;
      case "duplicate":
        await this.#recorder.record({ kind: "duplicate", linkId, atUs, sentTimeUs });
        return;
      case "rejected": {
        const { code, message } = outcome;
        this.#planner.backOff(symbol);
        await this.#recorder.record({ kind: "rejected", linkId, attempt, code, message, atUs, sentTimeUs });
        return;
      }
      case "fenced":
        await this.#onFenced(sent, outcome.code, atUs);
        return;
      case "unknown":
        await this.#recorder.record({ kind: "lost", linkId, attempt, reason: outcome.reason, sentTimeUs });
        return;
      default:
        outcome satisfies never;
    }
  }

  /** What a query for the order found. */
  async onLookup(linkId: string, lookup: OrderLookup): Promise<void> {
    const intent = this.#recorder.intent(linkId);
    if (intent === undefined || isResolved(intent)) {
      this.#misses.delete(linkId);
      return;
    }
    switch (lookup.kind) {
      case "found": {
        this.#misses.delete(linkId);
        const atUs = this.#deps.clock.nowUs();
        for (const execution of lookup.executions) await this.#recorder.recordExecution(execution, true, atUs);
        await this.#recorder.recordOrder(lookup.order, atUs);
        return;
      }
      case "not_found":
        if (!this.#sender.isSending(linkId)) await this.#onNotFound(intent, lookup.venueTimeMs);
        return;
      case "unavailable":
        this.#deps.log.warn("hedge.lookup_unavailable", { ...intentFields(intent), reason: lookup.reason });
        return;
      default:
        lookup satisfies never;
    }
  }

  /**
   * The venue refused the signed time: this attempt is out for certain. If it was the only one that could have arrived
   * and the order is still wanted, it is attempted again with a new time; else that is the end of it.
   */
  async #onFenced(sent: Intent, code: number, atUs: number): Promise<void> {
    const { linkId, attempt } = sent;
    const now = this.#recorder.intent(linkId);
    if (now === undefined || now.attempt !== attempt) return;
    const onlyOne = lifeStateOf(now.state) === "SENDING" && !now.earlierAttemptOpen;
    if (onlyOne && attempt < MAX_ATTEMPTS && this.#planner.stillWants(now)) {
      await this.#attempt(now, true);
      return;
    }
    const evidence = `the venue refused the signed time ${now.signTimeMs} with ${code}`;
    const sentTimeUs = this.#recorder.sentTimeUs(linkId);
    await this.#recorder.record({ kind: "not_arrived", linkId, attempt, evidence, atUs, sentTimeUs });
  }

  async #onNotFound(intent: Intent, venueTimeMs: number): Promise<void> {
    const { linkId, attempt } = intent;
    if (lifeStateOf(intent.state) === "SENDING") {
      const reason = "not found, and no process is known to be sending it";
      await this.#recorder.record({ kind: "lost", linkId, attempt, reason, sentTimeUs: 0 });
    }
    const rules = evidenceRulesOf(this.#deps.venue.capabilities);
    await this.#recorder.record({ kind: "not_found", linkId, venueTimeMs, rules, atUs: this.#deps.clock.nowUs() });
    const now = this.#recorder.intent(linkId);
    if (now === undefined || isResolved(now)) {
      this.#misses.delete(linkId);
      return;
    }
    if (lifeStateOf(now.state) !== "UNKNOWN") {
      this.#deps.log.warn(
        "hedge.order_not_shown",
        intentFields(now),
        "the venue has taken this order but does not show it yet",
      );
      return;
    }
    if (this.#missedOften(linkId) && this.#mayAttempt(now)) await this.#attempt(now, false);
  }

  /** Only where a link id stays taken for good can the same order be sent again without a chance of two. */
  #mayAttempt(intent: Intent): boolean {
    const { clientIdScope } = this.#deps.venue.capabilities;
    return clientIdScope === "forever" && intent.attempt < MAX_ATTEMPTS && this.#planner.stillWants(intent);
  }

  #missedOften(linkId: string): boolean {
    const nowMs = this.#deps.clock.nowMs();
    const before = this.#misses.get(linkId);
    if (before !== undefined && nowMs - before.lastMs < MISS_SPACING_MS) return before.count >= MISSES_BEFORE_ATTEMPT;
    const count = (before?.count ?? 0) + 1;
    this.#misses.set(linkId, { count, lastMs: nowMs });
    return count >= MISSES_BEFORE_ATTEMPT;
  }

  /** Another attempt: its own record first, then the same order with its new signing time. */
  async #attempt(intent: Intent, provedOut: boolean): Promise<void> {
    this.#misses.delete(intent.linkId);
    const stored = await this.#recorder.record({
      kind: "attempt",
      linkId: intent.linkId,
      attempt: intent.attempt + 1,
      signTimeMs: this.#deps.venue.venueTimeMs(),
      provedOut,
    });
    const now = this.#recorder.intent(intent.linkId);
    // Only the process whose record this attempt is may send it.
    if (stored !== undefined && now !== undefined) this.#sender.start(now);
  }
}
