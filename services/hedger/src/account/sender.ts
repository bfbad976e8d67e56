import type { Category, Intent } from "@hedgelock/contracts";
import { CATEGORIES } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";
import type { OrderRequest, SendOutcome } from "@hedgelock/venue";

import type { AccountDeps } from "./account-deps.ts";
import { withDeadline } from "./deadline.ts";
import { intentFields } from "./hedge-log.ts";

/** Longer than the receive window: an answer later than this is no use, though it is still taken when it comes. */
const ANSWER_MARGIN_MS = 3000;
const CLOCK_DEADLINE_MS = 3000;

/** A category word of an intent as the venue port wants it. */
export function categoryOf(word: string): Category {
  const category = CATEGORIES.find((name) => name === word);
  if (category === undefined) throw new Error(`${word} is no category of the venue`);
  return category;
}

function requestOf(intent: Intent): OrderRequest {
  return {
    category: categoryOf(intent.category),
    symbol: intent.symbol,
    side: intent.side === "Sell" ? "Sell" : "Buy",
    qty: intent.qty,
    limitPrice: intent.limitPrice,
    timeInForce: "IOC",
    reduceOnly: intent.reduceOnly,
    linkId: intent.linkId,
  };
}

export interface SenderHooks {
  readonly onSent: (intent: Intent, atUs: number) => void;
  /** Called for each outcome; after a missed deadline first `unknown`, and once more should the answer come after all. */
  readonly onOutcome: (intent: Intent, outcome: SendOutcome, atUs: number) => void;
}

/** Sends orders of stored intents, signed with the intent's time whatever the time of sending is. Sending does not hold up the account. */
export class Sender {
  readonly #deps: AccountDeps;
  readonly #hooks: SenderHooks;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(deps: AccountDeps, hooks: SenderHooks) {
    this.#deps = deps;
    this.#hooks = hooks;
  }

  /** Whether a request of this order waits for its answer. */
  isSending(linkId: string): boolean {
    return this.#underWay.has(linkId);
  }

  /** Sends one attempt. The intent, or the attempt, must be known to be stored. */
  start(intent: Intent): void {
    this.#deps.crash("send.before");
    const run: Promise<void> = this.#send(intent)
      .catch(this.#deps.fatal)
      .finally(() => {
        // Another attempt may have taken the place meanwhile.
        if (this.#underWay.get(intent.linkId) === run) this.#underWay.delete(intent.linkId);
      });
    this.#underWay.set(intent.linkId, run);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #send(intent: Intent): Promise<void> {
    const { venue, timers, clock, crash, fatal } = this.#deps;
    const onSent = (): void => {
      const atUs = clock.nowUs();
      this.#observeSent(intent, atUs);
      this.#hooks.onSent(intent, atUs);
      crash("send.bytes");
    };
    const signing = { timestampMs: intent.signTimeMs, recvWindowMs: intent.recvWindowMs };
    const work = venue.createOrder(requestOf(intent), signing, onSent);
    const deadlineMs = intent.recvWindowMs + ANSWER_MARGIN_MS;
    const timed = await withDeadline(timers, deadlineMs, work);
    crash("send.answer");
    if (timed.kind === "late") {
      this.#hand(intent, { kind: "unknown", reason: `no answer within ${deadlineMs} ms`, venueTimeMs: undefined });
      work
        .then(
          (outcome) => this.#hand(intent, outcome),
          (error: unknown) =>
            this.#deps.log.debug("hedge.late_answer_failed", { link_id: intent.linkId, error: errorText(error) }),
        )
        .catch(fatal);
      return;
    }
    const outcome: SendOutcome =
      timed.kind === "value"
        ? timed.value
        : { kind: "unknown", reason: errorText(timed.error), venueTimeMs: undefined };
    if (outcome.kind === "fenced") await this.#measureClock();
    this.#hand(intent, outcome);
  }

  /** A fenced request means that the clock offset was wrong or that we were asleep: the next attempt needs a fresh one. */
  async #measureClock(): Promise<void> {
    const timed = await withDeadline(this.#deps.timers, CLOCK_DEADLINE_MS, this.#deps.venue.syncClock());
    if (timed.kind !== "value") {
      this.#deps.log.warn("hedge.clock_sync_failed", {
        reason: timed.kind === "failed" ? errorText(timed.error) : "no answer",
      });
    }
  }

  #hand(intent: Intent, outcome: SendOutcome): void {
    const atUs = this.#deps.clock.nowUs();
    this.#deps.metrics.sendOutcomes(outcome.kind).inc();
    this.#hooks.onOutcome(intent, outcome, atUs);
  }

  #observeSent(intent: Intent, atUs: number): void {
    const { metrics, log } = this.#deps;
    log.info("hedge.sent", { ...intentFields(intent), attempt: intent.attempt });
    if (intent.attempt !== 1) return;
    metrics.decisionToSentSeconds.observe((atUs - intent.decisionReceiveTimeUs) / 1e6, intent);
    if (intent.tickReceiveTimeUs > 0)
      metrics.tickToSentSeconds.observe((atUs - intent.tickReceiveTimeUs) / 1e6, intent);
  }
}
