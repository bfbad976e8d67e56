import { PoisonMessageError } from "@hedgelock/bus";
import type { Bus, StoredMessage } from "@hedgelock/bus";
import { Decision, HEADER, RiskState, appendMessageId, marketSubject, riskSubject } from "@hedgelock/contracts";
import { HedgeLockError, errorText } from "@hedgelock/runtime";
import type { Clock, Logger, Random, Timers } from "@hedgelock/runtime";
import { childOf, newTrace, parseTraceparent } from "@hedgelock/telemetry";

import type { AccountRuntime, Cause, PreparedDecision } from "./account-runtime.ts";
import { DecisionWriter } from "./decision-writer.ts";
import { decodeSnapshot } from "./decode-snapshot.ts";
import { decodeTick } from "./decode-tick.ts";
import { EMPTY_MARKET, withHedgeQuote, withPriceQuote } from "./domain/asset-market.ts";
import type { AssetMarket } from "./domain/asset-market.ts";
import { accountBook } from "./domain/book.ts";
import { decisionOf, memoryOf, publishedOf } from "./domain/decision.ts";
import { evaluate } from "./domain/evaluate.ts";
import type { Evaluation, Rules } from "./domain/evaluate.ts";
import type { Asset } from "./domain/instrument.ts";
import { reasonsToWrite } from "./domain/material.ts";
import type { Published, Reason } from "./domain/material.ts";
import { EMPTY_MEMORY } from "./domain/memory.ts";
import type { Memory } from "./domain/memory.ts";
import type { Quote } from "./domain/quote.ts";
import type { Moment } from "./domain/source.ts";
import { NO_SURFACES, withUpdate } from "./domain/surfaces.ts";
import { logWritten } from "./log-written.ts";
import type { RiskMetrics } from "./risk-metrics.ts";
import type { RiskTracing } from "./risk-tracing.ts";

/** Ownership epoch until there are leases: every engine has the same, the checked append decides. */
export const FIRST_EPOCH = 1;

export interface RiskEngineDeps {
  readonly bus: Pick<Bus, "append" | "lastOf">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: RiskMetrics;
  /** Names this process in its decisions. */
  readonly writer: string;
  readonly venueName: string;
  readonly partitions: number;
  readonly assets: readonly Asset[];
  readonly stableCoins: readonly string[];
  readonly rules: Rules;
  readonly refreshMs: number;
  /** Left out, no trace is kept. */
  readonly tracing?: RiskTracing;
}

/** Which assets a market subject values or hedges. */
interface Roles {
  readonly values: readonly number[];
  readonly hedges: readonly number[];
}

/** How far the venue's clock may be ahead of this machine's; more than any drift a machine with time service has. */
const MAX_VENUE_LEAD_MS = 60_000;

/**
 * Venue times only ever move forward here, so a single one from far in the future would make everything after it look
 * outdated and everything else stale: such a message goes to the dead letters instead.
 * @throws PoisonMessageError
 */
function refuseFuture(exchangeTimeMs: number, nowUs: number): void {
  const leadMs = exchangeTimeMs - nowUs / 1_000;
  if (leadMs <= MAX_VENUE_LEAD_MS) return;
  throw new PoisonMessageError(
    `the venue time ${exchangeTimeMs} is ${Math.round(leadMs)} ms ahead of this machine's clock: one of the two is wrong`,
  );
}

/**
 * Holds the market and the accounts, evaluates every account a message concerns, and has material changes written.
 * All calls are synchronous except the appends; messages have to come in stream order.
 */
export class RiskEngine {
  readonly #deps: RiskEngineDeps;
  readonly #writer: DecisionWriter;
  readonly #accounts = new Map<string, AccountRuntime>();
  readonly #market: AssetMarket[];
  readonly #roles = new Map<string, Roles>();
  /** Accounts by the index of the asset whose ticks concern them. */
  readonly #concerned: AccountRuntime[][];
  readonly #minHedgeQty: readonly number[];
  /** Last decisions of accounts that have no snapshot yet. */
  readonly #history = new Map<string, StoredMessage>();
  #venueMs = 0;
  #isLive = false;
  #evaluations = 0;

  constructor(deps: RiskEngineDeps) {
    this.#deps = deps;
    this.#market = deps.assets.map(() => EMPTY_MARKET);
    this.#concerned = deps.assets.map(() => []);
    this.#minHedgeQty = deps.assets.map((asset) => asset.minHedgeQty.toNumber());
    for (const subject of this.marketSubjects) {
      const indices = (pick: "price" | "hedge"): number[] =>
        deps.assets.flatMap((asset, index) =>
          marketSubject(deps.venueName, asset[pick].category, asset[pick].symbol) === subject ? [index] : [],
        );
      this.#roles.set(subject, { values: indices("price"), hedges: indices("hedge") });
    }
    this.#writer = new DecisionWriter({
      ...deps,
      adopt: (runtime, message) => this.#adopt(runtime, message),
      onWritten: (runtime, decision) => {
        deps.tracing?.written(decision, deps.clock.nowUs());
        logWritten(deps, runtime, decision);
      },
      onFound: (decision) => deps.tracing?.written(decision, 0),
      onFree: (runtime) => this.#consider(runtime, runtime.cause, false),
    });
  }

  /** Every subject of MD that the engine needs. */
  get marketSubjects(): string[] {
    const { assets, venueName } = this.#deps;
    const names = assets.flatMap((asset) => [asset.price, asset.hedge]);
    return [...new Set(names.map(({ category, symbol }) => marketSubject(venueName, category, symbol)))];
  }

  /** Evaluations since the start. */
  get evaluations(): number {
    return this.#evaluations;
  }

  get accountCount(): number {
    return this.#accounts.size;
  }

  /**
   * Takes note of the last decision of an account: its memory is continued when a snapshot of the account comes.
   * @throws HedgeLockError RISK_HISTORY_UNREADABLE: going on without it would restart version and memory
   */
  resume(message: StoredMessage): void {
    readHistory(message, this.#deps.assets);
    this.#deps.tracing?.resumed(message);
    this.#history.set(message.subject, message);
  }

  /** Starts evaluating; before, messages only fill the state. Every account is evaluated once. */
  goLive(): void {
    this.#isLive = true;
    this.sweep();
  }

  /** One message of MD. @throws PoisonMessageError */
  onTick(message: StoredMessage): void {
    const nowUs = this.#deps.clock.nowUs();
    const { tick, quote } = decodeTick(message);
    refuseFuture(tick.exchangeTimeMs, nowUs);
    const roles = this.#roles.get(message.subject);
    if (roles === undefined) return;
    this.#deps.metrics.ticks.inc();
    if (this.#isOutdated(quote, roles)) {
      this.#deps.metrics.outdated.inc();
      return;
    }
    this.#venueMs = Math.max(this.#venueMs, quote.source.exchangeTimeMs);
    this.#applyQuote(quote, roles);
    const cause: Cause = {
      traceparent: message.headers[HEADER.TRACEPARENT],
      trigger: {
        messageId: message.messageId,
        subject: message.subject,
        exchangeSeq: tick.exchangeSeq,
        exchangeTimeMs: tick.exchangeTimeMs,
        receiveTimeUs: tick.receiveTimeUs,
        publishTimeUs: tick.publishTimeUs,
        evaluateTimeUs: nowUs,
        spanId: "",
      },
    };
    for (const index of roles.values) this.#considerConcerned(index, cause);
    for (const index of roles.hedges) if (!roles.values.includes(index)) this.#considerConcerned(index, cause);
    this.#deps.tracing?.tick(cause);
  }

  /** One message of ACCT. @throws PoisonMessageError */
  onSnapshot(message: StoredMessage): void {
    const nowUs = this.#deps.clock.nowUs();
    const { account, snapshot, update, source } = decodeSnapshot(message, this.#deps.partitions);
    refuseFuture(source.exchangeTimeMs, nowUs);
    this.#deps.metrics.snapshots.inc();
    const runtime = this.#accounts.get(account) ?? this.#open(account);
    const surfaces = withUpdate(runtime.book.surfaces, update);
    if (surfaces === runtime.book.surfaces) {
      this.#deps.metrics.outdated.inc();
      return;
    }
    this.#venueMs = Math.max(this.#venueMs, source.exchangeTimeMs);
    this.#replaceBook(runtime, accountBook(surfaces, this.#deps));
    const trigger = {
      messageId: message.messageId,
      subject: message.subject,
      exchangeSeq: 0,
      exchangeTimeMs: snapshot.exchangeTimeMs,
      receiveTimeUs: snapshot.receiveTimeUs,
      publishTimeUs: 0,
      evaluateTimeUs: nowUs,
      spanId: "",
    };
    this.#consider(runtime, { trigger, traceparent: message.headers[HEADER.TRACEPARENT] }, true);
  }

  /** Evaluates every account without a message: time alone makes inputs stale, ends dwell times and refreshes. */
  sweep(): void {
    for (const runtime of this.#accounts.values()) this.#consider(runtime, undefined, true);
  }

  /** Ends writing; resolves when nothing is in flight. */
  async stop(): Promise<void> {
    this.#isLive = false;
    await this.#writer.stop();
  }

  #isOutdated(quote: Quote, { values, hedges }: Roles): boolean {
    const first = values[0] ?? hedges[0] ?? 0;
    const known = values.length > 0 ? this.#market[first]?.price : this.#market[first]?.hedge;
    return known !== undefined && quote.source.exchangeTimeMs < known.source.exchangeTimeMs;
  }

  #applyQuote(quote: Quote, { values, hedges }: Roles): void {
    const limit = this.#deps.rules.policy.maxStepMoveWithoutWitness;
    const apply = (index: number, step: (market: AssetMarket) => AssetMarket): void => {
      const before = this.#market[index] ?? EMPTY_MARKET;
      const after = step(before);
      this.#market[index] = after;
      if (before.pending === undefined && after.pending !== undefined) this.#deps.metrics.witnessHolds.inc();
    };
    for (const index of hedges) apply(index, (market) => withHedgeQuote(market, quote, limit));
    for (const index of values) apply(index, (market) => withPriceQuote(market, quote, limit));
  }

  #open(account: string): AccountRuntime {
    const subject = riskSubject(account, this.#deps.partitions);
    const runtime: AccountRuntime = {
      account,
      subject,
      book: accountBook(NO_SURFACES, this.#deps),
      memory: EMPTY_MEMORY,
      published: undefined,
      lastSeq: 0,
      cause: undefined,
      isBusy: false,
    };
    this.#adopt(runtime, this.#history.get(subject));
    this.#history.delete(subject);
    this.#accounts.set(account, runtime);
    this.#deps.metrics.accounts.set(this.#accounts.size);
    for (const asset of runtime.book.assets) this.#concerned[asset]?.push(runtime);
    return runtime;
  }

  #replaceBook(runtime: AccountRuntime, book: AccountRuntime["book"]): void {
    const before = runtime.book.assets;
    runtime.book = book;
    if (before.length === book.assets.length && before.every((asset, place) => asset === book.assets[place])) return;
    for (const asset of before) {
      const list = this.#concerned[asset];
      const place = list?.indexOf(runtime) ?? -1;
      if (place >= 0) list?.splice(place, 1);
    }
    for (const asset of book.assets) this.#concerned[asset]?.push(runtime);
  }

  #considerConcerned(index: number, cause: Cause): void {
    for (const runtime of this.#concerned[index] ?? []) this.#consider(runtime, cause, true);
  }

  /** Evaluates one account and has it written when that is due. @param isNew false when the cause was evaluated before */
  #consider(runtime: AccountRuntime, cause: Cause | undefined, isNew: boolean): void {
    if (cause !== undefined) runtime.cause = cause;
    if (!this.#isLive) return;
    const { rules, refreshMs } = this.#deps;
    const now: Moment = { venueMs: this.#venueMs, localUs: this.#deps.clock.nowUs() };
    const wasHeld = runtime.memory.jumpHeldAt !== undefined;
    const evaluation = evaluate({ book: runtime.book, market: this.#market, now }, rules, runtime.memory);
    runtime.memory = evaluation.memory;
    if (isNew) this.#evaluations += 1;
    if (evaluation.isHeld && !wasHeld) this.#deps.metrics.witnessHolds.inc();
    if (runtime.isBusy) return;
    const reasons = reasonsToWrite({
      book: runtime.book,
      evaluation,
      published: runtime.published,
      minHedgeQty: this.#minHedgeQty,
      policyVersion: rules.policy.version,
      nowUs: now.localUs,
      refreshUs: refreshMs * 1000,
    });
    if (reasons.length > 0) this.#writer.write(runtime, this.#prepare(runtime, evaluation, reasons, cause, now));
  }

  #prepare(
    runtime: AccountRuntime,
    evaluation: Evaluation,
    reasons: readonly Reason[],
    cause: Cause | undefined,
    now: Moment,
  ): PreparedDecision {
    const { random, writer, assets, rules, tracing, clock } = this.#deps;
    const followed = cause ?? runtime.cause;
    const parent = parseTraceparent(followed?.traceparent);
    // The span id is read off the header only here: a tick that leads to nothing must not pay for it.
    const continued = followed === undefined ? undefined : { ...followed.trigger, spanId: parent?.spanId ?? "" };
    const { published } = runtime;
    const decision = decisionOf({
      account: runtime.account,
      writer,
      epoch: Math.max(FIRST_EPOCH, published?.epoch ?? 0),
      version: (published?.version ?? 0) + 1,
      previousState: published?.state ?? RiskState.RISK_STATE_UNSPECIFIED,
      policyVersion: rules.policy.version,
      reasons,
      trigger: cause === undefined ? undefined : continued,
      continued,
      traceOf: parseTraceparent,
      assets,
      book: runtime.book,
      market: this.#market,
      evaluation,
      now,
    });
    const traceReason = tracing?.reasonToKeep(decision);
    const context = parent === undefined ? newTrace(random) : childOf(parent, random);
    return {
      payload: Decision.encode(decision).finish(),
      messageId: appendMessageId(runtime.account, decision.version, writer),
      context: { ...context, sampled: traceReason !== undefined },
      published: publishedOf(decision, assets),
      previous: published,
      decision,
      isTickCaused: cause !== undefined && this.#roles.has(cause.trigger.subject),
      reasons,
      preparedTimeUs: clock.nowUs(),
      traceReason,
    };
  }

  /** Takes over what the stream says is the account's last decision. */
  #adopt(runtime: AccountRuntime, message: StoredMessage | undefined): void {
    const { assets, writer } = this.#deps;
    const last = message === undefined ? undefined : readHistory(message, assets);
    runtime.lastSeq = message?.seq ?? 0;
    runtime.published = last?.published;
    if (last === undefined) return;
    // Our own memory has moved on since we wrote; another writer's is the account's history now.
    const isOwnRecent = last.writer === writer && runtime.memory !== EMPTY_MEMORY;
    const knowsLevel = last.memory.level !== undefined || runtime.memory.level === undefined;
    if (!isOwnRecent && knowsLevel) runtime.memory = last.memory;
  }
}

interface History {
  readonly writer: string;
  readonly published: Published;
  readonly memory: Memory;
}

function readHistory(message: StoredMessage, assets: readonly Asset[]): History {
  try {
    const decision = Decision.decode(message.payload);
    return { writer: decision.writer, published: publishedOf(decision, assets), memory: memoryOf(decision, assets) };
  } catch (error) {
    throw new HedgeLockError(
      "RISK_HISTORY_UNREADABLE",
      `the last decision on ${message.subject} (sequence ${message.seq}) cannot be read: ${errorText(error)}. Was it written by a newer version?`,
      { cause: error },
    );
  }
}
