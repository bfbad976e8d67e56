import { systemClock } from "@hedgelock/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { signature } from "../api-keys.ts";
import { dig, items } from "../testing/json.ts";
import { READ_KEY, TRADE_KEY, get, startTestPaper } from "../testing/paper-server.ts";
import type { Key, TestPaper } from "../testing/paper-server.ts";
import { TestSocket } from "../testing/test-socket.ts";

let paper: TestPaper;

beforeAll(async () => {
  paper = await startTestPaper([60_000, 60_010, 60_000]);
});
afterAll(async () => {
  await paper[Symbol.asyncDispose]();
});

type Frame = Readonly<Record<string, unknown>>;

async function loggedIn(key: Key = TRADE_KEY): Promise<TestSocket> {
  const socket = await TestSocket.open(`${paper.wsUrl}/v5/trade`);
  expect(await socket.auth(key)).toMatchObject({ retCode: 0, retMsg: "OK", op: "auth" });
  return socket;
}

let count = 0;
/** Sends a command and waits for its answer. */
async function ask(socket: TestSocket, op: string, args: readonly unknown[], changes: Frame = {}): Promise<Frame> {
  count += 1;
  const reqId = `t-${count}`;
  const header = { "X-BAPI-TIMESTAMP": String(systemClock.nowMs()), "X-BAPI-RECV-WINDOW": "5000" };
  socket.send({ reqId, header, op, args, ...changes });
  return socket.find((frame) => frame["reqId"] === reqId, `the answer to ${op}`);
}

const LIMIT = {
  category: "linear",
  symbol: "BTCUSDT",
  side: "Buy",
  orderType: "Limit",
  qty: "0.01",
  price: "59500",
} as const;

describe("authentication", () => {
  test("a wrong signature is 10004 with success false; a second login 20001, and the session goes on", async () => {
    const socket = await TestSocket.open(`${paper.wsUrl}/v5/trade`);
    const wrong = await socket.auth({ ...TRADE_KEY, apiSecret: "wrongwrong" });
    expect(wrong).toMatchObject({ retCode: 10004, retMsg: "Invalid sign", op: "auth", success: false });
    expect(await ask(socket, "order.create", [LIMIT])).toMatchObject({ retCode: 10003 });
    const expires = String(systemClock.nowMs() + 10_000);
    const args = [TRADE_KEY.apiKey, expires, signature(TRADE_KEY.apiSecret, [`GET/realtime${expires}`])];
    socket.send({ op: "auth", args });
    await socket.find((frame) => frame["op"] === "auth" && frame["retCode"] === 0, "the login");
    socket.send({ op: "auth", args });
    await socket.find((frame) => frame["retCode"] === 20001, "the answer to the second login");
    expect(await ask(socket, "order.create", [LIMIT])).toMatchObject({ retCode: 0 });
    socket.close();
  });

  test("a read key may log in but not trade", async () => {
    const socket = await loggedIn(READ_KEY);
    expect(await ask(socket, "order.create", [LIMIT])).toMatchObject({ retCode: 10005, data: {} });
    socket.close();
  });
});

test("pongs look like those of the trade connection", async () => {
  const socket = await TestSocket.open(`${paper.wsUrl}/v5/trade?max_active_time=1m`);
  socket.send({ op: "ping" });
  const pong = await socket.find((frame) => frame["op"] === "pong");
  expect(Object.keys(pong)).toEqual(["retCode", "retMsg", "op", "data", "connId"]);
  expect(socket.texts[0]).toContain('"op":"pong"');
  socket.close();
});

describe("orders", () => {
  test("create, amend, cancel: the answers' keys, limits in the header, the order in REST", async () => {
    const socket = await loggedIn();
    const created = await ask(socket, "order.create", [{ ...LIMIT, orderLinkId: "ws-1" }]);
    expect(Object.keys(created)).toEqual([
      "reqId",
      "retCode",
      "retMsg",
      "op",
      "data",
      "retExtInfo",
      "header",
      "connId",
    ]);
    expect(created).toMatchObject({ retCode: 0, retMsg: "OK", data: { orderLinkId: "ws-1" } });
    expect(dig(created, "header", "X-Bapi-Limit")).toBe("10");
    expect(dig(created, "header", "Timenow")).toMatch(/^\d{13}$/);
    const name = { category: "linear", symbol: "BTCUSDT", orderLinkId: "ws-1" };
    expect(await ask(socket, "order.amend", [{ ...name, price: "59400" }])).toMatchObject({ retCode: 0 });
    const row = await get(paper, "/v5/order/realtime?category=linear&orderLinkId=ws-1", TRADE_KEY);
    expect(row.get("list", 0)).toMatchObject({ price: "59400.00", orderStatus: "New" });
    expect(await ask(socket, "order.cancel", [name])).toMatchObject({ retCode: 0 });
    expect(await ask(socket, "order.cancel", [name])).toMatchObject({
      retCode: 110001,
      retMsg: "order not exists or too late to cancel",
      data: {},
      retExtInfo: {},
    });
    socket.close();
  });

  test("batches answer order by order", async () => {
    const socket = await loggedIn();
    const { category, ...rest } = LIMIT;
    const request = [
      { ...rest, orderLinkId: "wb-1" },
      { ...rest, qty: "0" },
    ];
    const created = await ask(socket, "order.create-batch", [{ category, request }]);
    expect(items(dig(created, "data", "list"))).toHaveLength(2);
    expect(items(dig(created, "retExtInfo", "list")).map((one) => dig(one, "code"))).toEqual([0, 10001]);
    socket.close();
  });

  test("request ids are unique on a connection, and absent where none was sent", async () => {
    const socket = await loggedIn();
    const other = await loggedIn();
    const frame = {
      reqId: "1",
      header: { "X-BAPI-TIMESTAMP": systemClock.nowMs() },
      op: "order.create",
      args: [LIMIT],
    };
    socket.send(frame);
    socket.send(frame);
    await socket.find((one) => one["retCode"] === 20006, "the refusal of the second");
    other.send(frame);
    expect(await other.find((one) => one["reqId"] === "1")).toMatchObject({ retCode: 0 });
    other.send({ ...frame, reqId: undefined });
    await other.find((one) => one["op"] === "order.create" && !("reqId" in one), "an answer without id");
    socket.close();
    other.close();
  });

  test("a wrong op or category is 10404; a stale or missing timestamp is refused; several args too", async () => {
    const socket = await loggedIn();
    expect(await ask(socket, "order.replace", [LIMIT])).toMatchObject({ retCode: 10404 });
    expect(await ask(socket, "order.create", [{ ...LIMIT, category: "option" }])).toMatchObject({ retCode: 10404 });
    const stale = { header: { "X-BAPI-TIMESTAMP": "1700000000000" } };
    expect(await ask(socket, "order.create", [LIMIT], stale)).toMatchObject({ retCode: 10002 });
    expect(await ask(socket, "order.create", [LIMIT], { header: {} })).toMatchObject({ retCode: 10001 });
    expect(await ask(socket, "order.create", [LIMIT, LIMIT])).toMatchObject({ retCode: 10001 });
    socket.send("{");
    await socket.find((frame) => frame["retCode"] === 10001 && frame["op"] === "", "the answer to what is not JSON");
    socket.close();
  });
});
