import { BigNumber } from "bignumber.js";

import type { AuditResult } from "../audit/audit.ts";
import type { AuditInput, DecisionEntry } from "../audit/input.ts";
import { isTrade } from "../audit/input.ts";
import type { SpanAudit } from "../tracing/span-audit.ts";
import { latencies } from "./latencies.ts";
import type { AccountOutcome, SideBySide } from "./outcome.ts";
import { replayTimeAt } from "./replay-clock.ts";
import type { Timeline } from "./replay-clock.ts";
import { REPORT_SCHEMA_VERSION } from "./schema.ts";
import type { AccountReport, Report, StateChange } from "./schema.ts";
import { changesState, stateName } from "./state-names.ts";

/** What the run knows beside the books. */
export interface RunFacts {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly options: Report["options"];
  readonly prices: Report["prices"];
  readonly ticks: Report["ticks"];
  readonly outcomes: readonly AccountOutcome[];
  /** LTV each account began with, by name. */
  readonly startLtvs: ReadonlyMap<string, string>;
  readonly timeline: Timeline;
  /** Undefined when the spans were not read back. */
  readonly spans: SpanAudit | undefined;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function replayTime(timeline: Timeline, ms: number): string | null {
  const time = replayTimeAt(timeline, ms);
  return time === undefined ? null : isoTime(time);
}

function stateChanges(decisions: readonly DecisionEntry[], timeline: Timeline): StateChange[] {
  return decisions
    .filter((entry) => changesState(entry.decision))
    .map(({ decision, traceId }) => ({
      at: isoTime(decision.decidedTimeUs / 1000),
      replayAt: replayTime(timeline, decision.decidedTimeUs / 1000),
      from: stateName(decision.previousState),
      to: stateName(decision.state),
      ltv: decision.effectiveLtv === "" ? null : decision.effectiveLtv,
      traceId,
    }));
}

function plain(amount: string): string {
  return new BigNumber(amount).toFixed();
}

function plainPair(pair: SideBySide): SideBySide {
  return { hedged: plain(pair.hedged), unhedged: plain(pair.unhedged) };
}

function accountReport(outcome: AccountOutcome, facts: RunFacts, input: AuditInput): AccountReport {
  const { account, liquidatedAtMs } = outcome;
  const trades = input.executions.filter((execution) => execution.account === account && isTrade(execution));
  return {
    account,
    states: stateChanges(
      input.decisions.filter((entry) => entry.decision.account === account),
      facts.timeline,
    ),
    startEquityUsd: plainPair(outcome.startEquityUsd),
    lowestEquityUsd: plainPair(outcome.lowestEquityUsd),
    finalEquityUsd: plainPair(outcome.finalEquityUsd),
    startLtv: facts.startLtvs.get(account) ?? null,
    highestLtv: outcome.highestLtv ?? null,
    loan: {
      outcome: liquidatedAtMs === undefined ? "open" : "liquidated",
      liquidatedAt: liquidatedAtMs === undefined ? null : isoTime(liquidatedAtMs),
      liquidatedReplayAt: liquidatedAtMs === undefined ? null : replayTime(facts.timeline, liquidatedAtMs),
    },
    orders: input.orders.filter((order) => order.account === account).length,
    fills: trades.length,
    feesUsd: plain(outcome.feesUsd),
    finalPositions: outcome.finalPositions.map(({ symbol, qty }) => ({ symbol, qty: plain(qty) })),
  };
}

function spanReport(spans: SpanAudit | undefined): Report["traces"]["spans"] {
  if (spans === undefined) return null;
  const holes = spans.holes.map((hole) => ({ ...hole, missing: [...hole.missing] }));
  return { fills: spans.fills, complete: spans.complete, incomplete: holes.length, holes };
}

/** Puts the report together. Pure; the caller validates nothing again: {@link reportSchema} describes the result. */
export function buildReport(facts: RunFacts, input: AuditInput, audited: AuditResult): Report {
  const { traces } = audited;
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    startedAt: isoTime(facts.startedAtMs),
    endedAt: isoTime(facts.endedAtMs),
    options: facts.options,
    prices: facts.prices,
    ticks: facts.ticks,
    accounts: facts.outcomes.map((outcome) => accountReport(outcome, facts, input)),
    totals: { ...audited.totals },
    findings: audited.findings.map((finding) => ({ ...finding })),
    latencyMs: latencies(input.decisions, input.ledger),
    traces: {
      fills: traces.fills,
      complete: traces.complete,
      incomplete: traces.incomplete.length,
      causes: { ...traces.causes },
      holes: traces.incomplete.map((hole) => ({ ...hole, missing: [...hole.missing] })),
      spans: spanReport(facts.spans),
    },
  };
}
