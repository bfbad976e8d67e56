import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { WebSocket } from "ws";

import type { Exchange } from "../../services/paper/src/domain/exchange.ts";
import { Journal } from "../../services/paper/src/persist/journal.ts";
import { keptExchange } from "../../services/paper/src/persist/kept-exchange.ts";
import { T0, accountOf, orderRequest, testExchange } from "../../services/paper/src/testing/exchange.ts";
import { startService } from "./service-process.ts";
import type { Figure } from "./table.ts";

const ORDERS = 20_000;
const WARM_UP_ORDERS = 4000;
const ACCOUNTS = 50;
const ORDERS_PER_STEP = 50;
const SUBSCRIBERS = 4;
/** Nearly each changes a ticker and a book: more than 2,000 frames a second for every subscriber. */
const STEPS_PER_SECOND = 1200;
const TOPICS = ["tickers.BTCUSDT", "orderbook.50.BTCUSDT"];
const SECONDS = 8;
/** Clock ticks a second of /proc (Linux). */
const JIFFIES = 100;

function bareExchange(): Exchange {
  return testExchange({
    accounts: Array.from({ length: ACCOUNTS }, (_unused, index) => ({
      name: `acc-${index}`,
      uid: String(900_001 + index),
      wallet: { USDT: "10000000" },
    })),
  });
}

/** A market order, its opposite, a limit that rests, and its cancellation; the price moves now and then. */
function trade(exchange: Exchange, from: number, to: number): void {
  for (let number = from; number < to; number += 1) {
    const timeMs = T0 + number;
    const account = accountOf(exchange, String(900_001 + (number % ACCOUNTS)));
    const orderLinkId = `b-${number}`;
    if (number % ORDERS_PER_STEP === 0) exchange.step([60_000 + (number % 700) / 10], { timeMs, replayTimeMs: timeMs });
    if (number % 4 < 3) {
      const side = number % 4 === 0 ? "Buy" : "Sell";
      const { result } = exchange.createOrder(account, orderRequest({ side, qty: "0.01", orderLinkId }), timeMs);
      if (!result.ok) throw new Error(`order ${number} was refused: ${result.refusal.message}`);
      continue;
    }
    const rests = orderRequest({ price: "59700", qty: "0.01", orderLinkId });
    const { result } = exchange.createOrder(account, rests, timeMs);
    if (!result.ok) throw new Error(`order ${number} was refused: ${result.refusal.message}`);
    exchange.cancelOrder(account, { symbol: "BTCUSDT", orderId: result.value.orderId, orderLinkId: undefined }, timeMs);
  }
}

function orderRate(exchange: Exchange): number {
  trade(exchange, 0, WARM_UP_ORDERS);
  const startNs = process.hrtime.bigint();
  trade(exchange, WARM_UP_ORDERS, WARM_UP_ORDERS + ORDERS);
  return ORDERS / (Number(process.hrtime.bigint() - startNs) / 1e9);
}

async function benchOrders(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "hedgelock-bench-"));
  const journal = new Journal(folder);
  try {
    const shared = { goal: ">= 5,000/s", unit: "orders/s" };
    return [
      {
        ...shared,
        name: `paper exchange, orders matched in the core, ${ACCOUNTS} accounts, a quarter cancelled again`,
        values: { rate: orderRate(bareExchange()), n: ORDERS },
      },
      {
        ...shared,
        name: "the same, every command kept in SQLite before it is done",
        values: { rate: orderRate(keptExchange(bareExchange(), journal)), n: ORDERS },
      },
    ];
  } finally {
    journal.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("there is no free port");
  return address.port;
}

/** Seconds of processor a process has used; NaN where there is no /proc. */
async function cpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / JIFFIES;
}

/** Minutes that move all the time, so that every step changes ticker and book. */
function restlessPrices(): string {
  const rows = Array.from({ length: 60 }, (_unused, minute) => {
    const [low, high] = [60_000, 60_600];
    const [open, close] = minute % 2 === 0 ? [low, high] : [high, low];
    return `${1_760_000_040_000 + minute * 60_000},${open},${high},${low},${close},10`;
  });
  return ["open_time_ms,open,high,low,close,volume", ...rows, ""].join("\n");
}

interface Subscriber {
  readonly socket: WebSocket;
  frames: number;
}

async function subscribe(port: number): Promise<Subscriber> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v5/public/linear`);
  const subscriber = { socket, frames: 0 };
  socket.on("message", () => (subscriber.frames += 1));
  await once(socket, "open");
  socket.send(JSON.stringify({ op: "subscribe", args: TOPICS }));
  return subscriber;
}

async function benchFeed(): Promise<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "hedgelock-bench-"));
  const port = await freePort();
  const file = join(folder, "prices.csv");
  await writeFile(file, restlessPrices());
  try {
    await using service = await startService("paper", {
      prices: [{ symbol: "BTCUSDT", file }],
      ticksPerSecond: STEPS_PER_SECOND,
      listen: { host: "127.0.0.1", port },
    });
    const subscribers = await Promise.all(Array.from({ length: SUBSCRIBERS }, async () => subscribe(port)));
    await fetch(`http://127.0.0.1:${port}/sim/replay`, { method: "POST", body: '{"action":"start"}' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const pid = service.child.pid ?? 0;
    const cpuBefore = await cpuSeconds(pid);
    const before = subscribers.map((one) => one.frames);
    const startNs = process.hrtime.bigint();
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
    const seconds = Number(process.hrtime.bigint() - startNs) / 1e9;
    const rates = subscribers.map((one, index) => (one.frames - (before[index] ?? 0)) / seconds);
    const core = ((await cpuSeconds(pid)) - cpuBefore) / seconds;
    for (const { socket } of subscribers) socket.terminate();
    return {
      name: `paper exchange, ticker and 50-level book frames to each of ${SUBSCRIBERS} subscribers, slowest of them`,
      goal: ">= 2,000/s on one core",
      unit: "frames/s",
      values: { rate: Math.min(...rates), cores: core },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Speed of the paper exchange: its core by itself, and its feeds as a process over real sockets. */
export async function benchPaper(): Promise<readonly Figure[]> {
  return [...(await benchOrders()), await benchFeed()];
}
