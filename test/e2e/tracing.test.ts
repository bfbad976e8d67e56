import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { connectBus } from "@hedgelock/bus";
import type { Bus } from "@hedgelock/bus";
import { HedgeRecord, STREAM, partitionFilter } from "@hedgelock/contracts";
import {
  prometheusMetrics,
  seededRandom,
  silentLogger,
  systemClock,
  systemRandom,
  systemTimers,
} from "@hedgelock/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { intentHistories, intentKey } from "../../services/cli/src/audit/intent-history.ts";
import { isTrade } from "../../services/cli/src/audit/input.ts";
import { readHistory } from "../../services/cli/src/feed/bus-feed.ts";
import { paperAdmin } from "../../services/cli/src/feed/paper-admin.ts";
import type { PaperAdmin } from "../../services/cli/src/feed/paper-admin.ts";
import type { Child } from "../../services/cli/src/process/child.ts";
import { createSupervisor } from "../../services/cli/src/process/supervisor.ts";
import type { Supervisor } from "../../services/cli/src/process/supervisor.ts";
import { reportSchema } from "../../services/cli/src/report/schema.ts";
import { writeKeys } from "../../services/cli/src/start/account-keys.ts";
import { demoAccounts } from "../../services/cli/src/start/accounts.ts";
import { baseOf } from "../../services/cli/src/start/assets.ts";
import { findNatsServer } from "../../services/cli/src/start/nats-server.ts";
import { loadPrices } from "../../services/cli/src/start/price-source.ts";
import { createRunFolder } from "../../services/cli/src/start/run-folder.ts";
import { startStack } from "../../services/cli/src/start/stack.ts";
import { parseStartOptions } from "../../services/cli/src/start/start-options.ts";
import { fileSource } from "../../services/cli/src/tracing/file-source.ts";
import { readBack } from "../../services/cli/src/tracing/read-back.ts";
import type { TracedFill } from "../../services/cli/src/tracing/span-audit.ts";
import { until } from "../support/until.ts";
import { hedgelock } from "./support/hedgelock.ts";

/** The fall alone, fast. */
const FALL = ["--from", "2025-10-10T20:45", "--to", "2025-10-10T21:30", "--speed", "4", "--ticks-per-second", "200"];
const PATIENCE_MS = 15_000;
const KILLS = 6;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-e2e-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const deps = {
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom(),
  log: silentLogger,
  metrics: prometheusMetrics("e2e"),
};

interface Running extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly bus: Bus;
  readonly paper: PaperAdmin;
}

/** A whole stack whose parts this test may kill: nobody ends it because of that. */
async function startTraced(traces: string): Promise<Running> {
  const options = parseStartOptions(["--exit", ...FALL], folder);
  const prices = await loadPrices(options);
  const run = await createRunFolder();
  const supervisor = createSupervisor({ timers: systemTimers, folder: run.path });
  const assets = prices.series.map(({ symbol, firstPrice, lowestPrice }) => ({
    base: baseOf(symbol),
    firstPrice: firstPrice.toString(),
    lowestPrice: lowestPrice.toString(),
  }));
  const accounts = await writeKeys(demoAccounts(options.accounts, assets, seededRandom(1)), run, deps.random);
  const stack = await startStack({
    ...deps,
    options,
    prices,
    accounts,
    folder: run,
    supervisor,
    natsServer: await findNatsServer(process.env),
    environment: process.env,
    signal: new AbortController().signal,
    tracing: { exporter: "file", directory: traces },
    onReady: () => undefined,
  });
  const bus = await connectBus({ ...deps, ...stack.nats, name: stack.nats.user });
  return {
    supervisor,
    bus,
    paper: paperAdmin(stack.paperUrl, systemTimers),
    async [Symbol.asyncDispose]() {
      await bus.close(1000);
      await supervisor.stopAll(8000, new AbortController().signal);
      await run.remove();
    },
  };
}

function running(supervisor: Supervisor, name: string): Child {
  const child = supervisor.children.findLast((one) => one.spec.name === name);
  if (child === undefined) throw new Error(`no ${name} runs`);
  return child;
}

/** Kills with -9 and starts the same again. */
async function replace(supervisor: Supervisor, name: string): Promise<void> {
  const child = running(supervisor, name);
  process.kill(child.pid, "SIGKILL");
  await child.exited;
  await supervisor.start(child.spec);
}

async function tracedFills({ bus, paper }: Running): Promise<readonly TracedFill[]> {
  const histories = intentHistories((await readHistory(bus)).ledger);
  return (await paper.executions()).filter(isTrade).map(({ account, execId, linkId }) => {
    const traceId = histories.get(intentKey(account, linkId))?.intent?.traceId ?? "";
    return { account, execId, linkId, traceId };
  });
}

/** The prices have ended and every intent in the ledger is done with: closed, and checked if it was filled. */
async function atRest({ bus, paper }: Running): Promise<void> {
  await until("the end of the prices", async () => (await paper.replay()).phase === "finished", 120_000);
  await until(
    "every intent is settled",
    async () => {
      const histories = [...intentHistories((await readHistory(bus)).ledger).values()];
      return histories.every(
        ({ endedSeq, executions, postcondition }) =>
          endedSeq !== undefined && (executions.length === 0 || postcondition !== undefined),
      );
    },
    60_000,
  );
}

describe("killed with -9 at a step of a hedge, and replaced", () => {
  it.each([
    ["the hedger, when an intent is stored", "hedger", "intentOpened"],
    ["the hedger, when a fill is stored", "hedger", "execution"],
    ["the risk engine, when an intent is stored", "risk", "intentOpened"],
    ["the collector, when an intent is stored", "collector", "intentOpened"],
  ] as const)("%s: every fill ends in one whole trace", async (_what, name, event) => {
    const traces = join(folder, `${name}-${event}`);
    await using stack = await startTraced(traces);
    let kills = 0;
    let busy: Promise<void> | undefined;
    await stack.bus.consume({
      stream: STREAM.HEDGE,
      filters: [partitionFilter("hedge", "*")],
      start: { from: "all" },
      name: "e2e",
      onMessage(message) {
        if (HedgeRecord.decode(message.payload).event?.body?.$case !== event || busy !== undefined || kills >= KILLS)
          return;
        kills += 1;
        busy = replace(stack.supervisor, name).finally(() => {
          busy = undefined;
        });
      },
    });
    await stack.paper.startReplay();
    await atRest(stack);
    await busy;
    expect(kills).toBeGreaterThan(0);
    const fills = await tracedFills(stack);
    expect(fills.length).toBeGreaterThan(0);
    const audit = await readBack(fileSource(traces), fills, systemTimers, PATIENCE_MS);
    expect(audit).toEqual({ fills: fills.length, complete: fills.length, holes: [] });
  });
});

describe("a trace back end that is of no use", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  async function unanswering(): Promise<string> {
    const server = createServer(() => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  it.each([
    ["does not answer", unanswering],
    ["is not there", async () => Promise.resolve("http://127.0.0.1:9")],
  ])("and %s keeps no hedge from being made, and no service from stopping", async (_what, url) => {
    const path = join(folder, "report.json");
    const run = hedgelock(["start", "--exit", ...FALL, "--otlp", await url(), "--report", path]);
    const status = await run.exited();
    const output = `${run.lines.join("\n")}\n${run.errorText()}`;
    expect(status, output).toBe(0);
    const report = reportSchema.parse(JSON.parse(await readFile(path, "utf8")));
    expect(report.findings, output).toEqual([]);
    expect(report.traces).toMatchObject({ incomplete: 0, spans: null });
    expect(report.traces.fills).toBeGreaterThan(0);
  });
});
