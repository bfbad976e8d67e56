import type { Intent } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";
import type { OrderLookup } from "@hedgelock/venue";

import { isResolved } from "../domain/ledger-state.ts";
import { lifeStateOf, type LifeState } from "../domain/order-life.ts";
import type { AccountDeps } from "./account-deps.ts";
import { withDeadline } from "./deadline.ts";
import { categoryOf } from "./sender.ts";

interface Watch {
  state: LifeState;
  dueMs: number;
  delayMs: number;
  running: boolean;
}

const LOOKUP_DEADLINE_MS = 15_000;
/** How soon after a state is entered the venue is asked: UNKNOWN at once; a quiet order only when the stream had its time. */
const FIRST_DELAY_MS: Readonly<Partial<Record<LifeState, number>>> = { UNKNOWN: 0, SENDING: 1000 };
const QUIET_DELAY_MS = 2000;
const NEXT_DELAY_MS = 500;
const LONGEST_UNKNOWN_DELAY_MS = 1500;
const LONGEST_DELAY_MS = 10_000;

/** Asks the venue for orders whose fate is open: those that are UNKNOWN, and those that have been quiet for too long. */
export class Lookups {
  readonly #deps: AccountDeps;
  readonly #onAnswer: (linkId: string, lookup: OrderLookup) => void;
  readonly #watches = new Map<string, Watch>();

  constructor(deps: AccountDeps, onAnswer: (linkId: string, lookup: OrderLookup) => void) {
    this.#deps = deps;
    this.#onAnswer = onAnswer;
  }

  /** Asks for what is due. @param isSending orders that wait for their own answer are left alone */
  poll(intents: readonly Intent[], isSending: (linkId: string) => boolean): void {
    const nowMs = this.#deps.clock.nowMs();
    const open = intents.filter((intent) => !isResolved(intent) && !isSending(intent.linkId));
    const names = new Set(open.map((intent) => intent.linkId));
    for (const linkId of this.#watches.keys()) if (!names.has(linkId)) this.#watches.delete(linkId);
    for (const intent of open) {
      const watch = this.#watchOf(intent, nowMs);
      if (watch.running || watch.dueMs > nowMs) continue;
      watch.running = true;
      this.ask(intent)
        .then((answer) => {
          watch.running = false;
          this.#onAnswer(intent.linkId, answer);
        })
        .catch(this.#deps.fatal);
      watch.delayMs = Math.min(
        watch.delayMs * 2,
        watch.state === "UNKNOWN" ? LONGEST_UNKNOWN_DELAY_MS : LONGEST_DELAY_MS,
      );
      watch.dueMs = nowMs + watch.delayMs;
    }
  }

  /** One query, within the process's budget of queries. Never rejects. */
  async ask(intent: Intent): Promise<OrderLookup> {
    const { venue, timers, queries, metrics } = this.#deps;
    const category = categoryOf(intent.category);
    const timed = await queries(() =>
      withDeadline(timers, LOOKUP_DEADLINE_MS, venue.findOrder(category, intent.symbol, intent.linkId)),
    );
    const answer: OrderLookup =
      timed.kind === "value"
        ? timed.value
        : { kind: "unavailable", reason: timed.kind === "failed" ? errorText(timed.error) : "no answer in time" };
    metrics.lookups(answer.kind).inc();
    return answer;
  }

  #watchOf(intent: Intent, nowMs: number): Watch {
    const state = lifeStateOf(intent.state);
    const known = this.#watches.get(intent.linkId);
    if (known?.state === state) return known;
    const watch = {
      state,
      dueMs: nowMs + (FIRST_DELAY_MS[state] ?? QUIET_DELAY_MS),
      delayMs: NEXT_DELAY_MS / 2,
      running: known?.running ?? false,
    };
    this.#watches.set(intent.linkId, watch);
    return watch;
  }
}
