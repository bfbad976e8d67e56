import type { Execution, LoanSnapshot, OrderUpdate, Position, WalletSnapshot } from "@hedgelock/contracts";
import { manualTime, seededRandom } from "@hedgelock/runtime";
import type { ManualTime } from "@hedgelock/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Feed, FeedState } from "../port.ts";
import { FakeVenue, politeReply } from "../testing/fake-venue.ts";
import type { FakeAnswer, FakeConnection } from "../testing/fake-venue.ts";
import { executionRow, loanResult, orderRow, positionRow, tiersResult, walletRow } from "../testing/sample-rows.ts";
import { bybitAccountFeed } from "./account-feed.ts";
import { signerFor } from "./sign.ts";

const credentials = { apiKey: "simKey01", apiSecret: "simSecret01" };
const LOAN = "/v5/crypto-loan-common/position";
const WALLET = "/v5/account/wallet-balance";
const POSITIONS = "/v5/position/list";

let venue: FakeVenue;
let time: ManualTime;
let feed: Feed | undefined;
let states: [FeedState, string][];
let events: string[];
let orders: OrderUpdate[];
let executions: Execution[];
let positions: { rows: readonly Position[]; timeMs: number }[];
let wallets: { wallet: WalletSnapshot; timeMs: number }[];
let loans: LoanSnapshot[];
let bad: string[];

const list = (...rows: readonly unknown[]): FakeAnswer => ({ result: { list: rows, nextPageCursor: "" } });

beforeEach(async () => {
  venue = await FakeVenue.start();
  time = manualTime(venue.timeMs);
  [states, events, orders, executions, positions, wallets, loans, bad] = [[], [], [], [], [], [], [], []];
  for (const path of [POSITIONS, "/v5/order/realtime", "/v5/order/history", "/v5/execution/list"])
    venue.on(path, () => list());
  venue.on(WALLET, () => list(walletRow));
  venue.on(LOAN, () => ({ result: loanResult }));
  venue.on("/v5/crypto-loan-common/collateral-data", () => ({ result: tiersResult }));
});
afterEach(async () => {
  await feed?.stop();
  await venue[Symbol.asyncDispose]();
});

function start(options: { readonly sinceMs?: number } = {}): void {
  feed = bybitAccountFeed(
    {
      restUrl: venue.restUrl,
      wsUrl: venue.wsUrl,
      credentials,
      clock: time,
      timers: time,
      random: seededRandom(1),
      loanPollMs: 1000,
      snapshotPollMs: 30_000,
      ...options,
    },
    {
      onOrder: (order) => {
        orders.push(order);
        events.push("order");
      },
      onExecution: (execution) => {
        executions.push(execution);
        events.push("execution");
      },
      onPositions: (rows, timeMs) => {
        positions.push({ rows, timeMs });
        events.push("positions");
      },
      onWallet: (wallet, timeMs) => {
        wallets.push({ wallet, timeMs });
        events.push("wallet");
      },
      onLoan: (loan) => {
        loans.push(loan);
        events.push("loan");
      },
      onBadFrame: (reason, frame) => bad.push(`${reason} ${frame}`),
      onState: (state, detail) => {
        states.push([state, detail]);
        events.push(state);
      },
    },
  );
}

const until = async (check: () => void): Promise<void> => {
  await vi.waitFor(check, { timeout: 10_000, interval: 2 });
};

async function live(): Promise<FakeConnection> {
  await until(() => expect(states.at(-1)).toEqual(["live", ""]));
  const connection = venue.latest("/v5/private");
  if (connection === undefined) throw new Error("no connection");
  return connection;
}

/** Lets virtual time pass while frames keep arriving, as they do in life: each second waits for a frame to get through. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    time.advance(Math.min(1_000, left));
    const mark = `mark-${marks}`;
    marks += 1;
    await until(() => expect(venue.latest("/v5/private")?.open).toBe(true));
    venue.latest("/v5/private")?.send(push("execution", venue.timeMs, { ...executionRow, execId: mark }));
    await until(() => expect(executions.some((execution) => execution.execId === mark)).toBe(true));
  }
}
let marks = 0;

const push = (topic: string, timeMs: number, ...data: readonly unknown[]): object => ({
  id: "x",
  topic,
  creationTime: timeMs,
  data,
});
const coinOf = (name: string): string | undefined =>
  wallets.at(-1)?.wallet.coins.find((coin) => coin.coin === name)?.walletBalance;

test("authenticates, subscribes, reads everything, and only then is live", async () => {
  venue.timeMs += 5_000;
  venue.on(POSITIONS, ({ query }) => list(...(query.get("settleCoin") === "USDT" ? [positionRow] : [])));
  venue.on("/v5/order/realtime", ({ query }) =>
    list(...(query.get("settleCoin") === "USDT" ? [{ ...orderRow, orderStatus: "New" }] : [])),
  );
  venue.on("/v5/execution/list", ({ query }) => list(...(query.get("category") === "linear" ? [executionRow] : [])));
  start();
  const connection = await live();
  const [auth] = connection.ops("auth");
  const [key, expires, signature] = (auth?.["args"] ?? []) as [string, number, string];
  expect(key).toBe("simKey01");
  expect(expires).toBe(venue.timeMs + 10_000);
  expect(signature).toBe(signerFor(credentials).webSocketAuth(expires));
  expect(connection.topics).toEqual(["order", "execution", "position", "wallet"]);
  expect(positions).toEqual([
    { rows: [expect.objectContaining({ symbol: "BTCUSDT", qty: "-0.25" })], timeMs: venue.timeMs },
  ]);
  expect(wallets.at(-1)?.wallet.totalEquityUsd).toBe("26021.995");
  expect(loans[0]?.collateral[0]?.tiers.length).toBe(2);
  expect(orders.map((order) => order.orderStatus)).toEqual(["New"]);
  expect(executions.map((execution) => execution.execId)).toEqual([executionRow.execId]);
  expect(states[0]?.[0]).toBe("connecting");
  expect(events.at(-1)).toBe("live");
});

test("an account without positions is told as flat, once read", async () => {
  start();
  await live();
  expect(positions).toEqual([{ rows: [], timeMs: venue.timeMs }]);
});

test("what the stream says while the snapshot is read comes after it, merged by the venue's time", async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  venue.on(WALLET, async () => {
    await gate;
    return list(walletRow);
  });
  start();
  await until(() => expect(venue.to(WALLET).length).toBe(1));
  const connection = venue.latest("/v5/private");
  connection?.send(
    push("wallet", venue.timeMs + 5, { ...walletRow, totalEquity: "1", coin: [{ coin: "BTC", walletBalance: "0.2" }] }),
  );
  connection?.send(
    push("wallet", venue.timeMs - 5, { ...walletRow, totalEquity: "2", coin: [{ coin: "USDT", walletBalance: "7" }] }),
  );
  connection?.send(push("position", venue.timeMs + 5, { ...positionRow, size: "0.5" }));
  connection?.send(push("execution", venue.timeMs + 5, executionRow));
  await until(() => expect(executions.length).toBe(1));
  expect(wallets).toEqual([]);
  expect(positions).toEqual([]);
  release();
  await live();
  expect(wallets.at(-1)?.wallet.totalEquityUsd).toBe("1");
  expect(coinOf("BTC")).toBe("0.2");
  expect(coinOf("USDT")).toBe("19996.995");
  expect(positions.map(({ rows }) => rows.map((row) => row.qty))).toEqual([[], ["-0.5"]]);
});

test("live messages go through; a wallet message with one coin keeps the others; both legs of hedge mode stay apart", async () => {
  start();
  const connection = await live();
  connection.send(push("order.linear", venue.timeMs + 1, orderRow));
  connection.send(push("execution", venue.timeMs + 1, executionRow, { ...executionRow, execId: "second" }));
  connection.send(
    push(
      "position",
      venue.timeMs + 1,
      { ...positionRow, positionIdx: 1, side: "Buy" },
      { ...positionRow, positionIdx: 2 },
    ),
  );
  connection.send(push("wallet", venue.timeMs + 1, { ...walletRow, coin: [{ coin: "USDT", walletBalance: "5" }] }));
  await until(() => expect(coinOf("USDT")).toBe("5"));
  expect(coinOf("BTC")).toBe("0.1");
  expect(orders.length).toBe(1);
  expect(executions.map((execution) => execution.execId)).toEqual([executionRow.execId, "second"]);
  expect(positions.at(-1)?.rows.map((row) => [row.positionIdx, row.qty])).toEqual([
    [1, "0.25"],
    [2, "-0.25"],
  ]);
});

test("a bad row costs that row, is told without secrets, and makes the whole be read again", async () => {
  start();
  const connection = await live();
  const reads = venue.to(WALLET).length;
  connection.send(
    push("execution", venue.timeMs, { ...executionRow, execQty: "simSecret01" }, { ...executionRow, execId: "good" }),
  );
  connection.send("{");
  connection.send(push("weather", venue.timeMs, {}));
  await until(() => expect(bad.length).toBe(3));
  expect(executions.map((execution) => execution.execId)).toEqual(["good"]);
  expect(bad.join()).not.toContain("simSecret01");
  time.advance(1_000);
  await until(() => expect(venue.to(WALLET).length).toBeGreaterThan(reads));
});

test("after a lost connection everything is read again from before the last read, and live is told again", async () => {
  start();
  const connection = await live();
  const knownUntil = time.nowMs();
  time.advance(20_000);
  venue.timeMs += 20_000;
  venue.on("/v5/execution/list", ({ query }) =>
    list(...(query.get("category") === "linear" ? [{ ...executionRow, execId: "in the gap" }] : [])),
  );
  venue.on("/v5/order/history", ({ query }) => list(...(query.get("category") === "linear" ? [orderRow] : [])));
  const before = venue.to("/v5/execution/list").length;
  connection.close();
  await until(() => expect(states.at(-1)?.[0]).toBe("down"));
  time.advance(1_000);
  await live();
  expect(executions.map((execution) => execution.execId)).toEqual(["in the gap"]);
  expect(orders.length).toBe(1);
  const read = venue.to("/v5/execution/list")[before];
  expect(Number(read?.query.get("startTime"))).toBe(knownUntil - 60_000);
});

test("history is read from the last event of an earlier life, in windows of seven days", async () => {
  const sinceMs = venue.timeMs - 10 * 86_400_000;
  start({ sinceMs });
  await live();
  const windows = venue
    .to("/v5/execution/list")
    .filter((request) => request.query.get("category") === "linear")
    .map((request) => [Number(request.query.get("startTime")), Number(request.query.get("endTime"))]);
  expect(windows.length).toBe(2);
  expect(windows[0]?.[0]).toBe(sinceMs - 60_000);
  expect(windows[1]?.[0]).toBe((windows[0]?.[1] ?? 0) + 1);
  expect(windows[1]?.[1]).toBe(venue.timeMs);
  for (const [from = 0, to = 0] of windows) expect(to - from).toBeLessThan(7 * 86_400_000);
});

test("a failed read is no emptiness: nothing is told, the state says why, and it heals", async () => {
  venue.on(POSITIONS, () => ({ result: {}, retCode: 10016, retMsg: "restarting" }));
  start();
  await until(() => expect(states.at(-1)?.[0]).toBe("stale"));
  expect(states.at(-1)?.[1]).toContain("10016");
  expect(positions).toEqual([]);
  expect(wallets).toEqual([]);
  venue.on(POSITIONS, () => list());
  await pass(10_000);
  await live();
});

test("the loan is polled; a failed poll is stale, not debt free", async () => {
  start();
  await live();
  const told = loans.length;
  time.advance(1_000);
  await until(() => expect(loans.length).toBe(told + 1));
  venue.on(LOAN, () => ({ result: {} }));
  time.advance(1_000);
  await until(() => expect(states.at(-1)?.[0]).toBe("stale"));
  expect(loans.length).toBe(told + 1);
  venue.on(LOAN, () => ({ result: loanResult }));
  time.advance(1_000);
  await live();
});

test("a position that ends is told with quantity 0, by its own row", async () => {
  const flat = { ...positionRow, side: "", size: "0", seq: 905_500_999, updatedTime: "1785600009999" };
  venue.on(POSITIONS, ({ query }) => list(...(query.get("settleCoin") === "USDT" ? [positionRow] : [])));
  start();
  await live();
  venue.on(POSITIONS, ({ query }) => list(...(query.get("symbol") === "BTCUSDT" ? [flat] : [])));
  await pass(30_000);
  await until(() =>
    expect(positions.at(-1)?.rows).toEqual([
      expect.objectContaining({ symbol: "BTCUSDT", qty: "0", exchangeSeq: 905_500_999 }),
    ]),
  );
});

test("a wallet read right after a message of the stream is not believed over it", async () => {
  start();
  const connection = await live();
  await pass(29_500);
  connection.send(push("wallet", venue.timeMs + 1, { ...walletRow, coin: [{ coin: "USDT", walletBalance: "5" }] }));
  await until(() => expect(coinOf("USDT")).toBe("5"));
  venue.timeMs += 30_000;
  const reads = venue.to(WALLET).length;
  const told = positions.length;
  await pass(500);
  await until(() => expect(venue.to(WALLET).length).toBe(reads + 1));
  await until(() => expect(positions.length).toBe(told + 1));
  expect(coinOf("USDT")).toBe("5");
});

test("open orders read again are no news", async () => {
  venue.on("/v5/order/realtime", ({ query }) =>
    list(...(query.get("settleCoin") === "USDT" ? [{ ...orderRow, orderStatus: "New" }] : [])),
  );
  start();
  await live();
  expect(orders.length).toBe(1);
  const told = positions.length;
  await pass(30_000);
  await until(() => expect(positions.length).toBe(told + 1));
  await until(() => expect(states.at(-1)?.[0]).toBe("live"));
  expect(orders.length).toBe(1);
});

test("a wrong key: state down with VENUE_AUTH, no secret, tried again slowly", async () => {
  venue.reply = (connection, frame) => {
    if (frame["op"] === "auth")
      connection.send({ success: false, ret_msg: "Params Error simSecret01", op: "auth", conn_id: "c1" });
    else politeReply(connection, frame);
  };
  start();
  await until(() => expect(states.at(-1)?.[0]).toBe("down"));
  expect(states.at(-1)?.[1]).toMatch(/^VENUE_AUTH: the venue refused the API key/);
  expect(JSON.stringify(states)).not.toMatch(/simSecret01|simKey01/);
  time.advance(29_000);
  expect(venue.connections.length).toBe(1);
  venue.reply = politeReply;
  time.advance(1_001);
  await live();
});

test("a key without a needed right: state down with VENUE_AUTH although the stream is up", async () => {
  venue.on(LOAN, () => ({
    result: {},
    retCode: 10005,
    retMsg: "Permission denied, please check your API key permissions.",
  }));
  start();
  await until(() => expect(states.at(-1)?.[0]).toBe("down"));
  expect(states.at(-1)?.[1]).toContain("VENUE_AUTH");
  expect(states.at(-1)?.[1]).toContain(LOAN);
  venue.on(LOAN, () => ({ result: loanResult }));
  await pass(30_000);
  await live();
});

test("a venue that does not answer the handshake is left for another connection", async () => {
  venue.reply = () => {};
  start();
  await until(() => expect(venue.latest("/v5/private")?.ops("auth").length).toBe(1));
  time.advance(5_000);
  await until(() => expect(states.at(-1)?.[1]).toContain("authenticating"));
  venue.reply = politeReply;
  time.advance(1_000);
  await live();
});
