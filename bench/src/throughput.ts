import { connectBus, provision } from "@hedgelock/bus";
import { PartitionHeartbeat } from "@hedgelock/contracts";
import { prometheusMetrics, silentLogger, systemClock, systemRandom, systemTimers } from "@hedgelock/runtime";
import { startNatsServer } from "@hedgelock/test/support/nats-server.ts";

import { startFrameServer } from "./frame-server.ts";
import { startService } from "./service-process.ts";
import type { Figure } from "./table.ts";

const WARM_UP_FRAMES = 10_000;
/** Rates tried, ticks a second; the highest that lost nothing is the figure. */
const RATES = [5_000, 10_000, 15_000, 20_000, 25_000, 30_000];
const SECONDS = 5;
/** At rest when no more than the heartbeats of an idle instrument arrive within this time. */
const QUIET_MS = 2_000;
const IDLE_TICKS = 5;

/** Sequence in MD up to which ticks were evaluated, once that has come to rest. */
async function evaluatedTicks(counts: ReadonlyMap<number, number>): Promise<number> {
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    const now = Math.max(0, ...counts.values());
    if (now - last <= IDLE_TICKS) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}

/**
 * Frames on a socket -> collector -> MD with deduplication -> risk engine, each a process: the highest rate, of those tried, at
 * which every tick arrives evaluated. Above it the collector conflates ticks to the newest, by design.
 */
export async function benchThroughput(): Promise<Figure> {
  await using nats = await startNatsServer();
  const deps = {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom(),
    log: silentLogger,
    metrics: prometheusMetrics("bench"),
  };
  const address = { servers: nats.servers, name: "bench" };
  await provision({ ...address, ...deps });
  await using bus = await connectBus({ ...address, ...deps });
  await using venue = await startFrameServer();
  const counts = new Map<number, number>();
  bus.listen("hb.risk.*", (_subject, payload) => {
    const beat = PartitionHeartbeat.decode(payload);
    counts.set(beat.partition, beat.evaluatedSeq);
  });
  const natsConfig = { servers: [...nats.servers] };
  await using _risk = await startService("risk", {
    nats: natsConfig,
    instruments: [
      {
        base: "BTC",
        hedge: { category: "linear", symbol: "BTCUSDT" },
        price: { category: "linear", symbol: "BTCUSDT" },
      },
    ],
    policy: { version: "bench", minHedgeBaseQty: { BTC: "0.001" } },
    heartbeatMs: 100,
  });
  await using _collector = await startService("collector", {
    nats: natsConfig,
    venue: { environment: "paper", restUrl: `http://127.0.0.1:${venue.port}`, wsUrl: `ws://127.0.0.1:${venue.port}` },
    instruments: [{ category: "linear", symbol: "BTCUSDT" }],
    accounts: [],
  });
  await venue.send(WARM_UP_FRAMES, 5_000);
  let best = { rate: 0, n: 0 };
  for (const rate of RATES) {
    const before = await evaluatedTicks(counts);
    await venue.send(rate * SECONDS, rate);
    const n = (await evaluatedTicks(counts)) - before;
    console.error(`bench: ${rate}/s: ${Math.max(0, rate * SECONDS - n)} of ${rate * SECONDS} conflated`);
    if (n < rate * SECONDS) break;
    best = { rate, n };
  }
  return {
    name: "ticks through both hops: socket, collector, MD, risk engine; highest of the rates tried with none lost",
    goal: ">= 20,000/s, none lost",
    unit: "ticks/s",
    values: { rate: best.rate, n: best.n },
  };
}
