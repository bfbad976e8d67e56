import type { AppendOutcome, Bus, StoredMessage } from "@hedgelock/bus";
import { CONTRACT_VERSION, HEADER, STREAM } from "@hedgelock/contracts";
import { errorText } from "@hedgelock/runtime";
import type { Clock, Logger, Timers } from "@hedgelock/runtime";
import { formatTraceparent } from "@hedgelock/telemetry";

import type { AccountRuntime, PreparedDecision } from "./account-runtime.ts";
import type { RiskMetrics } from "./risk-metrics.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;

export interface DecisionWriterDeps {
  readonly bus: Pick<Bus, "append" | "lastOf">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  readonly metrics: RiskMetrics;
  /** Takes over what the stream says is the last decision of an account. Throws when it cannot be understood. */
  readonly adopt: (runtime: AccountRuntime, message: StoredMessage | undefined) => void;
  /** Called when a decision was acknowledged. */
  readonly onWritten: (runtime: AccountRuntime, decision: PreparedDecision) => void;
  /** Called when a decision whose append was unclear turned out to be stored. */
  readonly onFound?: (decision: PreparedDecision) => void;
  /** Called when the account may be written again: it is evaluated anew, on the newest inputs. */
  readonly onFree: (runtime: AccountRuntime) => void;
}

/**
 * Appends decisions, one in flight per account. A refused or unclear append is never repeated: the last decision is read
 * from the leader, taken over, and the account is evaluated anew on top of it.
 */
export class DecisionWriter {
  readonly #deps: DecisionWriterDeps;
  readonly #busy = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(deps: DecisionWriterDeps) {
    this.#deps = deps;
  }

  /** Starts one append. The account must not be busy. */
  write(runtime: AccountRuntime, decision: PreparedDecision): void {
    if (this.#stopping.signal.aborted) return;
    runtime.isBusy = true;
    const done = this.#run(runtime, decision);
    this.#busy.add(done);
    void done.finally(() => this.#busy.delete(done));
  }

  /** Writes nothing more and waits for what is in flight; the caller bounds the wait. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    await Promise.allSettled(this.#busy);
  }

  async #run(runtime: AccountRuntime, decision: PreparedDecision): Promise<void> {
    const outcome = await this.#append(runtime, decision);
    if (outcome.outcome === "appended") {
      runtime.lastSeq = outcome.seq;
      runtime.published = decision.published;
      this.#deps.onWritten(runtime, decision);
    } else {
      this.#report(runtime, decision, outcome);
      const last = await this.#reload(runtime);
      if (last?.messageId === decision.messageId) this.#deps.onFound?.(decision);
    }
    if (this.#stopping.signal.aborted) return;
    runtime.isBusy = false;
    this.#deps.onFree(runtime);
  }

  async #append(runtime: AccountRuntime, decision: PreparedDecision): Promise<AppendOutcome> {
    try {
      return await this.#deps.bus.append({
        subject: runtime.subject,
        payload: decision.payload,
        messageId: decision.messageId,
        expectedLastSeq: runtime.lastSeq,
        headers: { [HEADER.TRACEPARENT]: formatTraceparent(decision.context), [HEADER.CONTRACT]: CONTRACT_VERSION },
      });
    } catch (error) {
      return { outcome: "unknown", reason: errorText(error) };
    }
  }

  #report(
    runtime: AccountRuntime,
    decision: PreparedDecision,
    outcome: Exclude<AppendOutcome, { outcome: "appended" }>,
  ): void {
    const { log, metrics } = this.#deps;
    const fields = {
      trace_id: decision.context.traceId,
      account: runtime.account,
      version: decision.published.version,
    };
    if (outcome.outcome === "conflict") {
      metrics.conflicts.inc();
      log.info("risk.append_conflict", fields, "another writer was faster: reloading");
    } else {
      metrics.unknownAppends.inc();
      log.warn(
        "risk.append_unknown",
        { ...fields, reason: outcome.reason },
        "unclear whether the decision was stored: reloading",
      );
    }
  }

  /** Goes on until the last decision is known: without it nothing may be written for this account. */
  async #reload(runtime: AccountRuntime): Promise<StoredMessage | undefined> {
    const { bus, timers, log, metrics, adopt } = this.#deps;
    for (
      let delayMs = FIRST_RETRY_MS;
      !this.#stopping.signal.aborted;
      delayMs = Math.min(LONGEST_RETRY_MS, delayMs * 2)
    ) {
      try {
        const last = await bus.lastOf(STREAM.RISK, runtime.subject);
        adopt(runtime, last);
        return last;
      } catch (error) {
        metrics.reloadFailures.inc();
        log.warn("risk.reload_failed", { account: runtime.account, error: errorText(error), retry_ms: delayMs });
        await this.#pause(timers, delayMs);
      }
    }
    return undefined;
  }

  async #pause(timers: Timers, delayMs: number): Promise<void> {
    try {
      await timers.sleep(delayMs, this.#stopping.signal);
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }
}
