import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, test } from "vitest";

import { dig, items } from "../testing/json.ts";
import { TRADE_KEY, get, order, post, priceFile } from "../testing/paper-server.ts";
import type { PaperAddress } from "../testing/paper-server.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const TEST_TIMEOUT_MS = 60_000;

let folder: string;
const children: ChildProcess[] = [];

interface Running extends PaperAddress {
  readonly child: ChildProcess;
  readonly restored: unknown;
}

/** Starts the exchange as a process of its own on the kept state. */
async function startProcess(changes: Readonly<Record<string, unknown>> = {}): Promise<Running> {
  const file = join(folder, "paper.json");
  const config = {
    prices: [{ symbol: "BTCUSDT", file: join(folder, "prices.csv") }],
    ticksPerSecond: 100,
    stateDir: join(folder, "state"),
    accounts: [
      {
        account: "acc-1",
        uid: "900001",
        keys: [{ ...TRADE_KEY, permission: "trade" }],
        wallet: { USDT: "200000" },
        loan: { collateral: { BTC: "1" }, debt: { USDT: "30000" } },
      },
    ],
    ...changes,
  };
  await writeFile(file, JSON.stringify(config));
  const child = spawn(process.execPath, [MAIN, "--config", file], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const fields: unknown = line.startsWith("{") ? JSON.parse(line) : undefined;
    if (dig(fields, "event") !== "paper.listening") continue;
    child.stdout.resume();
    const address = `127.0.0.1:${Number(dig(fields, "port"))}`;
    return {
      baseUrl: `http://${address}`,
      wsUrl: `ws://${address}`,
      child,
      restored: dig(fields, "restored_commands"),
    };
  }
  throw new Error("the exchange ended before it listened");
}

async function kill(running: Running): Promise<void> {
  if (running.child.signalCode !== null) return;
  const gone = once(running.child, "exit");
  running.child.kill("SIGKILL");
  await gone;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-kill-"));
  await writeFile(join(folder, "prices.csv"), priceFile([60_000, 60_100, 59_900, 60_050, 59_800, 60_000]));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** What must survive. */
async function visible(paper: PaperAddress): Promise<unknown> {
  const read = async (path: string): Promise<unknown> => (await get(paper, path, TRADE_KEY)).get();
  return {
    orders: await read("/v5/order/realtime?category=linear&symbol=BTCUSDT"),
    history: await read("/v5/order/history?category=linear&limit=50"),
    executions: await read("/v5/execution/list?category=linear&limit=100"),
    positions: await read("/v5/position/list?category=linear&symbol=BTCUSDT"),
    loan: await read("/v5/crypto-loan-common/position"),
    replay: dig((await get(paper, "/sim/status")).body, "stepsDone"),
    accounts: dig((await get(paper, "/sim/accounts")).body, "accounts", 0, "wallet"),
  };
}

test(
  "after kill -9 everything it had acknowledged is there, to the last digit, and ids stay taken",
  async () => {
    const first = await startProcess();
    await post(first, "/sim/replay", { action: "step", steps: 7 });
    await order(first, TRADE_KEY, { side: "Sell", qty: "0.3", orderLinkId: "hedge-1" });
    await order(first, TRADE_KEY, { orderType: "Limit", price: "59000", orderLinkId: "rest-1" });
    await order(first, TRADE_KEY, { orderType: "Limit", price: "58900", orderLinkId: "rest-2" });
    await post(first, "/v5/order/cancel", { category: "linear", symbol: "BTCUSDT", orderLinkId: "rest-2" }, TRADE_KEY);
    await post(first, "/sim/replay", { action: "step", steps: 5 });
    const before = await visible(first);
    await kill(first);

    const second = await startProcess();
    expect(second.restored).toBeGreaterThan(10);
    expect(await visible(second)).toEqual(before);
    expect((await order(second, TRADE_KEY, { orderLinkId: "hedge-1" })).retCode).toBe(110072);
    await post(second, "/sim/replay", { action: "step", steps: 3 });
    expect(dig((await get(second, "/sim/status")).body, "stepsDone")).toBe(15);
  },
  TEST_TIMEOUT_MS,
);

test(
  "killed in the middle of a burst of orders, none that was acknowledged is lost and none is there twice",
  async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const running = await startProcess({ autostart: true });
      const burst = Array.from({ length: 40 }, async (_unused, index) => {
        const orderLinkId = `r${round}-${index}`;
        try {
          const reply = await order(running, TRADE_KEY, { qty: "0.001", orderLinkId });
          if (reply.retCode === 0) acknowledged.push(orderLinkId);
          if (index === 20) running.child.kill("SIGKILL");
        } catch {
          // The exchange died before it answered: whether the order was taken is unknown, as in life.
        }
      });
      await Promise.all(burst);
      await kill(running);
    }
    const last = await startProcess();
    const orders = items(dig((await get(last, "/sim/orders")).body, "orders")).map((row) => dig(row, "orderLinkId"));
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((id) => !orders.includes(id))).toEqual([]);
    expect(new Set(orders).size).toBe(orders.length);
  },
  TEST_TIMEOUT_MS,
);

test(
  "POST /sim/kill ends it as a crash would; other options on the same state are refused",
  async () => {
    const first = await startProcess();
    const gone = once(first.child, "exit");
    expect((await post(first, "/sim/kill", {})).status).toBe(202);
    expect(await gone).toEqual([null, "SIGKILL"]);
    await expect(startProcess({ seed: 2 })).rejects.toThrow("ended before it listened");
    await startProcess();
  },
  TEST_TIMEOUT_MS,
);
