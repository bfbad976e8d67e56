import { memoryBus, type MemoryBus } from "@hedgelock/bus";
import {
  AccountSnapshot,
  accountSubject,
  appendMessageId,
  Decision,
  ExecEvent,
  executionMessageId,
  executionSubject,
  HEADER,
  HedgeRecord,
  hedgeSubject,
  type LedgerState,
  orderUpdateMessageId,
  riskSubject,
  STREAM,
} from "@hedgelock/contracts";
import { type ManualTime, manualTime, seededRandom, silentLogger } from "@hedgelock/runtime";
import { formatTraceparent } from "@hedgelock/telemetry";

import type { CrashPoint } from "../account/crash-points.ts";
import type { HedgeTracingDeps } from "../account/hedge-tracing.ts";
import type { Invariant } from "../domain/change.ts";
import { type Hedger, startHedger } from "../hedger.ts";
import { FakeExchange } from "./fake-exchange.ts";
import { crashAt, Killed, Life, mortalBus, mortalTimers, mortalVenue } from "./life.ts";
import { type CountingMetrics, countingMetrics } from "./metrics.ts";
import { aDecision, aTarget, BTC_RULES, LIMITS } from "./samples.ts";

export const ACCOUNT = "alice";
const PARTITIONS = 16;
const LEDGER_ID = "0123456789abcdef";
const START_MS = 1_785_600_000_000;
export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const DECISION_SPAN_ID = "00f067aa0ba902b7";

/** A hedger as a process of its own in the world. */
export interface Process {
  readonly life: Life;
  readonly writer: string;
  readonly hedger: Promise<Hedger>;
  readonly bus: MemoryBus;
}

interface StartOptions {
  readonly crashPoint?: CrashPoint;
  readonly nth?: number;
  readonly how?: "kill" | "freeze";
  readonly tracing?: HedgeTracingDeps;
}

/** A bus, an exchange, a collector and a risk engine, all under one virtual clock, and hedgers that come and go. */
export class World {
  readonly time: ManualTime = manualTime(START_MS);
  readonly exchange = new FakeExchange(this.time);
  readonly bus: MemoryBus = memoryBus({
    clock: this.time,
    provisioned: { partitions: PARTITIONS, ledgerId: LEDGER_ID },
  });
  readonly metrics: CountingMetrics = countingMetrics();
  readonly failures: unknown[] = [];
  /** Changes what the collector does with events before they are published. */
  reorder: (events: readonly ExecEvent[]) => readonly ExecEvent[] = (events) => events;
  collectorDown = false;
  #decisionVersion = 0;
  #riskSeq = 0;
  #published = 0;
  #processes = 0;

  constructor() {
    this.exchange.onEvents = (events) => this.#publishEvents(events);
    this.exchange.onPositions = (positions, timeMs) => {
      if (this.collectorDown) return;
      this.#publish(
        accountSubject(ACCOUNT, "position", PARTITIONS),
        AccountSnapshot.encode({
          account: ACCOUNT,
          exchangeTimeMs: timeMs,
          receiveTimeUs: this.time.nowUs(),
          body: { $case: "positions", value: { positions } },
        }).finish(),
        `p:${(this.#published += 1)}`,
      );
    };
  }

  /** Starts a hedger with a writer name of its own. */
  start(options: StartOptions = {}): Process {
    const life = new Life();
    const writer = `hedger-${(this.#processes += 1)}`;
    const bus = this.bus.connect("hedger");
    const hedger = startHedger({
      bus: mortalBus(bus, life),
      clock: this.time,
      timers: mortalTimers(this.time, life),
      random: seededRandom(this.#processes),
      log: silentLogger,
      metrics: this.metrics,
      writer,
      partitions: PARTITIONS,
      ledgerId: LEDGER_ID,
      accounts: new Map([[ACCOUNT, mortalVenue(this.exchange.trading(), life)]]),
      rules: new Map([["linear/BTCUSDT", BTC_RULES]]),
      limits: LIMITS,
      recvWindowMs: 5000,
      signal: new AbortController().signal,
      fatal: (error) => {
        if (!(error instanceof Killed) && !life.dead) this.failures.push(error);
      },
      crash: crashAt(life, options.crashPoint, options.nth, options.how),
      ...(options.tracing === undefined ? {} : { tracing: options.tracing }),
    });
    hedger.catch((error: unknown) => {
      if (!(error instanceof Killed)) this.failures.push(error);
    });
    return { life, writer, hedger, bus };
  }

  /** The risk engine writes a decision, with everything fresh. @param traced whether it builds the spans up to there */
  decide(targetQty: string, changes: Partial<Decision> = {}, traced = false): void {
    this.#decisionVersion += 1;
    const version = changes.version ?? this.#decisionVersion;
    const decision = aDecision({
      version,
      decidedTimeUs: this.time.nowUs(),
      exchangeTimeMs: this.time.nowMs(),
      targets: [aTarget({ targetQty })],
      ...changes,
    });
    this.#publish(
      riskSubject(ACCOUNT, PARTITIONS),
      Decision.encode(decision).finish(),
      `${appendMessageId(ACCOUNT, version, "risk-1")}:${(this.#riskSeq += 1)}`,
      { [HEADER.TRACEPARENT]: formatTraceparent({ traceId: TRACE_ID, spanId: DECISION_SPAN_ID, sampled: traced }) },
    );
  }

  /** Lets time pass in small steps, and everything that is due happen in each. */
  async pass(ms: number, everyStep: () => void = () => undefined): Promise<void> {
    await this.calm();
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.time.advance(STEP_MS);
      everyStep();
      await this.calm();
    }
  }

  /** Time passes while the risk engine refreshes its decision once a second. */
  async passDeciding(ms: number, targetQty: string): Promise<void> {
    let step = 0;
    await this.pass(ms, () => {
      step += 1;
      if (step % (1000 / STEP_MS) === 0) this.decide(targetQty);
    });
  }

  /** Lets everything happen that needs no time: bus, exchange and hedgers know no other waiting than promises. */
  async calm(): Promise<void> {
    for (let round = 0; round < CALM_ROUNDS; round += 1) await Promise.resolve();
  }

  /** Every record of the ledger, in order. */
  async ledger(): Promise<readonly HedgeRecord[]> {
    const records: HedgeRecord[] = [];
    for await (const message of this.bus.readAll(STREAM.HEDGE, hedgeSubject(ACCOUNT, PARTITIONS))) {
      records.push(HedgeRecord.decode(message.payload));
    }
    return records;
  }

  async state(): Promise<LedgerState> {
    const state = (await this.ledger()).at(-1)?.state;
    if (state === undefined) throw new Error("the ledger is empty");
    return state;
  }

  /** Names of the events in the ledger, in order. */
  async events(): Promise<readonly string[]> {
    return (await this.ledger()).map((record) => record.event?.body?.$case ?? "none");
  }

  violations(name: Invariant): number {
    return this.metrics.value("hedgelock_hedger_invariant_violations_total", { invariant: name });
  }

  #publishEvents(events: readonly ExecEvent[]): void {
    if (this.collectorDown) return;
    for (const event of this.reorder(events)) {
      const id =
        event.body?.$case === "order"
          ? orderUpdateMessageId(ACCOUNT, event.body.value)
          : executionMessageId(ACCOUNT, event.body?.value.execId ?? "");
      // A suffix of its own: what deduplication would keep from us is to reach us all the same.
      const messageId = `${id}:${(this.#published += 1)}`;
      this.#publish(executionSubject(ACCOUNT, PARTITIONS), ExecEvent.encode(event).finish(), messageId);
    }
  }

  #publish(subject: string, payload: Uint8Array, messageId: string, headers?: Record<string, string>): void {
    this.bus
      .publish({ subject, payload, messageId, ...(headers === undefined ? {} : { headers }) })
      .catch((error: unknown) => this.failures.push(error));
  }
}

const STEP_MS = 50;
const CALM_ROUNDS = 300;
