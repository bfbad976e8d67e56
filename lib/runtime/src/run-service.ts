import { parseArgs } from "node:util";

import { loadConfig } from "./config.ts";
import { HedgeLockError, errorText } from "./errors.ts";
import { startHealthServer } from "./health-server.ts";
import type { HealthServer } from "./health-server.ts";
import type { Logger } from "./logger.ts";
import { watchParent } from "./parent.ts";
import { pinoLogger } from "./pino-logger.ts";
import { prometheusMetrics } from "./prometheus.ts";
import type { RunningService, ServiceDefinition } from "./service.ts";
import { systemClock, systemRandom, systemTimers } from "./system.ts";

/** Kept back from the shutdown budget for the final log line and the exit itself. */
const EXIT_MARGIN_MS = 250;

function configFile(service: string): string | undefined {
  try {
    const { values } = parseArgs({ options: { config: { type: "string" } }, strict: true });
    return values.config ?? process.env["HEDGELOCK_CONFIG"];
  } catch (error) {
    throw new HedgeLockError("USAGE", `usage: ${service} --config FILE.json (${errorText(error)})`, { exitStatus: 2 });
  }
}

/** The process as the runtime sees it: one exit, whoever asks for it. */
interface Process {
  readonly log: Logger;
  readonly exit: (status: number) => void;
}

function failWith(target: Process, event: string, error: unknown): void {
  const code = error instanceof HedgeLockError ? error.code : "UNEXPECTED";
  const stack = error instanceof HedgeLockError || !(error instanceof Error) ? undefined : error.stack;
  target.log.error(event, { code, stack }, error instanceof Error ? error.message : String(error));
  target.exit(error instanceof HedgeLockError ? error.exitStatus : 1);
}

async function drain(
  running: RunningService | undefined,
  health: HealthServer | undefined,
  budgetMs: number,
): Promise<void> {
  if (running !== undefined) await running.stop(Math.max(0, budgetMs - EXIT_MARGIN_MS));
  await health?.[Symbol.asyncDispose]();
}

/**
 * Starts a service as a process: configuration, log, metrics, health server, the service itself; and ends it in order on
 * SIGTERM or SIGINT within `shutdownBudgetMs`. Exit status: 0 clean stop, 1 fatal, 2 bad configuration.
 * An unhandled rejection or exception ends the process with a final log line: state that nobody watches is worse than a restart.
 */
export async function runService<Config>(definition: ServiceDefinition<Config>): Promise<void> {
  const { name } = definition;
  const random = systemRandom();
  let log = pinoLogger({ service: name, writer: name, level: "info" });
  let exiting = false;
  const exit = (status: number): void => {
    if (exiting) return;
    exiting = true;
    process.exit(status);
  };
  const fatal = (error: unknown): void => failWith({ log, exit }, "service.fatal", error);
  process.on("unhandledRejection", fatal);
  process.on("uncaughtException", fatal);

  const stopping = new AbortController();
  let health: HealthServer | undefined;
  let running: RunningService | undefined;
  let budgetMs = 10_000;
  const stop = (cause: string): void => {
    if (stopping.signal.aborted) {
      log.warn("service.stop_forced", { cause }, "asked to stop again: ending at once");
      exit(1);
      return;
    }
    log.info("service.stopping", { cause, budget_ms: budgetMs });
    stopping.abort(new Error(`stopping: ${cause}`));
    health?.setPhase("draining");
    systemTimers.after(budgetMs, () => {
      log.error("service.stop_timeout", { budget_ms: budgetMs }, "shutdown budget used up: work may be left to the successor");
      exit(1);
    });
    drain(running, health, budgetMs).then(() => {
      log.info("service.stopped", { cause });
      exit(0);
    }, fatal);
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));

  try {
    const file = configFile(name);
    const config = await loadConfig({ service: name, schema: definition.config, file, environment: process.env });
    const writer = config.common.instance ?? `${name}-${random.hex(4)}`;
    log = pinoLogger({ service: name, writer, level: config.common.log.level });
    budgetMs = config.common.shutdownBudgetMs;
    watchParent(process.env["HEDGELOCK_PARENT_PIPE"], () => stop("the parent process is gone"));
    const metrics = prometheusMetrics(name);
    health = await startHealthServer({ ...config.common.http, metrics });
    const server = health;
    log.info("service.starting", { pid: process.pid, node: process.version, http_port: health.port, config_file: file });
    const started = await definition.start({
      config: config.own,
      clock: systemClock,
      timers: systemTimers,
      random,
      log,
      metrics,
      writer,
      signal: stopping.signal,
      addReadiness: (check, test) => server.addReadiness(check, test),
      fatal,
    });
    running = started;
    if (stopping.signal.aborted) {
      await started.stop(0);
      exit(0);
      return;
    }
    health.setPhase("running");
    log.info("service.ready", { http_port: health.port });
  } catch (error) {
    if (stopping.signal.aborted) exit(0);
    else failWith({ log, exit }, "service.start_failed", error);
  }
}
