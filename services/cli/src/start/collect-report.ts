import { relative } from "node:path";

import type { Bus } from "@hedgelock/bus";
import type { Timers } from "@hedgelock/runtime";

import type { AuditResult } from "../audit/audit.ts";
import { audit } from "../audit/audit.ts";
import type { AuditInput } from "../audit/input.ts";
import { readHistory } from "../feed/bus-feed.ts";
import type { BusFeed } from "../feed/bus-feed.ts";
import type { PaperAdmin } from "../feed/paper-admin.ts";
import { isTrade } from "../audit/input.ts";
import { intentHistories, intentKey } from "../audit/intent-history.ts";
import { buildReport } from "../report/build.ts";
import type { AccountOutcome } from "../report/outcome.ts";
import type { Report } from "../report/schema.ts";
import { readBack } from "../tracing/read-back.ts";
import type { SpanAudit } from "../tracing/span-audit.ts";
import type { TraceSource } from "../tracing/trace-source.ts";
import { rulesOf } from "./assets.ts";
import { ROOT } from "./price-source.ts";
import type { PriceSource } from "./price-source.ts";
import type { StartOptions } from "./start-options.ts";
import { countTicks, ticksSince } from "./tick-counts.ts";
import type { TickCounts } from "./tick-counts.ts";

/** A passive order rests 30 s before it crosses; every other one crosses at once. Then come the reads that prove it. */
const HEDGE_DEADLINE_MS = { caution: 45_000, other: 5000 } as const;

/** Spans are exported half a second after the fact; one whose beginning had to be built anew, a second and a half. */
const SPAN_PATIENCE_MS = 5000;

/** What the report is made from. */
export interface ReportSources {
  readonly options: StartOptions;
  readonly prices: PriceSource;
  readonly bus: Bus;
  readonly feed: BusFeed;
  readonly paper: PaperAdmin;
  readonly riskPort: number;
  /** Counts when the replay began. */
  readonly ticksAtStart: TickCounts;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly timers: Timers;
  readonly startLtvs: ReadonlyMap<string, string>;
  /** Where the spans can be read back; undefined when they went to somebody else's back end. */
  readonly traces: TraceSource | undefined;
}

async function auditInput(sources: ReportSources, accounts: readonly AccountOutcome[]): Promise<AuditInput> {
  const { bus, paper, prices, endedAtMs } = sources;
  const [history, orders, executions] = await Promise.all([readHistory(bus), paper.orders(), paper.executions()]);
  return {
    ...history,
    orders,
    executions,
    loans: accounts.map(({ account, liquidatedAtMs }) => ({ account, liquidatedAtMs })),
    endedAtMs,
    rules: {
      lotSize: Object.fromEntries(prices.series.map(({ symbol }) => [symbol, rulesOf(symbol).lotSize])),
      hedgeDeadlineMs: HEDGE_DEADLINE_MS,
    },
  };
}

/** Reads the trace of every fill back from where it was exported to. */
async function auditExported(sources: ReportSources, input: AuditInput): Promise<SpanAudit | undefined> {
  if (sources.traces === undefined) return undefined;
  const histories = intentHistories(input.ledger);
  const fills = input.executions.filter(isTrade).map(({ account, execId, linkId }) => {
    const traceId = histories.get(intentKey(account, linkId))?.intent?.traceId ?? "";
    return { account, execId, linkId, traceId };
  });
  return readBack(sources.traces, fills, sources.timers, SPAN_PATIENCE_MS);
}

function pricesOf(prices: PriceSource): Report["prices"] {
  return {
    name: prices.name ?? null,
    from: new Date(prices.fromMs).toISOString(),
    to: new Date(prices.toMs).toISOString(),
    series: prices.series.map(({ symbol, file, firstPrice, lowestPrice, lastPrice }) => ({
      symbol,
      // Recorded crashes by their place in the repository, other files as they were named.
      file: file.startsWith(ROOT) ? relative(ROOT, file) : file,
      first: firstPrice.toString(),
      lowest: lowestPrice.toString(),
      last: lastPrice.toString(),
    })),
  };
}

/** Reads the exchange's book, the ledger and the decisions, has them audited, and puts the report together. */
export async function collectReport(
  sources: ReportSources,
): Promise<{ readonly report: Report; readonly audited: AuditResult }> {
  const { options, prices, paper, startedAtMs, endedAtMs } = sources;
  const accounts = await paper.accounts();
  const input = await auditInput(sources, accounts);
  const audited = audit(input);
  const spans = await auditExported(sources, input);
  const report = buildReport(
    {
      startedAtMs,
      endedAtMs,
      options: { seed: options.seed, ticksPerSecond: options.ticksPerSecond, accounts: options.accounts },
      prices: pricesOf(prices),
      ticks: ticksSince(sources.ticksAtStart, await countTicks(sources)),
      outcomes: accounts,
      startLtvs: sources.startLtvs,
      timeline: await paper.timeline(),
      spans,
    },
    input,
    audited,
  );
  return { report, audited };
}
