import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort } from "./free-port.ts";
import { isStopped } from "./process-state.ts";
import { spawnNats, type NatsProcess } from "./nats-process.ts";
import { until } from "./until.ts";

export interface NatsServerOptions {
  /** More lines of nats-server configuration, for example an `authorization { … }` block. */
  readonly config?: string;
  /** False starts the server without JetStream. */
  readonly jetStream?: boolean;
  /** Bounds of its storage, in nats-server's notation; plenty when left out. */
  readonly maxMemory?: string;
  readonly maxFile?: string;
  /** More lines inside the `jetstream { … }` block. */
  readonly jetStreamConfig?: string;
}

/** A real nats-server on a free port of the loopback interface, with JetStream in a directory of its own. */
export interface NatsServer extends AsyncDisposable {
  /** `nats://127.0.0.1:<port>`; stays the same over restarts. */
  readonly url: string;
  readonly servers: readonly string[];
  readonly pid: number;
  /** @throws Error with what it wrote, when the process has ended */
  assertRunning(): void;
  /** SIGSTOP: the server hangs, its sockets stay open. Resolves when every thread of it stands still. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** Replaces `config` of the options while it runs; resolves when the server has taken it over. */
  reconfigure(config: string): Promise<void>;
  /** SIGKILL; resolves when the process has ended. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when the process has ended. */
  terminate(): Promise<void>;
  /** Starts it again, after an end of any kind, on the same port and store; resolves when it is healthy. */
  restart(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

interface Layout {
  readonly directory: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly name: string;
  readonly clusterLines: string;
}

const HEALTHY_WITHIN_MS = 30_000;
const START_ATTEMPTS = 4;

function jetStreamBlock(layout: Layout, options: NatsServerOptions): string {
  if (options.jetStream === false) return "";
  return [
    "jetstream {",
    `  store_dir: "${join(layout.directory, "store")}"`,
    `  max_mem: ${options.maxMemory ?? "1GB"}`,
    `  max_file: ${options.maxFile ?? "16GB"}`,
    options.jetStreamConfig ?? "",
    "}",
  ].join("\n");
}

function configuration(layout: Layout, options: NatsServerOptions): string {
  return [
    `server_name: "${layout.name}"`,
    `listen: "127.0.0.1:${layout.port}"`,
    `http: "127.0.0.1:${layout.monitorPort}"`,
    jetStreamBlock(layout, options),
    layout.clusterLines,
    options.config ?? "",
  ].join("\n");
}

async function isHealthy(monitorPort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${monitorPort}/healthz`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Not listening yet: that is the answer.
    return false;
  }
}

/** When the server last read its configuration, in its own words. */
async function configLoadTime(monitorPort: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${monitorPort}/varz`);
  return /"config_load_time": *"([^"]+)"/.exec(await answer.text())?.[1] ?? "";
}

/** Starts a process of the layout and waits until it is healthy, unless `wait` is false. */
async function launch(configFile: string, monitorPort: number, wait: boolean): Promise<NatsProcess> {
  const child = spawnNats(configFile);
  if (!wait) return child;
  try {
    await until(
      "nats-server is healthy",
      async () => {
        if (child.ended) throw new Error(`nats-server ended while starting:\n${child.output()}`);
        return isHealthy(monitorPort);
      },
      HEALTHY_WITHIN_MS,
    );
  } catch (error) {
    child.signal("SIGKILL");
    await child.exit;
    throw error;
  }
  return child;
}

async function serverOf(layout: Layout, options: NatsServerOptions, wait: boolean): Promise<NatsServer> {
  const configFile = join(layout.directory, "nats.conf");
  await writeFile(configFile, configuration(layout, options));
  let child = await launch(configFile, layout.monitorPort, wait);
  const url = `nats://127.0.0.1:${layout.port}`;
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    child.signal("SIGCONT");
    child.signal(signal);
    await child.exit;
  };
  const stop = async (): Promise<void> => {
    await end("SIGKILL");
    await rm(layout.directory, { recursive: true, force: true });
  };
  return {
    url,
    servers: [url],
    get pid() {
      return child.pid;
    },
    assertRunning() {
      if (child.ended) throw new Error(`nats-server ended:\n${child.output()}`);
    },
    async pause() {
      child.signal("SIGSTOP");
      await until("nats-server stands still", () => isStopped(child.pid));
    },
    resume() {
      child.signal("SIGCONT");
    },
    async reconfigure(config) {
      await writeFile(configFile, configuration(layout, { ...options, config }));
      const before = await configLoadTime(layout.monitorPort);
      child.signal("SIGHUP");
      await until(
        "nats-server has taken over its new configuration",
        async () => (await configLoadTime(layout.monitorPort)) !== before,
      );
    },
    kill: () => end("SIGKILL"),
    terminate: () => end("SIGTERM"),
    async restart() {
      await end("SIGKILL");
      child = await launch(configFile, layout.monitorPort, true);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Runs a start again, on other ports, when somebody took a port between our look and the server's. */
async function withFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === START_ATTEMPTS || !String(error).includes("address already in use")) throw error;
    }
  }
}

/** Starts one server. */
export function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  return withFreePorts(async () => {
    const directory = await mkdtemp(join(tmpdir(), "hedgelock-nats-"));
    try {
      const [port, monitorPort] = await Promise.all([freePort(), freePort()]);
      return await serverOf({ directory, port, monitorPort, name: "n1", clusterLines: "" }, options, true);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Several servers that form one cluster. */
export interface NatsCluster extends AsyncDisposable {
  readonly nodes: readonly NatsServer[];
  /** Addresses of all nodes. */
  readonly servers: readonly string[];
  stop(): Promise<void>;
}

async function clusterLayouts(size: number): Promise<readonly Layout[]> {
  const indexes = Array.from({ length: size }, (_, index) => index + 1);
  const ports = await Promise.all(indexes.map(() => Promise.all([freePort(), freePort(), freePort()])));
  const routes = ports.map(([, , route]) => `nats://127.0.0.1:${route}`).join(", ");
  return Promise.all(
    ports.map(async ([port, monitorPort, route], index) => ({
      directory: await mkdtemp(join(tmpdir(), "hedgelock-nats-")),
      port,
      monitorPort,
      name: `n${index + 1}`,
      clusterLines: `cluster {\n  name: "hedgelock-test"\n  listen: "127.0.0.1:${route}"\n  routes: [${routes}]\n}`,
    })),
  );
}

/**
 * Starts a cluster whose nodes write every acknowledged message through to disk (`sync_interval: always`); resolves when
 * every node is healthy, which includes a chosen JetStream leader.
 */
export function startNatsCluster(size: number, options: NatsServerOptions = {}): Promise<NatsCluster> {
  const synced = { ...options, jetStreamConfig: `  sync_interval: always\n${options.jetStreamConfig ?? ""}` };
  return withFreePorts(async () => {
    const layouts = await clusterLayouts(size);
    const nodes = await Promise.all(layouts.map((layout) => serverOf(layout, synced, false)));
    const stop = async (): Promise<void> => {
      await Promise.all(nodes.map((node) => node.stop()));
    };
    const isReady = async (): Promise<boolean> => {
      for (const node of nodes) node.assertRunning();
      const healthy = await Promise.all(layouts.map(({ monitorPort }) => isHealthy(monitorPort)));
      return healthy.every(Boolean);
    };
    try {
      await until("every node of the cluster is healthy", isReady, HEALTHY_WITHIN_MS);
    } catch (error) {
      await stop();
      throw error;
    }
    return { nodes, servers: nodes.map((node) => node.url), stop, [Symbol.asyncDispose]: stop };
  });
}
