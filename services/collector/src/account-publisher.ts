import {
  AccountSnapshot,
  ExecEvent,
  HEADER,
  accountSubject,
  executionMessageId,
  executionSubject,
  orderUpdateMessageId,
  snapshotMessageId,
} from "@hedgelock/contracts";
import type { AccountKind, Execution, LoanSnapshot, OrderUpdate, Position, WalletSnapshot } from "@hedgelock/contracts";
import type { Clock } from "@hedgelock/runtime";
import type { TraceRing } from "@hedgelock/telemetry";

import { PositionBook } from "./domain/position-book.ts";
import { FactPublisher } from "./fact-publisher.ts";
import type { Fact, FactPublisherDeps } from "./fact-publisher.ts";

export interface AccountPublisherDeps extends FactPublisherDeps {
  readonly account: string;
  readonly partitions: number;
  readonly clock: Clock;
  /** Gives every message the ids of its own trace. */
  readonly traces: TraceRing;
}

type Surfaces = Readonly<Record<AccountKind, FactPublisher>>;

/** Publishes what one account's feed reports: whole surfaces to ACCT, orders and executions to EXEC. */
export class AccountPublisher {
  readonly #deps: AccountPublisherDeps;
  readonly #positions = new PositionBook();
  readonly #surfaces: Surfaces;
  readonly #events: FactPublisher;
  readonly #eventSubject: string;
  #positionsTimeMs = 0;

  constructor(deps: AccountPublisherDeps) {
    this.#deps = deps;
    this.#surfaces = {
      wallet: new FactPublisher(deps),
      position: new FactPublisher(deps),
      loan: new FactPublisher(deps),
    };
    this.#events = new FactPublisher(deps);
    this.#eventSubject = executionSubject(deps.account, deps.partitions);
  }

  order(order: OrderUpdate): void {
    this.#event({ $case: "order", value: order }, orderUpdateMessageId(this.#deps.account, order));
  }

  execution(execution: Execution): void {
    this.#event({ $case: "execution", value: execution }, executionMessageId(this.#deps.account, execution.execId));
  }

  /** Changed rows; none means that a read has found the account flat. */
  positions(rows: readonly Position[], exchangeTimeMs: number): void {
    if (!this.#positions.apply(rows)) return;
    this.#positionsTimeMs = Math.max(this.#positionsTimeMs, exchangeTimeMs);
    this.#snapshot("position", { $case: "positions", value: this.#positions.whole() }, this.#positionsTimeMs);
  }

  wallet(wallet: WalletSnapshot, exchangeTimeMs: number): void {
    this.#snapshot("wallet", { $case: "wallet", value: wallet }, exchangeTimeMs);
  }

  loan(loan: LoanSnapshot, exchangeTimeMs: number): void {
    this.#snapshot("loan", { $case: "loan", value: loan }, exchangeTimeMs);
  }

  /** Facts not acknowledged yet. */
  get waiting(): number {
    return this.#lanes().reduce((count, lane) => count + lane.waiting, 0);
  }

  async idle(): Promise<void> {
    await Promise.all(this.#lanes().map(async (lane) => lane.idle()));
  }

  abandon(): void {
    for (const lane of this.#lanes()) lane.abandon();
  }

  #lanes(): readonly FactPublisher[] {
    return [...Object.values(this.#surfaces), this.#events];
  }

  #event(body: NonNullable<ExecEvent["body"]>, messageId: string): void {
    const { account, clock } = this.#deps;
    const receiveTimeUs = clock.nowUs();
    const payload = ExecEvent.encode({ account, receiveTimeUs, body }).finish();
    const fact = { subject: this.#eventSubject, payload, messageId };
    this.#events.publish({ ...this.#traced(fact, receiveTimeUs), stream: "EXEC", replaceable: false });
  }

  #snapshot(kind: AccountKind, body: NonNullable<AccountSnapshot["body"]>, exchangeTimeMs: number): void {
    const { account, partitions, clock } = this.#deps;
    const receiveTimeUs = clock.nowUs();
    const payload = AccountSnapshot.encode({ account, exchangeTimeMs, receiveTimeUs, body }).finish();
    // The identity leaves the time of receipt out: two collectors that hear the same say the same.
    const messageId = snapshotMessageId(account, kind, exchangeTimeMs, JSON.stringify(body));
    const fact = { subject: accountSubject(account, kind, partitions), payload, messageId };
    this.#surfaces[kind].publish({ ...this.#traced(fact, receiveTimeUs), stream: "ACCT", replaceable: true });
  }

  #traced(message: Fact["message"], receiveTimeUs: number): Pick<Fact, "message" | "onStored"> {
    const { traces, clock } = this.#deps;
    const slot = traces.add(0, receiveTimeUs, clock.nowUs());
    return {
      message: { ...message, headers: { [HEADER.TRACEPARENT]: traces.traceparent(slot) } },
      onStored: () => traces.stored(slot, clock.nowUs()),
    };
  }
}
