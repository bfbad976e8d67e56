import { writeFile } from "node:fs/promises";

import { connectBus } from "@hedgelock/bus";
import type { Bus } from "@hedgelock/bus";
import { prometheusMetrics, seededRandom } from "@hedgelock/runtime";

import { invariantsHold } from "../audit/audit.ts";
import type { CliDeps } from "../cli/command.ts";
import { EXIT } from "../cli/exit-status.ts";
import { aborted, unlessAborted } from "../cli/unless-aborted.ts";
import { followBus } from "../feed/bus-feed.ts";
import type { BusFeed } from "../feed/bus-feed.ts";
import { note } from "../feed/event-line.ts";
import { liveModel } from "../feed/live-model.ts";
import type { LiveModel } from "../feed/live-model.ts";
import { followPaper } from "../feed/paper-feed.ts";
import { paperAdmin } from "../feed/paper-admin.ts";
import type { PaperAdmin } from "../feed/paper-admin.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { reportText } from "../report/text.ts";
import type { Report } from "../report/schema.ts";
import { lineDisplay, liveDisplay } from "../view/display.ts";
import type { Display } from "../view/display.ts";
import { glyphsFor } from "../view/glyphs.ts";
import { writeKeys } from "./account-keys.ts";
import { demoAccounts } from "./accounts.ts";
import { baseOf } from "./assets.ts";
import { fileLogger } from "./file-logger.ts";
import { collectReport } from "./collect-report.ts";
import type { PriceSource } from "./price-source.ts";
import type { RunFolder } from "./run-folder.ts";
import { settle } from "./settle.ts";
import { openTraceStore } from "../tracing/trace-store.ts";
import type { TraceStore } from "../tracing/trace-store.ts";
import { childEnvironment, startStack } from "./stack.ts";
import type { Stack } from "./stack.ts";
import type { StartOptions } from "./start-options.ts";
import { countTicks } from "./tick-counts.ts";

/** Quiet after the last price: longer than a refresh of the risk engine; at most, before the books are read as they are. */
const SETTLE = { quietMs: 1500, maxMs: 20_000 } as const;
const CLOSE_BUDGET_MS = 1000;
const SEED_OF_ACCOUNTS = 0x9e3779b9;

/** One run: what was asked for and where it lives. */
export interface DemoRun {
  readonly options: StartOptions;
  readonly prices: PriceSource;
  readonly natsServer: string;
  /** The Jaeger program, when traces go there. */
  readonly jaeger: string;
  readonly folder: RunFolder;
  readonly supervisor: Supervisor;
  /** Aborts when the run has to end: asked to, or because a part failed. */
  readonly signal: AbortSignal;
}

interface Running {
  readonly run: DemoRun;
  readonly deps: CliDeps;
  readonly model: LiveModel;
  readonly display: Display;
}

function footer(run: DemoRun): string {
  return `quiet stretches pass faster   Ctrl-C stops everything   logs: ${run.folder.path}/*.log`;
}

function openDisplay(run: DemoRun, deps: CliDeps, model: LiveModel, startedAtMs: number): Display {
  const { out, timers } = deps;
  if (!out.isTerminal || run.options.exit) return lineDisplay(out, () => deps.clock.nowMs() - startedAtMs);
  return liveDisplay({
    terminal: out,
    timers,
    model,
    glyphs: glyphsFor(deps.environment),
    frame: () => ({
      title: run.prices.name ?? run.prices.title,
      services: run.supervisor.children.map((child) => ({ name: child.spec.name, up: child.exit === undefined })),
      footer: footer(run),
    }),
  });
}

async function bringUp({ run, deps, display }: Running): Promise<{
  readonly stack: Stack;
  readonly bus: Bus;
  readonly startLtvs: ReadonlyMap<string, string>;
  readonly traces: TraceStore;
}> {
  const { options, prices, folder, signal } = run;
  const log = fileLogger(folder.file("cli.log"), deps.clock);
  const metrics = prometheusMetrics("cli");
  const assets = prices.series.map(({ symbol, firstPrice, lowestPrice }) => ({
    base: baseOf(symbol),
    firstPrice: firstPrice.toString(),
    lowestPrice: lowestPrice.toString(),
  }));
  const accounts = demoAccounts(options.accounts, assets, seededRandom((options.seed ^ SEED_OF_ACCOUNTS) >>> 0));
  const keyed = await writeKeys(accounts, folder, deps.random);
  const traces = await openTraceStore(options.traces, {
    ...run,
    program: run.jaeger,
    environment: childEnvironment(deps.environment),
    clock: deps.clock,
    timers: deps.timers,
  });
  if (options.traces.kind !== "files") display.event(note("ready", `traces go to ${traces.where}`));
  const stack = await startStack({
    ...run,
    tracing: traces.config,
    accounts: keyed,
    environment: deps.environment,
    clock: deps.clock,
    timers: deps.timers,
    random: deps.random,
    log,
    metrics,
    onReady: (name, where) => display.event(note("ready", `${name}: ${where}`)),
  });
  const bus = await unlessAborted(
    connectBus({
      ...stack.nats,
      name: stack.nats.user,
      clock: deps.clock,
      timers: deps.timers,
      random: deps.random,
      log,
      metrics,
    }),
    signal,
  );
  return { stack, bus, traces, startLtvs: new Map(accounts.map(({ account, startLtv }) => [account, startLtv])) };
}

/** Plays the prices to their end and lets what they caused come to rest. */
async function play(running: Running, paper: PaperAdmin, feed: BusFeed): Promise<void> {
  const { run, deps, model, display } = running;
  const { prices, signal } = run;
  const seconds = Math.round(prices.expectedDurationMs / 1000);
  const span = `${new Date(prices.fromMs).toISOString().slice(0, 16)} to ${new Date(prices.toMs).toISOString().slice(0, 16)} UTC`;
  display.event(
    note("replay", `${prices.title}, ${span}, in about ${seconds} s: quiet stretches pass faster than wild ones`),
  );
  await unlessAborted(paper.startReplay(), signal);
  await followPaper({ paper, model, timers: deps.timers, signal, onLine: (line) => display.event(line) });
  display.event(note("replay", "the prices have ended; waiting until every order is settled"));
  await settle(feed, SETTLE, deps.timers, signal);
}

function printReport(report: Report, { run, deps, display }: Running, traces: TraceStore): void {
  display.close();
  const [account = "ACCOUNT"] = report.accounts.filter(({ fills }) => fills > 0).map((one) => one.account);
  const lasts = run.options.traces.kind === "files" || (deps.out.isTerminal && !run.options.exit);
  const show =
    traces.source === undefined || !lasts
      ? ""
      : `Show a hedge step by step: npx hedgelock trace ${account}${traces.showWith}\n`;
  deps.out.write(`\n${reportText(report).join("\n")}\n\nReport written to ${run.options.report}\n${show}`);
}

async function stayUp(stack: Stack, { run, deps }: Running): Promise<void> {
  deps.out.write(
    `The stack keeps running (nats-server ${stack.nats.servers.join(", ")}, paper exchange ${stack.paperUrl}, logs ${run.folder.path}). Ctrl-C stops it.\n`,
  );
  await aborted(run.signal);
  // A part that failed meanwhile is an error; being asked to stop is the way out.
  run.supervisor.failed.throwIfAborted();
}

/**
 * Runs the demo from an empty folder to the report. Whatever was started belongs to the supervisor of the run, which the
 * caller stops.
 * @returns the exit status: 0, or 1 when an invariant broke
 * @throws what ended it early: the reason of `run.signal`, or a HedgeLockError
 */
export async function runDemo(run: DemoRun, deps: CliDeps): Promise<number> {
  const startedAtMs = deps.clock.nowMs();
  const names = Array.from(
    { length: run.options.accounts },
    (_unused, index) => `acct-${String(index + 1).padStart(3, "0")}`,
  );
  const model = liveModel(names);
  const display = openDisplay(run, deps, model, startedAtMs);
  const running: Running = { run, deps, model, display };
  let bus: Bus | undefined;
  try {
    display.event(note("note", `logs of every part: ${run.folder.path}/*.log (removed after a clean end)`));
    const up = await bringUp(running);
    bus = up.bus;
    const paper = paperAdmin(up.stack.paperUrl, deps.timers);
    const log = fileLogger(run.folder.file("cli.log"), deps.clock);
    const feed = await unlessAborted(followBus({ bus, model, log, onLine: (line) => display.event(line) }), run.signal);
    const ticks = { feed, riskPort: up.stack.httpPorts.risk, timers: deps.timers };
    const ticksAtStart = await unlessAborted(countTicks(ticks), run.signal);
    await play(running, paper, feed);
    const collected = await unlessAborted(
      collectReport({
        options: run.options,
        prices: run.prices,
        bus,
        feed,
        paper,
        riskPort: ticks.riskPort,
        ticksAtStart,
        startedAtMs,
        endedAtMs: deps.clock.nowMs(),
        timers: deps.timers,
        startLtvs: up.startLtvs,
        traces: up.traces.source,
      }),
      run.signal,
    );
    await writeFile(run.options.report, `${JSON.stringify(collected.report, undefined, 2)}\n`);
    printReport(collected.report, running, up.traces);
    if (deps.out.isTerminal && !run.options.exit) await stayUp(up.stack, running);
    await feed.stop();
    return invariantsHold(collected.audited) ? EXIT.OK : EXIT.INVARIANT_BROKEN;
  } finally {
    display.close();
    await bus?.close(CLOSE_BUDGET_MS);
  }
}
