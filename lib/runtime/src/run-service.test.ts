import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { afterEach, describe, expect, it } from "vitest";

const FIXTURE = fileURLToPath(new URL("testing/fixture-service.ts", import.meta.url));

interface LogLine {
  readonly event: string;
  readonly http_port?: number;
  readonly code?: string;
  readonly msg?: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly lines: LogLine[];
  readonly ended: Promise<number | null>;
  seen(event: string): Promise<LogLine>;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(environment: Record<string, string>, args: readonly string[] = []): Started {
  const child = spawn(process.execPath, [FIXTURE, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  children.push(child);
  const lines: LogLine[] = [];
  const waiting: { event: string; resolve: (line: LogLine) => void }[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => {
    // The fixture writes only its own structured log to standard output.
    const line: LogLine = JSON.parse(text);
    lines.push(line);
    for (const waiter of waiting.filter((one) => one.event === line.event)) waiter.resolve(line);
  });
  const ended = once(child, "close").then(() => child.exitCode);
  return {
    child,
    lines,
    ended,
    seen: (event) => {
      const known = lines.find((line) => line.event === event);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        waiting.push({ event, resolve });
        void ended.then(() => reject(new Error(`ended without ${event}: ${JSON.stringify(lines)}`)));
      });
    },
  };
}

async function status(line: LogLine, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${line.http_port}${path}`);
  return { status: response.status, body: await response.text() };
}

describe("runService", () => {
  it("serves probes and metrics, and stops in order with status 0 on SIGTERM", async () => {
    const service = start({});
    const ready = await service.seen("service.ready");
    expect(await status(ready, "/livez")).toEqual({ status: 200, body: "ok\n" });
    expect(await status(ready, "/readyz")).toEqual({ status: 200, body: "ok\n" });
    expect((await status(ready, "/startupz")).status).toBe(200);
    expect((await status(ready, "/metrics")).body).toContain('process_cpu_seconds_total{service="fixture"}');
    expect((await status(ready, "/nothing")).status).toBe(404);
    service.child.kill("SIGTERM");
    expect(await service.ended).toBe(0);
    const events = service.lines.map((line) => line.event);
    expect(events.slice(-3)).toEqual(["service.stopping", "fixture.stop", "service.stopped"]);
  });

  it("is alive but not ready while a condition is missing, and names it", async () => {
    const service = start({ HEDGELOCK_CONFIG__BEHAVIOUR: "not_ready" });
    const ready = await service.seen("service.ready");
    expect(await status(ready, "/readyz")).toEqual({ status: 503, body: "venue: clock not synchronised\n" });
    expect((await status(ready, "/livez")).status).toBe(200);
  });

  it("ends with status 1 and a final log line on an unhandled rejection", async () => {
    const service = start({ HEDGELOCK_CONFIG__BEHAVIOUR: "reject_later" });
    expect(await service.ended).toBe(1);
    expect(service.lines.at(-1)).toMatchObject({ event: "service.fatal", msg: "nobody handles this" });
  });

  it("ends with status 1 when it cannot start and 2 on bad configuration or usage", async () => {
    const failing = start({ HEDGELOCK_CONFIG__BEHAVIOUR: "fail_start" });
    expect(await failing.ended).toBe(1);
    expect(failing.lines.at(-1)).toMatchObject({ event: "service.start_failed", msg: "the venue is closed" });
    const typo = start({ HEDGELOCK_CONFIG__BEHAVIUOR: "normal" });
    expect(await typo.ended).toBe(2);
    expect(typo.lines.at(-1)).toMatchObject({ code: "CONFIG_INVALID" });
    const usage = start({}, ["--confg", "x"]);
    expect(await usage.ended).toBe(2);
    expect(usage.lines.at(-1)).toMatchObject({ code: "USAGE" });
  });

  it("gives up after the shutdown budget with status 1", async () => {
    const service = start({ HEDGELOCK_CONFIG__BEHAVIOUR: "stop_slowly", HEDGELOCK_CONFIG__SHUTDOWN_BUDGET_MS: "300" });
    await service.seen("service.ready");
    service.child.kill("SIGTERM");
    expect(await service.ended).toBe(1);
    expect(service.lines.at(-1)).toMatchObject({ event: "service.stop_timeout" });
  });

  it("stops when its parent is gone, if it was told to watch", async () => {
    const service = start({ HEDGELOCK_PARENT_PIPE: "stdin" });
    await service.seen("service.ready");
    service.child.stdin?.end();
    expect(await service.ended).toBe(0);
  });
});
