import type { Execution, Intent, LedgerState, OrderUpdate } from "@hedgelock/contracts";
import { HedgeLockError } from "@hedgelock/runtime";
import { formatTraceparent, newTrace, type TraceContext } from "@hedgelock/telemetry";

import { apply } from "../domain/apply.ts";
import { inspectOrder } from "../domain/apply-order.ts";
import type { Change } from "../domain/change.ts";
import type { LedgerInput } from "../domain/ledger-input.ts";
import { findIntent, withIntent } from "../domain/ledger-state.ts";
import type { AccountDeps } from "./account-deps.ts";
import type { AccountLedger, RecordTrace } from "./account-ledger.ts";
import { reportChange } from "./hedge-log.ts";
import type { HedgeTracing } from "./hedge-tracing.ts";

/** Lost races in a row after which something is wrong that another try does not cure. */
const MAX_LOST_RACES = 100;

/**
 * Turns inputs into ledger records: applies, appends, and when another writer was faster applies again to what that one
 * wrote. The account's mailbox sees to it that only one call runs at a time.
 */
export class Recorder {
  readonly #deps: AccountDeps;
  readonly #ledger: AccountLedger;
  readonly #tracing: HedgeTracing;
  readonly #sentTimesUs = new Map<string, number>();
  readonly #storedTimesUs = new Map<string, number>();
  readonly #alarmsSaid = new Set<string>();
  #execStreamSeq = 0;

  constructor(deps: AccountDeps, ledger: AccountLedger, tracing: HedgeTracing) {
    this.#deps = deps;
    this.#ledger = ledger;
    this.#tracing = tracing;
  }

  get state(): LedgerState {
    return this.#ledger.state;
  }

  /** The intent under this link id, as last recorded. */
  intent(linkId: string): Intent | undefined {
    return findIntent(this.#ledger.state, linkId);
  }

  /** Remembers when an order's bytes left. */
  noteSent(linkId: string, atUs: number): void {
    this.#sentTimesUs.set(linkId, atUs);
  }

  /** When the bytes of this order left this process; 0 when it did not send it. */
  sentTimeUs(linkId: string): number {
    return this.#sentTimesUs.get(linkId) ?? 0;
  }

  /** How far EXEC has been worked off: stands in the next record. */
  noteExecStream(seq: number): void {
    this.#execStreamSeq = Math.max(this.#execStreamSeq, seq);
  }

  /** Records what an input changes; undefined when it says nothing new. */
  async record(input: LedgerInput, trace?: TraceContext): Promise<Change | undefined> {
    for (let lost = 0; lost < MAX_LOST_RACES; lost += 1) {
      const change = apply(this.#ledger.state, input);
      if (change === undefined) return undefined;
      if (await this.#append(change, trace)) return change;
    }
    throw new HedgeLockError(
      "HEDGER_LEDGER_CONTENDED",
      `${MAX_LOST_RACES} records of ${this.#deps.account} in a row lost against another writer: two hedgers fight for this account, stop one`,
    );
  }

  /**
   * Opens an intent, once: after a lost race nothing of the plan may be reused, so undefined says "plan anew".
   * @param build makes the input for the record's version, from which its link id follows
   */
  async open(build: (version: number) => Extract<LedgerInput, { kind: "open" }>): Promise<Intent | undefined> {
    const input = build(this.#ledger.version + 1);
    const change = apply(this.#ledger.state, input);
    if (change === undefined || !(await this.#append(change, undefined))) return undefined;
    this.#storedTimesUs.set(input.intent.linkId, this.#deps.clock.nowUs());
    return findIntent(change.state, input.intent.linkId);
  }

  /** Merges an order as the venue shows it. */
  async recordOrder(order: OrderUpdate, atUs: number): Promise<void> {
    const intent = this.intent(order.orderLinkId);
    if (intent !== undefined) this.#inspect(intent, order);
    await this.record({ kind: "order", order, atUs, sentTimeUs: this.sentTimeUs(order.orderLinkId) });
  }

  /** Merges an execution. @param own whether its link id was made by this ledger */
  async recordExecution(execution: Execution, own: boolean, atUs: number, trace?: TraceContext): Promise<void> {
    const sentTimeUs = this.sentTimeUs(execution.orderLinkId);
    await this.record({ kind: "execution", execution, own, atUs, sentTimeUs }, trace);
  }

  /** Reads the ledger anew: somebody else wrote. */
  async reload(): Promise<void> {
    await this.#ledger.load();
  }

  get version(): number {
    return this.#ledger.version;
  }

  /** An alarm is said once, not with every repetition of the update that shows it. */
  #inspect(intent: Intent, order: OrderUpdate): void {
    for (const alarm of inspectOrder(intent, order)) {
      if (this.#alarmsSaid.has(alarm.detail)) continue;
      this.#alarmsSaid.add(alarm.detail);
      this.#deps.metrics.invariant(alarm.invariant).inc();
      const fields = { invariant: alarm.invariant, link_id: intent.linkId, trace_id: intent.traceId };
      this.#deps.log.error("hedge.invariant_broken", fields, alarm.detail);
    }
  }

  async #append(applied: Change, trace: TraceContext | undefined): Promise<boolean> {
    const timed = this.#withStoredTime(applied);
    const change = { ...timed, state: this.#tracing.withUntraced(this.#ledger.state, timed.state) };
    const recordTrace = this.#traceOf(change, trace);
    const result = await this.#ledger.append(change, recordTrace, this.#execStreamSeq);
    if (result === "superseded") return false;
    reportChange(this.#deps.log, this.#deps.metrics, change, recordTrace);
    this.#tracing.recorded(change);
    this.#forgetSettled(change);
    return true;
  }

  /** The first record after the one that opened the intent also says when that one was known to be stored. */
  #withStoredTime(change: Change): Change {
    const intent = findIntent(change.state, change.linkId);
    const storedTimeUs = this.#storedTimesUs.get(change.linkId);
    if (intent?.trace === undefined || storedTimeUs === undefined || intent.trace.storedTimeUs > 0) return change;
    return { ...change, state: withIntent(change.state, { ...intent, trace: { ...intent.trace, storedTimeUs } }) };
  }

  /** The trace of the intent concerned; else of what caused the record; else a new one for the header alone. */
  #traceOf(change: Change, trace: TraceContext | undefined): RecordTrace {
    const intent = findIntent(change.state, change.linkId);
    const context =
      intent === undefined
        ? trace
        : { traceId: intent.traceId, spanId: intent.spanId, sampled: trace?.sampled ?? false };
    return {
      traceId: context?.traceId ?? "",
      spanId: context?.spanId ?? "",
      traceparent: formatTraceparent(context ?? newTrace(this.#deps.random)),
    };
  }

  #forgetSettled(change: Change): void {
    for (const times of [this.#sentTimesUs, this.#storedTimesUs]) {
      for (const linkId of times.keys()) if (findIntent(change.state, linkId) === undefined) times.delete(linkId);
    }
  }
}
