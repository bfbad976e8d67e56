import process from "node:process";
import { fileURLToPath } from "node:url";

import { provision } from "@hedgelock/bus";
import type { NatsUser } from "@hedgelock/bus";
import type { Clock, Logger, Metrics, Random, Timers } from "@hedgelock/runtime";

import { unlessAborted } from "../cli/unless-aborted.ts";
import type { Child } from "../process/child.ts";
import { parseLogLine } from "../process/log-file.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { natsAccess, natsChild, natsPortIn, prepareNats } from "./nats-server.ts";
import type { PriceSource } from "./price-source.ts";
import type { RunFolder } from "./run-folder.ts";
import { collectorConfig, hedgerConfig, paperConfig, riskConfig } from "./service-configs.ts";
import type { KeyedAccount, NatsConfig, ServiceConfig } from "./service-configs.ts";
import type { StartOptions } from "./start-options.ts";

const READY_DEADLINE_MS = 20_000;
/** Shorter than what the supervisor grants, so that a service that cannot finish still says so itself. */
const SHUTDOWN_BUDGET_MS = 5000;
/** Variables that would change the configuration of every child alike, which only suits a single one. */
const CONFIG_VARIABLES = "HEDGELOCK_CONFIG";

/** Our own services, in the order of their start. */
const SERVICES = ["paper", "collector", "risk", "hedger"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** A running stack. */
export interface Stack {
  /** How to look at the bus: this user reads everything and writes nothing. */
  readonly nats: NatsConfig;
  /** Base URL of the paper exchange. */
  readonly paperUrl: string;
  /** Ports of the services' health servers. */
  readonly httpPorts: Readonly<Record<ServiceName, number>>;
}

export interface StackDeps {
  readonly options: StartOptions;
  readonly prices: PriceSource;
  readonly accounts: readonly KeyedAccount[];
  readonly natsServer: string;
  readonly folder: RunFolder;
  readonly supervisor: Supervisor;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The `tracing` block of the services that make spans. */
  readonly tracing: Readonly<Record<string, string>>;
  /** Told each part as it becomes ready. */
  readonly onReady: (name: string, where: string) => void;
}

/** The environment of every part of a stack: ours, without what would configure them all alike. */
export function childEnvironment(environment: StackDeps["environment"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || name.startsWith(CONFIG_VARIABLES) ? [] : [[name, value]],
    ),
  );
}

function portField(line: string, event: string, field: string): number | undefined {
  const fields = parseLogLine(line);
  const port = fields?.["event"] === event ? fields[field] : undefined;
  return typeof port === "number" ? port : undefined;
}

/** Starts and provisions the server. @returns how each user reaches it */
async function startNats(deps: StackDeps): Promise<(user: NatsUser) => NatsConfig> {
  const { supervisor, folder, signal } = deps;
  await prepareNats(folder, deps.random);
  const child = await supervisor.start(natsChild(deps.natsServer, folder, childEnvironment(deps.environment)));
  const port = await supervisor.waitForLine(child, natsPortIn, READY_DEADLINE_MS, signal);
  const nats = (user: NatsUser): NatsConfig => natsAccess(folder, [`nats://127.0.0.1:${port}`], user);
  await unlessAborted(provision({ ...deps, ...nats("provision"), name: "provision" }), signal);
  deps.onReady("nats-server", `127.0.0.1:${port}`);
  return nats;
}

async function startService(name: ServiceName, config: ServiceConfig, deps: StackDeps): Promise<Child> {
  const { supervisor, folder } = deps;
  const traced = name === "paper" ? {} : { tracing: deps.tracing };
  const file = await folder.writeJson(`${name}.json`, { ...config, ...traced, shutdownBudgetMs: SHUTDOWN_BUDGET_MS });
  return supervisor.start({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url)), "--config", file],
    environment: childEnvironment(deps.environment),
    logFile: folder.file(`${name}.log`),
    stopsItself: true,
  });
}

async function serviceReady(name: ServiceName, child: Child, deps: StackDeps): Promise<number> {
  const port = await deps.supervisor.waitForLine(
    child,
    (line) => portField(line, "service.ready", "http_port"),
    READY_DEADLINE_MS,
    deps.signal,
  );
  deps.onReady(name, `health and metrics on 127.0.0.1:${port}`);
  return port;
}

/**
 * Starts nats-server, provisions it, then the paper exchange, the collector, the risk engine and the hedger, each as a
 * process of its own, and waits until every one is ready. The replay does not run yet.
 * @throws HedgeLockError naming the part that failed and its last error line; exit status 3
 */
export async function startStack(deps: StackDeps): Promise<Stack> {
  const { options, prices, accounts, supervisor, signal } = deps;
  // The exchange and the bus do not know each other: both start at once.
  const paperChild = await startService("paper", paperConfig(options, prices, accounts), deps);
  const nats = await startNats(deps);
  const paperPort = await supervisor.waitForLine(
    paperChild,
    (line) => portField(line, "paper.listening", "port"),
    READY_DEADLINE_MS,
    signal,
  );
  const paper = await serviceReady("paper", paperChild, deps);
  const venue = {
    environment: "paper",
    restUrl: `http://127.0.0.1:${paperPort}`,
    wsUrl: `ws://127.0.0.1:${paperPort}`,
  } as const;
  const symbols = prices.series.map(({ symbol }) => symbol);
  const children = {
    collector: await startService("collector", collectorConfig(nats("collector"), venue, symbols, accounts), deps),
    risk: await startService("risk", riskConfig(nats("risk"), symbols), deps),
    hedger: await startService("hedger", hedgerConfig(nats("hedger"), venue, symbols, accounts), deps),
  };
  const [collector, risk, hedger] = await Promise.all([
    serviceReady("collector", children.collector, deps),
    serviceReady("risk", children.risk, deps),
    serviceReady("hedger", children.hedger, deps),
  ]);
  return { nats: nats("observer"), paperUrl: venue.restUrl, httpPorts: { paper, collector, risk, hedger } };
}
