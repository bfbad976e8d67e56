import { HedgeLockError } from "@hedgelock/runtime";
import type { Timers } from "@hedgelock/runtime";

import { EXIT } from "../cli/exit-status.ts";
import type { Child } from "../process/child.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { fetchWithin } from "./fetch-within.ts";
import { freePorts } from "./free-ports.ts";
import { jaegerConfig } from "./jaeger-config.ts";

const READY_DEADLINE_MS = 30_000;
const POLL_MS = 100;
const ANSWER_MS = 2000;
const OK = 200;

/** A running local Jaeger. */
export interface Jaeger {
  /** Base URL of the user interface and the API. */
  readonly url: string;
  /** Base URL for OTLP/HTTP. */
  readonly otlpUrl: string;
}

export interface JaegerDeps {
  readonly program: string;
  readonly supervisor: Pick<Supervisor, "start">;
  readonly folder: { file(name: string): string; writeJson(name: string, value: unknown): Promise<string> };
  readonly environment: Readonly<Record<string, string>>;
  readonly timers: Timers;
  readonly signal: AbortSignal;
}

async function isHealthy(url: string, timers: Timers): Promise<boolean> {
  try {
    return (await fetchWithin(url, timers, ANSWER_MS)).status === OK;
  } catch {
    // Not listening yet: that is the answer.
    return false;
  }
}

async function waitHealthy(url: string, child: Child, deps: JaegerDeps): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_DEADLINE_MS; waitedMs += POLL_MS) {
    if (await isHealthy(url, deps.timers)) return;
    if (child.exit !== undefined) break;
    await deps.timers.sleep(POLL_MS, deps.signal);
  }
  throw new HedgeLockError(
    "SERVICE_NOT_READY",
    `jaeger (${deps.program}) was not ready within ${READY_DEADLINE_MS / 1000} s: it has to be Jaeger v2\n  its log: ${child.spec.logFile}`,
    { exitStatus: EXIT.SERVICE_FAILED },
  );
}

/** Starts Jaeger v2 on free ports, with traces in memory; the supervisor ends it with the rest. @throws HedgeLockError */
export async function startJaeger(deps: JaegerDeps): Promise<Jaeger> {
  const [otlpHttp = 0, otlpGrpc = 0, queryHttp = 0, queryGrpc = 0, health = 0] = await freePorts(5);
  const config = jaegerConfig({ otlpHttp, otlpGrpc, queryHttp, queryGrpc, health });
  const file = await deps.folder.writeJson("jaeger.json", config);
  const child = await deps.supervisor.start({
    name: "jaeger",
    command: deps.program,
    args: ["--config", file],
    environment: deps.environment,
    logFile: deps.folder.file("jaeger.log"),
    stopsItself: false,
  });
  await waitHealthy(`http://127.0.0.1:${health}/status`, child, deps);
  return { url: `http://127.0.0.1:${queryHttp}`, otlpUrl: `http://127.0.0.1:${otlpHttp}` };
}
