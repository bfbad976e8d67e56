import { connectBus, provision, type Bus } from "@hedgelock/bus";
import { marketSubject } from "@hedgelock/contracts";
import { silentLogger, systemClock, systemRandom, systemTimers, type Metrics } from "@hedgelock/runtime";
import { startNatsServer } from "@hedgelock/test/support/nats-server.ts";

const PUBLISHES = 50_000;
/** As many as a service keeps in flight; the bus itself sends in a window of its own. */
const IN_FLIGHT = 4_096;
const PAYLOAD_BYTES = 128;
const PINGS = 300;

/** What the bus does on this machine: one process, one server on the loopback interface, ticks of 128 bytes into MD. */
export interface BusFigures {
  readonly publishesPerSecond: number;
  readonly consumesPerSecond: number;
  /** A checked append, one after the other, into the ledger on disk. */
  readonly appendsPerSecond: number;
  readonly pingP50Ms: number;
}

const silentMetrics: Metrics = {
  counter: () => ({ inc() {} }),
  gauge: () => ({ set() {} }),
  histogram: () => ({ observe() {} }),
};

const perSecond = (count: number, sinceUs: number): number =>
  Math.round((count * 1e6) / Math.max(1, systemClock.nowUs() - sinceUs));

async function publishes(bus: Bus, subject: string): Promise<number> {
  const payload = new Uint8Array(PAYLOAD_BYTES);
  const headers = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00" };
  const startUs = systemClock.nowUs();
  let next = 0;
  const slot = async (): Promise<void> => {
    while (next < PUBLISHES) {
      next += 1;
      await bus.publish({ subject, payload, headers, messageId: `linear:BTCUSDT:1:${next}` });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, slot));
  return perSecond(PUBLISHES, startUs);
}

async function consumes(bus: Bus, subject: string): Promise<number> {
  const done = Promise.withResolvers<void>();
  let count = 0;
  const startUs = systemClock.nowUs();
  const consumption = await bus.consume({
    stream: "MD",
    filters: [subject],
    start: { from: "all" },
    name: "bench",
    onMessage: (message) => {
      count += message.headers["traceparent"] === undefined ? 0 : 1;
      if (count === PUBLISHES) done.resolve();
    },
  });
  await done.promise;
  const rate = perSecond(PUBLISHES, startUs);
  await consumption.stop();
  return rate;
}

async function appends(bus: Bus): Promise<number> {
  const count = 1_000;
  const startUs = systemClock.nowUs();
  let expectedLastSeq = 0;
  for (let version = 1; version <= count; version += 1) {
    const message = { subject: "hedge.0.bench", payload: new Uint8Array(512), messageId: `bench:${version}:w` };
    const outcome = await bus.append({ ...message, expectedLastSeq });
    if (outcome.outcome !== "appended") throw new Error(`append ${version}: ${outcome.outcome}`);
    expectedLastSeq = outcome.seq;
  }
  return perSecond(count, startUs);
}

async function pingP50Ms(bus: Bus): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < PINGS; index += 1) times.push(await bus.ping());
  return times.toSorted((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
}

/** Measures the bus on a server of its own. */
export async function benchBus(): Promise<BusFigures> {
  const deps = {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom(),
    log: silentLogger,
    metrics: silentMetrics,
  };
  await using server = await startNatsServer();
  await provision({ ...deps, servers: server.servers, name: "provision" });
  await using writer = await connectBus({ ...deps, servers: server.servers, name: "bench-writer" });
  await using reader = await connectBus({ ...deps, servers: server.servers, name: "bench-reader" });
  const subject = marketSubject("bybit", "linear", "BTCUSDT");
  return {
    publishesPerSecond: await publishes(writer, subject),
    consumesPerSecond: await consumes(reader, subject),
    appendsPerSecond: await appends(writer),
    pingP50Ms: await pingP50Ms(writer),
  };
}
