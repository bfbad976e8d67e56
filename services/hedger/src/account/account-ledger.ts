import type { Bus, StoredMessage } from "@hedgelock/bus";
import { appendMessageId, HEADER, HedgeRecord, hedgeSubject, type LedgerState, STREAM } from "@hedgelock/contracts";
import { type Clock, errorText, HedgeLockError, type Logger, type Timers } from "@hedgelock/runtime";

import type { Change } from "../domain/change.ts";
import { emptyLedger } from "../domain/ledger-state.ts";
import type { CrashHook } from "./crash-points.ts";
import { withDeadline } from "./deadline.ts";

export interface LedgerDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  readonly account: string;
  readonly partitions: number;
  readonly writer: string;
  readonly epoch: number;
  readonly crash: CrashHook;
  readonly signal: AbortSignal;
  readonly onAppended: (seconds: number) => void;
  /** The append lost against another record, or its answer was lost. */
  readonly onTrouble: (kind: "conflict" | "unknown") => void;
}

/** Trace of a record. */
export interface RecordTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceparent: string;
}

/** `superseded`: another record stands where ours would have been; the state is now what that one says. */
export type AppendResult = "stored" | "superseded";

const RETRY_FIRST_MS = 20;
const RETRY_LAST_MS = 1000;
const READ_DEADLINE_MS = 10_000;
const APPEND_DEADLINE_MS = 10_000;

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/**
 * The ledger of one account as this process knows it: the last record's state, version and stream sequence. The only
 * place that appends. Callers must not append twice at once; the account's mailbox sees to that.
 */
export class AccountLedger {
  readonly #deps: LedgerDeps;
  readonly #subject: string;
  #seq = 0;
  #version = 0;
  #loadedTimeUs = 0;
  #state: LedgerState = emptyLedger();

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
    this.#subject = hedgeSubject(deps.account, deps.partitions);
  }

  get state(): LedgerState {
    return this.#state;
  }

  /** Version of the last record known; the next one appended has this plus one. */
  get version(): number {
    return this.#version;
  }

  /** When the record that was read last had been written, by its writer's clock; 0 when there was none. */
  get loadedTimeUs(): number {
    return this.#loadedTimeUs;
  }

  /** Reads the last record from the stream's leader, again and again until it is answered. @throws HedgeLockError when stopped */
  async load(): Promise<void> {
    this.#adopt(await this.#lastRecord());
  }

  /** Takes a record that was read for many accounts at once. A stale one does no harm: the first append finds out. */
  take(message: StoredMessage | undefined): void {
    this.#adopt(message);
  }

  /**
   * Appends one record and does not return before it is known whether it is stored. When the answer is lost the stored
   * record is read and compared byte by byte: version and writer alone would take an earlier, different append of our
   * own, that landed late, for this one.
   * @throws HedgeLockError HEDGER_LEDGER_ABANDONED when stopped before it was known
   */
  async append(change: Change, trace: RecordTrace | undefined, execStreamSeq: number): Promise<AppendResult> {
    const { crash, clock, onAppended, onTrouble } = this.#deps;
    const state = { ...change.state, execStreamSeq: Math.max(change.state.execStreamSeq, execStreamSeq) };
    const payload = this.#encode(change, state, trace);
    const name = change.event.$case;
    crash(`append.${name}.before`);
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_LAST_MS)) {
      const startedUs = clock.nowUs();
      const outcome = await this.#appendOnce(payload, trace);
      if (outcome.outcome === "appended") {
        onAppended((clock.nowUs() - startedUs) / 1e6);
        this.#settle(outcome.seq, state);
        crash(`append.${name}.after`);
        return "stored";
      }
      onTrouble(outcome.outcome);
      const last = await this.#lastRecord();
      if (last !== undefined && sameBytes(last.payload, payload)) {
        this.#settle(last.seq, state);
        crash(`append.${name}.after`);
        return "stored";
      }
      if ((last?.seq ?? 0) !== this.#seq) {
        this.#adopt(last);
        return "superseded";
      }
      // Not stored, not overtaken: an append still in flight, or one that failed. The same record again is the same record.
      await this.#pause(delayMs);
    }
  }

  #encode(change: Change, state: LedgerState, trace: RecordTrace | undefined): Uint8Array {
    return HedgeRecord.encode({
      account: this.#deps.account,
      version: this.#version + 1,
      writer: this.#deps.writer,
      epoch: this.#deps.epoch,
      recordedTimeUs: this.#deps.clock.nowUs(),
      traceId: trace?.traceId ?? "",
      spanId: trace?.spanId ?? "",
      event: { body: change.event },
      state,
    }).finish();
  }

  async #appendOnce(
    payload: Uint8Array,
    trace: RecordTrace | undefined,
  ): Promise<{ readonly outcome: "appended"; readonly seq: number } | { readonly outcome: "conflict" | "unknown" }> {
    const { bus, timers, account, writer, log } = this.#deps;
    const work = bus.append({
      subject: this.#subject,
      payload,
      messageId: appendMessageId(account, this.#version + 1, writer),
      expectedLastSeq: this.#seq,
      ...(trace === undefined ? {} : { headers: { [HEADER.TRACEPARENT]: trace.traceparent } }),
    });
    const timed = await withDeadline(timers, APPEND_DEADLINE_MS, work);
    if (timed.kind === "value") {
      if (timed.value.outcome === "unknown") {
        log.warn("ledger.append_unknown", { account, version: this.#version + 1, reason: timed.value.reason });
      }
      return timed.value;
    }
    const reason = timed.kind === "late" ? `no answer within ${APPEND_DEADLINE_MS} ms` : errorText(timed.error);
    log.warn("ledger.append_unknown", { account, version: this.#version + 1, reason });
    return { outcome: "unknown" };
  }

  async #lastRecord(): Promise<StoredMessage | undefined> {
    const { bus, timers, log, account } = this.#deps;
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_LAST_MS)) {
      const timed = await withDeadline(timers, READ_DEADLINE_MS, bus.lastOf(STREAM.HEDGE, this.#subject));
      if (timed.kind === "value") return timed.value;
      const reason = timed.kind === "late" ? `no answer within ${READ_DEADLINE_MS} ms` : errorText(timed.error);
      log.warn("ledger.read_failed", { account, reason });
      await this.#pause(delayMs);
    }
  }

  async #pause(delayMs: number): Promise<void> {
    const { signal, timers, account } = this.#deps;
    try {
      await timers.sleep(delayMs, signal);
    } catch (error) {
      throw new HedgeLockError(
        "HEDGER_LEDGER_ABANDONED",
        `stopped while the ledger of ${account} could not be reached; the successor continues from what is stored`,
        { cause: error },
      );
    }
  }

  #settle(seq: number, state: LedgerState): void {
    this.#seq = seq;
    this.#version += 1;
    this.#state = state;
  }

  #adopt(message: StoredMessage | undefined): void {
    if (message === undefined) {
      this.#seq = 0;
      this.#version = 0;
      this.#loadedTimeUs = 0;
      this.#state = emptyLedger();
      return;
    }
    const record = HedgeRecord.decode(message.payload);
    if (record.account !== this.#deps.account || record.version < 1 || record.state === undefined) {
      throw new HedgeLockError(
        "HEDGER_LEDGER_UNREADABLE",
        `record ${message.seq} of ${message.subject} is not a ledger record of ${this.#deps.account}; nothing is traded on it: look at the stream HEDGE`,
      );
    }
    this.#seq = message.seq;
    this.#version = record.version;
    this.#loadedTimeUs = record.recordedTimeUs;
    this.#state = record.state;
  }
}
