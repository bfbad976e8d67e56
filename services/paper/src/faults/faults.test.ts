import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { dig, items } from "../testing/json.ts";
import { TRADE_KEY, get, order, post, startTestPaper } from "../testing/paper-server.ts";
import type { Reply, TestPaper } from "../testing/paper-server.ts";
import { TestSocket } from "../testing/test-socket.ts";

let paper: TestPaper;
const sockets: TestSocket[] = [];

beforeEach(async () => {
  paper = await startTestPaper([60_000, 60_010, 59_990, 60_020, 60_000]);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await paper[Symbol.asyncDispose]();
});

async function fault(spec: unknown): Promise<unknown> {
  const reply = await post(paper, "/sim/faults", spec);
  expect(reply.status).toBe(201);
  return reply.body;
}

async function remove(path = ""): Promise<Response> {
  return fetch(`${paper.baseUrl}/sim/faults${path}`, { method: "DELETE" });
}

async function found(orderLinkId: string): Promise<unknown> {
  const path = `/v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=${orderLinkId}`;
  return (await get(paper, path, TRADE_KEY)).get("list", 0, "orderStatus");
}

async function open(path: string): Promise<TestSocket> {
  const socket = await TestSocket.open(paper.wsUrl + path);
  sockets.push(socket);
  return socket;
}

describe("the answer is lost or wrong, the order is not", () => {
  test("the connection is hung up after the order executed, once", async () => {
    await fault({ kind: "http_lost", path: "/v5/order/create", times: 1 });
    await expect(order(paper, TRADE_KEY, { orderLinkId: "lost" })).rejects.toThrow("fetch failed");
    expect(await found("lost")).toBe("Filled");
    expect((await order(paper, TRADE_KEY, { orderLinkId: "lost" })).retCode).toBe(110072);
  });

  test("10016, an HTTP 500, and an error that did nothing", async () => {
    await fault({ kind: "http_error", path: "/v5/order/create", times: 1 });
    expect((await order(paper, TRADE_KEY, { orderLinkId: "a" })).retCode).toBe(10016);
    await fault({ kind: "http_error", path: "/v5/order/create", times: 1, status: 500, retCode: 10000 });
    expect((await order(paper, TRADE_KEY, { orderLinkId: "b" })).status).toBe(500);
    await fault({ kind: "http_error", path: "/v5/order/create", times: 1, execute: false });
    expect((await order(paper, TRADE_KEY, { orderLinkId: "c" })).retCode).toBe(10016);
    expect([await found("a"), await found("b"), await found("c")]).toEqual(["Filled", "Filled", undefined]);
  });

  test("a late answer comes; another client is served meanwhile", async () => {
    await fault({ kind: "http_delay", path: "/v5/order/create", delayMs: 300 });
    const late = order(paper, TRADE_KEY, { orderLinkId: "late" });
    const done: string[] = [];
    void late.then(() => void done.push("late"));
    while ((await found("late")) === undefined) expect(done).toEqual([]);
    expect((await late).retCode).toBe(0);
  });
});

describe("refusals", () => {
  test("10006 has a reset time ahead; 403 and 429 are HTTP and do nothing", async () => {
    await fault({ kind: "rate_limit", path: "/v5/order/create", times: 1, resetMs: 2000 });
    const limited = await order(paper, TRADE_KEY, { orderLinkId: "r" });
    expect(limited.retCode).toBe(10006);
    expect(Number(limited.headers.get("X-Bapi-Limit-Reset-Timestamp"))).toBeGreaterThan(
      Number(dig(limited.body, "time")),
    );
    for (const status of [403, 429]) {
      await fault({ kind: "http_error", path: "/v5/order/*", times: 1, status, retCode: status });
      expect((await order(paper, TRADE_KEY, { orderLinkId: "r" })).status).toBe(status);
    }
    expect(await found("r")).toBeUndefined();
  });

  test("a clock that is off refuses with 10002, and says its time to those who ask", async () => {
    await fault({ kind: "clock_skew", offsetMs: 60_000 });
    expect((await order(paper, TRADE_KEY)).retCode).toBe(10002);
    const time = await get(paper, "/v5/market/time");
    expect(Number(dig(time.body, "time")) - Date.now()).toBeGreaterThan(50_000);
    await remove();
    expect((await order(paper, TRADE_KEY)).retCode).toBe(0);
  });
});

describe("reads that lag", () => {
  const POSITION = "/v5/position/list?category=linear&symbol=BTCUSDT";

  test("a position that was read before is shown as it was", async () => {
    await fault({ kind: "stale_reads", path: "/v5/position/list", seconds: 60 });
    expect((await get(paper, POSITION, TRADE_KEY)).get("list", 0, "size")).toBe("0");
    await order(paper, TRADE_KEY);
    expect((await get(paper, POSITION, TRADE_KEY)).get("list", 0, "size")).toBe("0");
    await remove();
    expect((await get(paper, POSITION, TRADE_KEY)).get("list", 0, "size")).toBe("0.1");
  });

  test("an order is not found for a while, and history rows come late", async () => {
    await fault({ kind: "order_not_found", seconds: 60, id: "blind" });
    await order(paper, TRADE_KEY, { orderLinkId: "x" });
    expect(await found("x")).toBeUndefined();
    await remove("/blind");
    expect(await found("x")).toBe("Filled");
    await fault({ kind: "late_history", seconds: 60 });
    expect((await get(paper, "/v5/execution/list?category=linear", TRADE_KEY)).get("list")).toEqual([]);
    expect(await found("x")).toBe("Filled");
  });
});

describe("sockets", () => {
  test("an execution that is told twice, a position long before it, and a socket that is cut", async () => {
    const socket = await open("/v5/private");
    await socket.auth(TRADE_KEY);
    await socket.subscribe("order", "execution", "position");
    await fault({ kind: "ws_duplicate", topic: "execution" });
    await fault({ kind: "ws_delay", topic: "execution", delayMs: 200 });
    await order(paper, TRADE_KEY);
    await socket.topic("execution", 2);
    const topics = socket.frames.flatMap((frame) => (typeof frame["topic"] === "string" ? [frame["topic"]] : []));
    expect(topics.indexOf("position")).toBeLessThan(topics.indexOf("execution"));
    const other = await open("/v5/public/linear");
    const closed = new Promise((resolve) => {
      socket.raw.once("close", resolve);
    });
    await fault({ kind: "ws_cut", channel: "private" });
    await closed;
    await other.subscribe("tickers.BTCUSDT");
    await other.topic("tickers.BTCUSDT");
  });

  test("maintenance is told on the status topic and by REST, and is completed when it is removed", async () => {
    const socket = await open("/v5/public/misc/status");
    expect(await socket.subscribe("system.status")).toMatchObject({ success: true });
    await fault({ kind: "maintenance", id: "m", title: "planned release", state: "ongoing", refuse: true });
    const told = await socket.topic("system.status");
    expect(dig(told, "data", 0)).toMatchObject({
      title: "planned release",
      state: "ongoing",
      maintainType: "1",
      env: "1",
    });
    expect((await get(paper, "/v5/system/status")).get("list", 0)).toMatchObject({ state: "ongoing", maintainType: 1 });
    expect((await order(paper, TRADE_KEY)).retCode).toBe(10016);
    await remove("/m");
    expect(dig(await socket.topic("system.status", 2), "data", 0, "state")).toBe("completed");
    expect((await get(paper, "/v5/system/status?state=ongoing")).get("list")).toEqual([]);
  });
});

test("a thin book fills a market order in part; it is thick again when the fault is gone", async () => {
  await fault({ kind: "thin_book", symbol: "BTCUSDT", levels: 2, lotsPerLevel: 10 });
  await order(paper, TRADE_KEY, { qty: "0.5", orderLinkId: "thin" });
  const row = (await get(paper, "/v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=thin", TRADE_KEY)).get(
    "list",
    0,
  );
  expect(dig(row, "orderStatus")).toBe("Cancelled");
  expect(Number(dig(row, "cumExecQty"))).toBeGreaterThan(0);
  expect(Number(dig(row, "cumExecQty"))).toBeLessThan(0.5);
  await remove();
  await post(paper, "/sim/replay", { action: "step", steps: 1 });
  await order(paper, TRADE_KEY, { qty: "0.5", orderLinkId: "thick" });
  expect(await found("thick")).toBe("Filled");
});

test("a transfer is pending for a while, also while the replay stands still", async () => {
  await fault({ kind: "slow_transfers", delayMs: 150 });
  const transferId = "42c0cfb0-6bca-4242-bc76-4e6df6cbcb16";
  const body = { transferId, coin: "USDT", amount: "10", fromAccountType: "UNIFIED", toAccountType: "FUND" };
  const reply = await post(paper, "/v5/asset/transfer/inter-transfer", body, TRADE_KEY);
  expect(reply.get("status")).toBe("PENDING");
  const path = `/v5/asset/transfer/query-inter-transfer-list?transferId=${transferId}`;
  let status: unknown;
  for (let tries = 0; tries < 500 && status !== "SUCCESS"; tries += 1) {
    status = (await get(paper, path, TRADE_KEY)).get("list", 0, "status");
  }
  expect(status).toBe("SUCCESS");
  const fund = await get(paper, "/v5/asset/transfer/query-account-coins-balance?accountType=FUND&coin=USDT", TRADE_KEY);
  expect(fund.get("balance", 0, "walletBalance")).toBe("10");
});

test("a cancellation comes too late: accepted, and Filled is told twice", async () => {
  const socket = await open("/v5/private");
  await socket.auth(TRADE_KEY);
  await socket.subscribe("order");
  await order(paper, TRADE_KEY, { orderType: "Limit", price: "59500", orderLinkId: "race" });
  await fault({ kind: "cancel_fill_race", times: 1 });
  const target = { category: "linear", symbol: "BTCUSDT", orderLinkId: "race" };
  expect((await post(paper, "/v5/order/cancel", target, TRADE_KEY)).retCode).toBe(0);
  await socket.topic("order", 3);
  const told = socket.frames.filter((frame) => frame["topic"] === "order").map((frame) => dig(frame, "data", 0));
  expect(told).toMatchObject([
    { orderStatus: "New" },
    { orderStatus: "Filled", rejectReason: "EC_NoError" },
    { orderStatus: "Filled", cancelType: "CancelByUser", rejectReason: "EC_OrigClOrdIDDoesNotExist" },
  ]);
  expect(await found("race")).toBe("Filled");
});

test("part of a resting order fills on command, and part of a position is deleveraged", async () => {
  await order(paper, TRADE_KEY, { orderType: "Limit", price: "59500", qty: "0.4", orderLinkId: "part" });
  await fault({ kind: "fill_order", account: "acc-1", symbol: "BTCUSDT", orderLinkId: "part", fraction: 0.25 });
  expect(await found("part")).toBe("PartiallyFilled");
  expect(await fault({ kind: "adl", account: "acc-1", symbol: "BTCUSDT", qty: "0.06" })).toMatchObject({ applied: 1 });
  const path = "/v5/position/list?category=linear&symbol=BTCUSDT";
  expect((await get(paper, path, TRADE_KEY)).get("list", 0, "size")).toBe("0.04");
  const executions = await get(paper, "/v5/execution/list?category=linear&execType=AdlTrade", TRADE_KEY);
  expect(executions.get("list")).toMatchObject([
    { execQty: "0.06", side: "Sell", createType: "CreateByAdl_PassThrough" },
  ]);
});

test("fields and enum words that nobody knows reach the answers", async () => {
  await order(paper, TRADE_KEY, { orderLinkId: "f" });
  await fault({ kind: "field", path: "/v5/order/realtime", field: "orderStatus", action: "set", value: "Frozen" });
  expect(await found("f")).toBe("Frozen");
});

describe("the administrator", () => {
  test("lists what is in with its counts, and takes it back", async () => {
    await fault({ kind: "http_error", id: "one", path: "/v5/order/create", account: "acc-1" });
    await order(paper, TRADE_KEY);
    const list = await get(paper, "/sim/faults");
    expect(items(dig(list.body, "faults"))).toMatchObject([
      { id: "one", kind: "http_error", account: "900001", seed: 1, seen: 1, applied: 1 },
    ]);
    expect((await remove("/one")).status).toBe(200);
    expect((await remove("/one")).status).toBe(404);
    expect((await order(paper, TRADE_KEY)).retCode).toBe(0);
  });

  test.each<readonly [string, unknown, number]>([
    ["no JSON", "{", 400],
    ["an unknown kind", { kind: "gremlin" }, 400],
    ["an unknown key", { kind: "ws_drop", topics: ["a"] }, 400],
    ["a chance above 1", { kind: "ws_drop", probability: 2 }, 400],
    ["a path that is none", { kind: "http_lost", path: "order" }, 400],
    ["an account that is not there", { kind: "ws_drop", account: "nobody" }, 400],
    ["a symbol that is not there", { kind: "thin_book", symbol: "NOPE", levels: 1, lotsPerLevel: 1 }, 400],
    ["a field nowhere", { kind: "field", field: "a", action: "remove" }, 400],
  ])("refuses %s with the reason", async (_name, spec, status) => {
    const reply: Reply = await post(paper, "/sim/faults", spec);
    expect(reply.status).toBe(status);
    expect(dig(reply.body, "error")).toMatch(/\w/);
    expect(items(dig((await get(paper, "/sim/faults")).body, "faults"))).toEqual([]);
  });

  test("a name that is taken is refused", async () => {
    await fault({ kind: "ws_drop", id: "x" });
    expect((await post(paper, "/sim/faults", { kind: "ws_drop", id: "x" })).status).toBe(409);
  });
});
