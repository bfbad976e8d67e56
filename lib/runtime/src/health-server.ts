import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { HedgeLockError, errorText } from "./errors.ts";
import type { ScrapedMetrics } from "./prometheus.ts";
import type { ReadinessCheck } from "./service.ts";

/** Where a process is in its life. */
export type Phase = "starting" | "running" | "draining";

/** The operator's view of a process: /livez /readyz /startupz /metrics. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number;
  setPhase(phase: Phase): void;
  addReadiness(name: string, check: ReadinessCheck): void;
}

function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
  response.end(body);
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((error: unknown) => {
    throw new HedgeLockError(
      "HTTP_LISTEN_FAILED",
      `cannot listen on ${host}:${port} for health and metrics: ${errorText(error)}. Choose another port with http.port (0 takes a free one).`,
      { cause: error, exitStatus: 2 },
    );
  });
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

/**
 * Starts the health server. Liveness only says that the event loop turns: it never depends on the bus or the venue,
 * because restarting this process would not mend those. Readiness lists what is missing. Start-up is done once running.
 */
export async function startHealthServer(options: {
  readonly host: string;
  readonly port: number;
  readonly metrics: ScrapedMetrics;
}): Promise<HealthServer> {
  const checks = new Map<string, ReadinessCheck>();
  let phase: Phase = "starting";
  const missing = (): string[] => {
    if (phase !== "running") return [`process: ${phase}`];
    return [...checks].flatMap(([name, check]) => {
      const reason = check();
      return reason === undefined ? [] : [`${name}: ${reason}`];
    });
  };
  const server = createServer((request, response) => {
    const path = request.url?.split("?", 1)[0];
    if (request.method !== "GET" && request.method !== "HEAD") {
      answer(response, 405, "text/plain", "only GET\n");
    } else if (path === "/livez") {
      answer(response, 200, "text/plain", "ok\n");
    } else if (path === "/startupz") {
      answer(response, phase === "starting" ? 503 : 200, "text/plain", `${phase}\n`);
    } else if (path === "/readyz") {
      const reasons = missing();
      answer(
        response,
        reasons.length === 0 ? 200 : 503,
        "text/plain",
        reasons.length === 0 ? "ok\n" : `${reasons.join("\n")}\n`,
      );
    } else if (path === "/metrics") {
      options.metrics.scrape(request.headers.accept).then(
        ({ contentType, body }) => answer(response, 200, contentType, body),
        (error: unknown) => answer(response, 500, "text/plain", `${errorText(error)}\n`),
      );
    } else {
      answer(response, 404, "text/plain", "try /livez /readyz /startupz /metrics\n");
    }
  });
  const port = await listen(server, options.host, options.port);
  return {
    port,
    setPhase(next) {
      phase = next;
    },
    addReadiness(name, check) {
      checks.set(name, check);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
