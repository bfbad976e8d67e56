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
const DEFAULT_BUDGET_MS = 10_000;

function configFile(service: string): string | undefined {
  try {
    const { values } = parseArgs({ options: { config: { type: "string" } }, strict: true });
    return values.config ?? process.env["HEDGELOCK_CONFIG"];
  } catch (error) {
    throw new HedgeLockError("USAGE", `usage: ${service} --config FILE.json (${errorText(error)})`, { exitStatus: 2 });
  }
}

/** One process running one service: what it has started, and how it ends. */
class ServiceProcess {
  readonly name: string;
  readonly stopping = new AbortController();
  log: Logger;
  budgetMs = DEFAULT_BUDGET_MS;
  health: HealthServer | undefined;
  running: RunningService | undefined;
  #exiting = false;

  constructor(name: string) {
    this.name = name;
    this.log = pinoLogger({ service: name, writer: name, level: "info" });
  }

  /** There is one exit, whoever asks for it first. */
  exit(status: number): void {
    if (this.#exiting) return;
    this.#exiting = true;
    process.exit(status);
  }

  fail(event: string, error: unknown): void {
    const code = error instanceof HedgeLockError ? error.code : "UNEXPECTED";
    const stack = error instanceof HedgeLockError || !(error instanceof Error) ? undefined : error.stack;
    this.log.error(event, { code, stack }, error instanceof Error ? error.message : String(error));
    this.exit(error instanceof HedgeLockError ? error.exitStatus : 1);
  }

  /** Ends in order within the budget; asked a second time, at once. */
  stop(cause: string): void {
    const { log, budgetMs } = this;
    if (this.stopping.signal.aborted) {
      log.warn("service.stop_forced", { cause }, "asked to stop again: ending at once");
      this.exit(1);
      return;
    }
    log.info("service.stopping", { cause, budget_ms: budgetMs });
    this.stopping.abort(new Error(`stopping: ${cause}`));
    this.health?.setPhase("draining");
    systemTimers.after(budgetMs, () => {
      log.error(
        "service.stop_timeout",
        { budget_ms: budgetMs },
        "shutdown budget used up: work may be left to the successor",
      );
      this.exit(1);
    });
    this.#drain().then(
      () => {
        log.info("service.stopped", { cause });
        this.exit(0);
      },
      (error: unknown) => this.fail("service.fatal", error),
    );
  }

  async #drain(): Promise<void> {
    await this.running?.stop(Math.max(0, this.budgetMs - EXIT_MARGIN_MS));
    await this.health?.[Symbol.asyncDispose]();
  }
}

async function startService<Config>(self: ServiceProcess, definition: ServiceDefinition<Config>): Promise<void> {
  const { name } = self;
  const random = systemRandom();
  const file = configFile(name);
  const config = await loadConfig({ service: name, schema: definition.config, file, environment: process.env });
  const writer = config.common.instance ?? `${name}-${random.hex(4)}`;
  self.log = pinoLogger({ service: name, writer, level: config.common.log.level });
  self.budgetMs = config.common.shutdownBudgetMs;
  watchParent(process.env["HEDGELOCK_PARENT_PIPE"], () => self.stop("the parent process is gone"));
  const metrics = prometheusMetrics(name);
  const health = await startHealthServer({ ...config.common.http, metrics });
  self.health = health;
  self.log.info("service.starting", {
    pid: process.pid,
    node: process.version,
    http_port: health.port,
    config_file: file,
  });
  const started = await definition.start({
    config: config.own,
    clock: systemClock,
    timers: systemTimers,
    random,
    log: self.log,
    metrics,
    writer,
    signal: self.stopping.signal,
    addReadiness: (check, test) => health.addReadiness(check, test),
    fatal: (error) => self.fail("service.fatal", error),
  });
  self.running = started;
  if (self.stopping.signal.aborted) {
    await started.stop(0);
    self.exit(0);
    return;
  }
  health.setPhase("running");
  self.log.info("service.ready", { http_port: health.port });
}

/**
 * Starts a service as a process: configuration, log, metrics, health server, the service itself; and ends it in order on
 * SIGTERM or SIGINT within `shutdownBudgetMs`. Exit status: 0 clean stop, 1 fatal, 2 bad configuration.
 * An unhandled rejection or exception ends the process with a final log line: state that nobody watches is worse than a restart.
 */
export async function runService<Config>(definition: ServiceDefinition<Config>): Promise<void> {
  const self = new ServiceProcess(definition.name);
  process.on("unhandledRejection", (error) => self.fail("service.fatal", error));
  process.on("uncaughtException", (error) => self.fail("service.fatal", error));
  process.on("SIGTERM", () => self.stop("SIGTERM"));
  process.on("SIGINT", () => self.stop("SIGINT"));
  try {
    await startService(self, definition);
  } catch (error) {
    if (self.stopping.signal.aborted) self.exit(0);
    else self.fail("service.start_failed", error);
  }
}
