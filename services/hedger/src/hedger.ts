import type { Bus, Consumption, StartAt, StoredMessage } from "@hedgelock/bus";
import { accountSubject, executionSubject, HEADER, riskSubject, STREAM } from "@hedgelock/contracts";
import type { Cancel, Clock, Logger, Metrics, Random, Timers } from "@hedgelock/runtime";
import { newTrace, noSpans, parseTraceparent, type TraceContext } from "@hedgelock/telemetry";
import type { VenueTrading } from "@hedgelock/venue";

import { type CrashHook, noCrash } from "./account/crash-points.ts";
import type { HedgeTracingDeps } from "./account/hedge-tracing.ts";
import { HedgerAccount } from "./account/hedger-account.ts";
import { limiter } from "./account/limiter.ts";
import type { OrderRules, PlanLimits } from "./domain/rules.ts";
import { type HedgerMetrics, hedgerMetrics } from "./hedger-metrics.ts";
import { accountOf, readDecision, readExecEvent, readPositions } from "./read-message.ts";

/** What a hedger needs: everything from outside comes in here. */
export interface HedgerDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Names this start of this process: goes into every record and message id. */
  readonly writer: string;
  /** Ownership epoch; without leases always 1. */
  readonly epoch?: number;
  readonly partitions: number;
  readonly ledgerId: string;
  /** Order entry by account. */
  readonly accounts: ReadonlyMap<string, VenueTrading>;
  /** The venue's rules by `category/symbol`. */
  readonly rules: ReadonlyMap<string, OrderRules>;
  readonly limits: PlanLimits;
  readonly recvWindowMs: number;
  /** Aborts when the start is to be given up. */
  readonly signal: AbortSignal;
  readonly fatal: (error: unknown) => void;
  readonly crash?: CrashHook;
  /** Left out, no spans are made. */
  readonly tracing?: HedgeTracingDeps;
}

/** A running hedger. */
export interface Hedger {
  /** Opens nothing more, records what is under way, stops consuming. */
  stop(budgetMs: number): Promise<void>;
}

const NO_TRACING: HedgeTracingDeps = { recorder: noSpans, asker: { ensure() {}, ensureDecision() {} }, server: {} };
const POLL_MS = 200;
const CONCURRENT_QUERIES = 8;
const CONSUMPTION_STOP_SHARE = 0.3;

type Accounts = ReadonlyMap<string, HedgerAccount>;

function makeAccounts(deps: HedgerDeps, metrics: HedgerMetrics): Accounts {
  const queries = limiter(CONCURRENT_QUERIES);
  const { bus, clock, timers, random, partitions, ledgerId, writer, rules, limits, recvWindowMs, fatal } = deps;
  const shared = { bus, clock, timers, random, partitions, ledgerId, writer, rules, limits, recvWindowMs, fatal };
  return new Map(
    [...deps.accounts].map(([account, venue]) => [
      account,
      new HedgerAccount({
        ...shared,
        account,
        venue,
        log: deps.log.child({ account }),
        metrics,
        epoch: deps.epoch ?? 1,
        queries,
        crash: deps.crash ?? noCrash,
        tracing: deps.tracing ?? NO_TRACING,
      }),
    ]),
  );
}

/** Where EXEC is read from: after what the ledgers already contain. Accounts without a record need no past: the venue is asked. */
function execStart(accounts: Accounts): StartAt {
  const stored = [...accounts.values()].map((account) => account.execStreamSeq).filter((seq) => seq > 0);
  return stored.length === 0 ? { from: "new" } : { from: "seq", seq: Math.min(...stored) + 1 };
}

interface Feeds {
  readonly exec: Consumption;
  readonly risk: Consumption;
  readonly positions: Consumption;
}

function traceOf(message: StoredMessage, random: Random): TraceContext {
  return parseTraceparent(message.headers[HEADER.TRACEPARENT]) ?? newTrace(random);
}

async function consumeExec(deps: HedgerDeps, accounts: Accounts): Promise<Consumption> {
  return deps.bus.consume({
    stream: STREAM.EXEC,
    filters: [...accounts.keys()].map((account) => executionSubject(account, deps.partitions)),
    start: execStart(accounts),
    name: "hedger-exec",
    onMessage: (message) => {
      const event = readExecEvent(message);
      accounts.get(event.account)?.onExec(event, message.seq, traceOf(message, deps.random));
    },
    onError: (error) => deps.log.warn("hedger.consume_trouble", { stream: STREAM.EXEC, error: error.message }),
  });
}

async function consumeRisk(deps: HedgerDeps, accounts: Accounts): Promise<Consumption> {
  return deps.bus.consume({
    stream: STREAM.RISK,
    filters: [...accounts.keys()].map((account) => riskSubject(account, deps.partitions)),
    start: { from: "last_per_subject" },
    name: "hedger-risk",
    onMessage: (message) => {
      const receivedUs = deps.clock.nowUs();
      const decision = readDecision(message);
      const header = parseTraceparent(message.headers[HEADER.TRACEPARENT]);
      const trace = header ?? newTrace(deps.random);
      accounts.get(decision.account)?.onDecision({ decision, trace, hasHeader: header !== undefined, receivedUs });
    },
    onError: (error) => deps.log.warn("hedger.consume_trouble", { stream: STREAM.RISK, error: error.message }),
  });
}

async function consumePositions(deps: HedgerDeps, accounts: Accounts): Promise<Consumption> {
  return deps.bus.consume({
    stream: STREAM.ACCT,
    filters: [...accounts.keys()].map((account) => accountSubject(account, "position", deps.partitions)),
    start: { from: "last_per_subject" },
    name: "hedger-position",
    onMessage: (message) => {
      const { positions, timeMs } = readPositions(message);
      accounts.get(accountOf(message))?.onPositions(positions, timeMs, traceOf(message, deps.random));
    },
    onError: (error) => deps.log.warn("hedger.consume_trouble", { stream: STREAM.ACCT, error: error.message }),
  });
}

function poll(accounts: Accounts, metrics: HedgerMetrics): void {
  let unresolved = 0;
  let unknown = 0;
  let awaiting = 0;
  for (const account of accounts.values()) {
    account.poll();
    const counts = account.counts();
    unresolved += counts.unresolved;
    unknown += counts.unknown;
    awaiting += counts.awaitingPostcondition;
  }
  metrics.unresolvedIntents.set(unresolved);
  metrics.unknownIntents.set(unknown);
  metrics.awaitingPostcondition.set(awaiting);
}

/** Reads the ledgers, listens, asks the venue what happened meanwhile, and only then takes decisions. */
async function begin(deps: HedgerDeps, accounts: Accounts): Promise<Feeds> {
  const loads = limiter(CONCURRENT_QUERIES);
  await Promise.all([...accounts.values()].map((account) => loads(() => account.load())));
  const listening = Promise.withResolvers<void>();
  const recoveries = Promise.all(
    [...accounts.values()].map((account) => account.recover(listening.promise, deps.signal)),
  );
  // Whoever waits for the recoveries learns of a failure; until then it must not count as unhandled.
  recoveries.catch(() => undefined);
  const exec = await consumeExec(deps, accounts);
  listening.resolve();
  await recoveries;
  const [risk, positions] = await Promise.all([consumeRisk(deps, accounts), consumePositions(deps, accounts)]);
  return { exec, risk, positions };
}

/** Starts a hedger; resolves when every account is recovered and decisions are taken. @throws HedgeLockError */
export async function startHedger(deps: HedgerDeps): Promise<Hedger> {
  const metrics = hedgerMetrics(deps.metrics);
  const accounts = makeAccounts(deps, metrics);
  const feeds = await begin(deps, accounts);
  const cancelPoll: Cancel = deps.timers.every(POLL_MS, () => poll(accounts, metrics));
  return {
    async stop(budgetMs) {
      cancelPoll();
      const endMs = deps.clock.nowMs() + budgetMs;
      // New decisions stop first; fills are taken until the last moment.
      await Promise.allSettled([feeds.risk.stop(), feeds.positions.stop()]);
      const forOrders = Math.max(0, (endMs - deps.clock.nowMs()) * (1 - CONSUMPTION_STOP_SHARE));
      await Promise.all([...accounts.values()].map((account) => account.stop(forOrders)));
      await Promise.allSettled([feeds.exec.stop()]);
    },
  };
}
