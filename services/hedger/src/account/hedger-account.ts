import type { ExecEvent, Position } from "@hedgelock/contracts";
import { isOwnLinkId } from "@hedgelock/contracts";
import { errorText, HedgeLockError } from "@hedgelock/runtime";
import type { TraceContext } from "@hedgelock/telemetry";

import { awaitsPostcondition, isResolved } from "../domain/ledger-state.ts";
import { lifeStateOf } from "../domain/order-life.ts";
import { movesPosition, statusMeaning } from "../domain/order-status.ts";
import type { AccountDeps } from "./account-deps.ts";
import { AccountLedger } from "./account-ledger.ts";
import { withDeadline } from "./deadline.ts";
import { HedgeTracing } from "./hedge-tracing.ts";
import { Lookups } from "./lookups.ts";
import { Mailbox } from "./mailbox.ts";
import { OutcomeHandler } from "./outcome-handler.ts";
import { type PlanCause, Planner } from "./planner.ts";
import { Positions } from "./positions.ts";
import type { ReceivedDecision } from "./received-decision.ts";
import { Recorder } from "./recorder.ts";
import { Sender } from "./sender.ts";

const MAILBOX_LIMIT = 10_000;
const RECOVERY_RETRY_MS = 500;

/** Numbers of one account for the gauges. */
export interface AccountCounts {
  readonly unresolved: number;
  readonly unknown: number;
  readonly awaitingPostcondition: number;
}

/** The hedger of one account. Everything that concerns it runs through its mailbox; accounts run beside each other. */
export class HedgerAccount {
  readonly #deps: AccountDeps;
  readonly #mailbox: Mailbox;
  readonly #ledger: AccountLedger;
  readonly #tracing: HedgeTracing;
  readonly #abandon = new AbortController();
  readonly #recorder: Recorder;
  readonly #sender: Sender;
  readonly #planner: Planner;
  readonly #positions: Positions;
  readonly #lookups: Lookups;
  readonly #outcomes: OutcomeHandler;
  /** Orders whose answer waits in the mailbox. */
  readonly #unhandledAnswers = new Set<string>();
  #recovered = false;

  constructor(deps: AccountDeps) {
    this.#deps = deps;
    this.#mailbox = new Mailbox(MAILBOX_LIMIT, (error) => this.#failed(error));
    this.#ledger = new AccountLedger({
      ...deps,
      signal: this.#abandon.signal,
      onAppended: (seconds) => deps.metrics.appendSeconds.observe(seconds),
      onTrouble: (kind) => deps.metrics.appendTrouble(kind).inc(),
    });
    this.#tracing = new HedgeTracing(deps);
    this.#recorder = new Recorder(deps, this.#ledger, this.#tracing);
    this.#sender = new Sender(deps, {
      onSent: (intent, atUs) => this.#recorder.noteSent(intent.linkId, atUs),
      onOutcome: (intent, outcome, atUs) => {
        this.#unhandledAnswers.add(intent.linkId);
        this.#post(async () => {
          await this.#outcomes.onSendOutcome(intent, outcome, atUs);
          this.#unhandledAnswers.delete(intent.linkId);
        });
      },
    });
    this.#planner = new Planner(deps, this.#recorder, this.#sender, this.#tracing);
    this.#positions = new Positions(deps, this.#recorder);
    this.#outcomes = new OutcomeHandler(deps, this.#recorder, this.#planner, this.#sender);
    this.#lookups = new Lookups(deps, (linkId, answer) => this.#post(() => this.#outcomes.onLookup(linkId, answer)));
  }

  /** Reads the ledger. Before anything else. */
  async load(): Promise<void> {
    await this.#ledger.load();
    this.#tracing.loaded(this.#ledger.state, this.#ledger.loadedTimeUs);
  }

  /** Sequence in EXEC up to which events are known to be in the ledger; 0 when none is recorded. */
  get execStreamSeq(): number {
    return this.#ledger.state.execStreamSeq;
  }

  get recovered(): boolean {
    return this.#recovered;
  }

  /**
   * Finds out what happened while nobody was here: what is unresolved is asked of the venue, positions are read and
   * differences adopted. Only then is anything decided. Events that arrive meanwhile wait behind it.
   * @param listening resolves when events reach this account: the venue is asked after that, so nothing falls between
   * @throws HedgeLockError when the venue refuses, or cannot be reached before `signal` aborts
   */
  async recover(listening: Promise<void>, signal: AbortSignal): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#mailbox.post(async () => {
      try {
        await listening;
        await this.#recover(signal);
        this.#recovered = true;
        done.resolve();
      } catch (error) {
        this.#mailbox.close();
        done.reject(error);
      }
    });
    await done.promise;
  }

  onDecision(received: ReceivedDecision): void {
    this.#mailbox.postLatest("decision", async () => {
      if (this.#planner.take(received)) await this.#followUp("decision");
    });
  }

  onPositions(positions: readonly Position[], timeMs: number, trace: TraceContext | undefined): void {
    this.#mailbox.postLatest("positions", async () => {
      this.#positions.take(positions, timeMs, "the venue's position differs and no order of ours explains it", trace);
      await this.#followUp("progress");
    });
  }

  /** @param streamSeq the event's sequence in EXEC */
  onExec(event: ExecEvent, streamSeq: number, trace: TraceContext | undefined): void {
    this.#post(async () => {
      if (streamSeq <= this.#ledger.state.execStreamSeq) return;
      this.#recorder.noteExecStream(streamSeq);
      await this.#onExecBody(event, trace);
    });
  }

  /** Does what time asks for: queries for orders without news, position reads. Cheap when there is none. */
  poll(): void {
    if (!this.#recovered) return;
    const { intents } = this.#ledger.state;
    if (intents.length === 0) return;
    this.#lookups.poll(intents, (linkId) => this.#sender.isSending(linkId));
    this.#positions.poll(intents, (positions, timeMs) => {
      this.#post(async () => {
        this.#positions.take(positions, timeMs, "read from the venue: the stream was silent", undefined);
      });
    });
  }

  counts(): AccountCounts {
    const { intents } = this.#ledger.state;
    return {
      unresolved: intents.filter((intent) => !isResolved(intent)).length,
      unknown: intents.filter((intent) => lifeStateOf(intent.state) === "UNKNOWN").length,
      awaitingPostcondition: intents.filter(awaitsPostcondition).length,
    };
  }

  /** Opens nothing more, waits for what is under way and records it; what is not done in time stays for the successor. */
  async stop(budgetMs: number): Promise<void> {
    this.#planner.pause();
    const work = (async () => {
      await this.#mailbox.idle();
      await this.#sender.idle();
      await this.#mailbox.idle();
    })();
    const timed = await withDeadline(this.#deps.timers, budgetMs, work);
    if (timed.kind === "late") {
      this.#deps.log.warn(
        "hedger.stop_late",
        { ...this.counts() },
        "orders are under way: the successor finds them in the ledger",
      );
    }
    this.#mailbox.close();
    this.#tracing.flush(() => false);
    this.#abandon.abort(new Error("stopped"));
  }

  #failed(error: unknown): void {
    if (error instanceof HedgeLockError && error.code === "HEDGER_LEDGER_ABANDONED") {
      this.#deps.log.warn("hedger.ledger_abandoned", {}, error.message);
      return;
    }
    this.#deps.fatal(error);
  }

  #post(task: () => Promise<void>): void {
    this.#mailbox.post(async () => {
      await task();
      await this.#followUp("progress");
    });
  }

  /** After every piece of work: finish what its facts finish, then see whether there is something to open. */
  async #followUp(cause: PlanCause): Promise<void> {
    if (!this.#recovered) return;
    await this.#settleFilled();
    await this.#positions.settle();
    this.#tracing.flush((linkId) => this.#sender.isSending(linkId) || this.#unhandledAnswers.has(linkId));
    await this.#planner.run(cause);
  }

  async #settleFilled(): Promise<void> {
    for (const intent of this.#ledger.state.intents) {
      if (lifeStateOf(intent.state) === "FILLED" && intent.finalStatus === "") {
        await this.#recorder.record({ kind: "settle", linkId: intent.linkId });
      }
    }
  }

  async #onExecBody(event: ExecEvent, trace: TraceContext | undefined): Promise<void> {
    const { log, metrics, account, ledgerId } = this.#deps;
    switch (event.body?.$case) {
      case "order": {
        const order = event.body.value;
        const own = isOwnLinkId(order.orderLinkId, ledgerId, account);
        if (!own) {
          metrics.foreignOrders.inc();
          log.info("hedge.foreign_order", { symbol: order.symbol, order_id: order.orderId, status: order.orderStatus });
          return;
        }
        await this.#catchUp(order.orderLinkId);
        if (statusMeaning(order.orderStatus) === "unrecognised") {
          log.warn("hedge.unrecognised_status", { link_id: order.orderLinkId, status: order.orderStatus });
        }
        await this.#recorder.recordOrder(order, event.receiveTimeUs);
        return;
      }
      case "execution": {
        const execution = event.body.value;
        if (!movesPosition(execution.execType)) return;
        const own = isOwnLinkId(execution.orderLinkId, ledgerId, account);
        if (own) await this.#catchUp(execution.orderLinkId);
        await this.#recorder.recordExecution(execution, own, event.receiveTimeUs, trace);
        return;
      }
      case undefined:
        return;
      default:
        event.body satisfies never;
    }
  }

  /** An order of ours that a later record than our last one opened: another hedger wrote it, so read what it wrote. */
  async #catchUp(linkId: string): Promise<void> {
    const version = Number.parseInt(linkId.slice(linkId.lastIndexOf("-") + 1), 36);
    if (version > this.#ledger.version) await this.#recorder.reload();
  }

  async #recover(signal: AbortSignal): Promise<void> {
    const { log, timers } = this.#deps;
    for (;;) {
      try {
        await this.#outcomes.adoptUnsent();
        await this.#lookUpUnresolved();
        const { positions, timeMs } = await this.#positions.read("linear");
        refuseHedgeMode(this.#deps.account, positions);
        this.#positions.take(positions, timeMs, "read from the venue at the start", undefined);
        await this.#settleFilled();
        await this.#positions.settle();
        log.info("hedger.recovered", { ...this.counts(), version: this.#ledger.version });
        return;
      } catch (error) {
        if (signal.aborted || !(error instanceof HedgeLockError) || error.retry === "never") throw error;
        log.warn("hedger.recovery_retry", { error: errorText(error) });
        await timers.sleep(RECOVERY_RETRY_MS, signal);
      }
    }
  }

  async #lookUpUnresolved(): Promise<void> {
    for (const intent of this.#ledger.state.intents.filter((entry) => !isResolved(entry))) {
      const answer = await this.#lookups.ask(intent);
      if (answer.kind === "found") await this.#outcomes.onLookup(intent.linkId, answer);
    }
  }
}

/** Orders are sent for one-way mode; on an account in hedge mode the venue would refuse or misplace every one of them. */
function refuseHedgeMode(account: string, positions: readonly Position[]): void {
  const row = positions.find((position) => position.positionIdx !== 0);
  if (row === undefined) return;
  throw new HedgeLockError(
    "HEDGER_POSITION_MODE",
    `account ${account} holds ${row.symbol} in hedge mode (positionIdx ${row.positionIdx}): switch it to one-way mode at the venue`,
  );
}
