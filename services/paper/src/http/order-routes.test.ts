import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { dig, items, keysOf } from "../testing/json.ts";
import { OTHER_KEY, READ_KEY, TRADE_KEY, get, order, post, startTestPaper } from "../testing/paper-server.ts";
import type { Key, Reply, TestPaper } from "../testing/paper-server.ts";

let paper: TestPaper;

beforeEach(async () => {
  paper = await startTestPaper([60_000, 60_010, 60_000]);
});
afterEach(async () => {
  await paper[Symbol.asyncDispose]();
});

const LIMIT = { orderType: "Limit", price: "59500", timeInForce: "GTC" } as const;

async function call(path: string, body: Readonly<Record<string, unknown>>, key: Key = TRADE_KEY): Promise<Reply> {
  return post(paper, path, { category: "linear", symbol: "BTCUSDT", ...body }, key);
}

async function row(linkId: string, category = "linear", key = TRADE_KEY): Promise<unknown> {
  const query = `category=${category}&symbol=BTCUSDT&orderLinkId=${linkId}`;
  return (await get(paper, `/v5/order/realtime?${query}`, key)).get("list", 0);
}

describe("amend", () => {
  test("changes price and total quantity in place; repeating it is refused", async () => {
    const created = await order(paper, TRADE_KEY, { ...LIMIT, orderLinkId: "a" });
    const amended = await call("/v5/order/amend", { orderLinkId: "a", price: "59400", qty: "0.2" });
    expect(amended.body).toMatchObject({ retCode: 0, result: { orderId: created.get("orderId"), orderLinkId: "a" } });
    expect(await row("a")).toMatchObject({ price: "59400.00", qty: "0.200", orderStatus: "New", leavesQty: "0.200" });
    const again = await call("/v5/order/amend", { orderLinkId: "a", price: "59400" });
    expect(again).toMatchObject({ retCode: 10001, retMsg: "order not modified" });
  });

  test("an order that is gone, a bad price, a missing name", async () => {
    expect(await call("/v5/order/amend", { orderLinkId: "nope", price: "1" })).toMatchObject({
      retCode: 110001,
      retMsg: "order not exists or too late to replace",
    });
    await order(paper, TRADE_KEY, { ...LIMIT, orderLinkId: "a" });
    expect((await call("/v5/order/amend", { orderLinkId: "a", price: "59400.05" })).retCode).toBe(10001);
    expect((await call("/v5/order/amend", { price: "59400" })).retCode).toBe(10001);
  });

  test("to a price that crosses it fills at once", async () => {
    await order(paper, TRADE_KEY, { ...LIMIT, orderLinkId: "a" });
    await call("/v5/order/amend", { orderLinkId: "a", price: "60100" });
    expect(await row("a")).toMatchObject({ orderStatus: "Filled" });
  });
});

describe("cancel-all", () => {
  test("ends what its scope names and nothing else", async () => {
    await order(paper, TRADE_KEY, { ...LIMIT, orderLinkId: "a" });
    await order(paper, TRADE_KEY, { ...LIMIT, orderLinkId: "b" });
    await order(paper, TRADE_KEY, { ...LIMIT, category: "spot", qty: "0.01", orderLinkId: "s" });
    const reply = await post(paper, "/v5/order/cancel-all", { category: "linear", settleCoin: "USDT" }, TRADE_KEY);
    expect(items(reply.get("list")).map((one) => dig(one, "orderLinkId"))).toEqual(["a", "b"]);
    expect(reply.get("success")).toBe("1");
    expect(await row("s", "spot")).toMatchObject({ orderStatus: "New" });
    expect((await post(paper, "/v5/order/cancel-all", { category: "linear" }, TRADE_KEY)).retCode).toBe(10001);
  });
});

describe("batches", () => {
  test("each order answers for itself; the whole succeeds even when some fail", async () => {
    const request = [
      { symbol: "BTCUSDT", side: "Buy", qty: "0.1", ...LIMIT, orderLinkId: "b-1" },
      { symbol: "BTCUSDT", side: "Buy", qty: "100", ...LIMIT, orderLinkId: "b-2" },
    ];
    const created = await post(paper, "/v5/order/create-batch", { category: "linear", request }, TRADE_KEY);
    expect(created.retCode).toBe(0);
    expect(keysOf(created.get("list", 0))).toEqual(["category", "symbol", "orderId", "orderLinkId", "createAt"]);
    expect(created.get("list", 1)).toEqual({
      category: "linear",
      symbol: "BTCUSDT",
      orderId: "",
      orderLinkId: "b-2",
      createAt: "",
    });
    expect(dig(created.body, "retExtInfo", "list")).toEqual([
      { code: 0, msg: "OK" },
      { code: 110007, msg: "ab not enough for new order" },
    ]);
    const amended = await post(
      paper,
      "/v5/order/amend-batch",
      { category: "linear", request: [{ symbol: "BTCUSDT", orderLinkId: "b-1", price: "59400" }] },
      TRADE_KEY,
    );
    expect(keysOf(amended.get("list", 0))).toEqual(["category", "symbol", "orderId", "orderLinkId"]);
    const cancelled = await post(
      paper,
      "/v5/order/cancel-batch",
      {
        category: "linear",
        request: [
          { symbol: "BTCUSDT", orderLinkId: "b-1" },
          { symbol: "BTCUSDT", orderId: "x" },
        ],
      },
      TRADE_KEY,
    );
    expect(items(dig(cancelled.body, "retExtInfo", "list")).map((one) => dig(one, "code"))).toEqual([0, 110001]);
    expect(await row("b-1")).toMatchObject({ orderStatus: "Cancelled", price: "59400.00" });
  });

  test("beyond its length it is refused as a whole", async () => {
    const request = Array.from({ length: 21 }, () => ({ symbol: "BTCUSDT", side: "Buy", qty: "0.1", ...LIMIT }));
    expect(await post(paper, "/v5/order/create-batch", { category: "linear", request }, TRADE_KEY)).toMatchObject({
      retCode: 10001,
    });
  });
});

describe("spot", () => {
  const SPOT = { category: "spot", symbol: "BTCUSDT" } as const;

  test("a market buy by value ends partly filled, credits base less the fee, and has spot's ids and keys", async () => {
    await order(paper, TRADE_KEY, { ...SPOT, qty: "1000", orderLinkId: "s-1" });
    const filled = await row("s-1", "spot");
    expect(filled).toMatchObject({
      orderStatus: "PartiallyFilledCanceled",
      rejectReason: "EC_CancelForNoFullFill",
      marketUnit: "quoteCoin",
      price: "0",
      cumExecQty: "0.016666",
      cumFeeDetail: { BTC: "0.00001667" },
    });
    expect(dig(filled, "orderId")).toMatch(/^\d{19}$/);
    expect(keysOf(filled)).not.toContain("tpslMode");
    expect(keysOf(filled)).not.toContain("createType");
    expect(keysOf(filled)).toContain("basePrice");
    const wallet = await get(paper, "/v5/account/wallet-balance?accountType=UNIFIED&coin=BTC,USDT", TRADE_KEY);
    const coins = items(wallet.get("list", 0, "coin"));
    const balance = (coin: string): unknown =>
      dig(
        coins.find((one) => dig(one, "coin") === coin),
        "walletBalance",
      );
    expect(balance("BTC")).toBe("0.01664933");
    expect(Number(balance("USDT"))).toBeCloseTo(20_000 - 0.016666 * 60_000.1, 6);
  });

  test("a resting limit locks its value until it ends; what is not free cannot be spent", async () => {
    const limit = { ...SPOT, ...LIMIT };
    await order(paper, TRADE_KEY, { ...limit, qty: "0.3", orderLinkId: "s-1" });
    const locked = async (): Promise<unknown> =>
      (await get(paper, "/v5/account/wallet-balance?accountType=UNIFIED&coin=USDT", TRADE_KEY)).get(
        "list",
        0,
        "coin",
        0,
        "locked",
      );
    expect(await locked()).toBe("17850");
    expect(await order(paper, TRADE_KEY, { ...limit, qty: "0.1" })).toMatchObject({
      retCode: 170131,
      retMsg: "Insufficient balance.",
    });
    await call("/v5/order/amend", { ...SPOT, orderLinkId: "s-1", qty: "0.2" });
    expect(await locked()).toBe("11900");
    await call("/v5/order/cancel", { ...SPOT, orderLinkId: "s-1" });
    expect(await locked()).toBe("0");
    expect(await call("/v5/order/cancel", { ...SPOT, orderLinkId: "s-1" })).toMatchObject({ retCode: 170213 });
    expect(await order(paper, TRADE_KEY, { ...limit, qty: "0.1", orderLinkId: "s-1" })).toMatchObject({
      retCode: 170141,
    });
  });

  test("prices outside the band are refused, or clamped where the account says so", async () => {
    const far = { ...SPOT, orderType: "Limit", price: "61000", qty: "0.01" } as const;
    expect((await order(paper, TRADE_KEY, far)).retCode).toBe(170193);
    await post(paper, "/v5/account/set-limit-px-action", { category: "spot", modifyEnable: true }, TRADE_KEY);
    expect((await get(paper, "/v5/account/user-setting-config", TRADE_KEY)).get("lpaSpot")).toBe(true);
    expect((await order(paper, TRADE_KEY, { ...far, orderLinkId: "c" })).retCode).toBe(0);
    expect(await row("c", "spot")).toMatchObject({ price: "60300" });
  });

  test("a sell of coins that are not there is refused", async () => {
    expect((await order(paper, TRADE_KEY, { ...SPOT, side: "Sell", qty: "0.1" })).retCode).toBe(170131);
    expect((await order(paper, OTHER_KEY, { ...SPOT, side: "Sell", qty: "0.1" })).retCode).toBe(0);
  });
});

describe("settings", () => {
  test("hedge mode takes long and short side by side, each with its index", async () => {
    const mode = (value: number): Promise<Reply> => call("/v5/position/switch-mode", { mode: value });
    expect((await mode(3)).retCode).toBe(0);
    expect((await mode(3)).retCode).toBe(110025);
    expect(await order(paper, TRADE_KEY)).toMatchObject({
      retCode: 10001,
      retMsg: "position idx not match position mode",
    });
    await order(paper, TRADE_KEY, { positionIdx: 1 });
    await order(paper, TRADE_KEY, { positionIdx: 2, side: "Sell", qty: "0.2" });
    const list = items((await get(paper, "/v5/position/list?category=linear&symbol=BTCUSDT", TRADE_KEY)).get("list"));
    expect(list.map((one) => [dig(one, "positionIdx"), dig(one, "side"), dig(one, "size")])).toEqual([
      [1, "Buy", "0.1"],
      [2, "Sell", "0.2"],
    ]);
    expect((await mode(0)).retCode).toBe(110024);
    await order(paper, TRADE_KEY, { positionIdx: 1, side: "Sell", qty: "0.5" });
    const after = items((await get(paper, "/v5/position/list?category=linear&symbol=BTCUSDT", TRADE_KEY)).get("list"));
    expect(after.map((one) => dig(one, "size"))).toEqual(["0", "0.2"]);
  });

  test("contracts are clamped by default and refused where the account says so", async () => {
    const far = { orderType: "Limit", price: "70000" } as const;
    await post(paper, "/v5/account/set-limit-px-action", { category: "linear", modifyEnable: false }, TRADE_KEY);
    expect((await get(paper, "/v5/account/user-setting-config", TRADE_KEY)).get("lpaPerp")).toBe(true);
    expect((await order(paper, TRADE_KEY, far)).retCode).toBe(110121);
  });

  test("trading-stop files exits that wait; a second time it is not modified; without a position refused", async () => {
    const stop = { tpslMode: "Full", positionIdx: 0, stopLoss: "59000", takeProfit: "61000" } as const;
    expect((await call("/v5/position/trading-stop", stop)).retCode).toBe(10001);
    await order(paper, TRADE_KEY);
    expect((await call("/v5/position/trading-stop", stop)).retCode).toBe(0);
    expect((await call("/v5/position/trading-stop", stop)).retCode).toBe(34040);
    const open = await get(paper, "/v5/order/realtime?category=linear&symbol=BTCUSDT&orderFilter=StopOrder", TRADE_KEY);
    expect(items(open.get("list")).map((one) => [dig(one, "stopOrderType"), dig(one, "orderStatus")])).toEqual([
      ["StopLoss", "Untriggered"],
      ["TakeProfit", "Untriggered"],
    ]);
    const position = await get(paper, "/v5/position/list?category=linear&symbol=BTCUSDT", TRADE_KEY);
    expect(position.get("list", 0)).toMatchObject({ stopLoss: "59000", takeProfit: "61000" });
    expect((await call("/v5/position/trading-stop", { ...stop, stopLoss: "60500" })).retCode).toBe(10001);
  });

  test("pre-check tells the margin rates and places nothing", async () => {
    const body = { side: "Buy", orderType: "Market", qty: "0.1" };
    const checked = await call("/v5/order/pre-check", body);
    expect(checked.body).toMatchObject({ retCode: 0, result: { preImrE4: 0, preMmrE4: 0 } });
    expect(Number(checked.get("postImrE4"))).toBeGreaterThan(300);
    expect((await call("/v5/order/pre-check", { ...body, qty: "10" })).retCode).toBe(110007);
    expect((await get(paper, "/v5/order/realtime?category=linear&symbol=BTCUSDT", TRADE_KEY)).get("list")).toEqual([]);
    expect((await call("/v5/order/pre-check", body, READ_KEY)).retCode).toBe(10005);
  });
});

test("with limits enforced the first of a batch succeed, the rest fail one by one, and the headers tell", async () => {
  await using strict = await startTestPaper([60_000, 60_010], { enforceRateLimits: true });
  const request = Array.from({ length: 12 }, (_, index) => ({
    symbol: "BTCUSDT",
    side: "Buy",
    orderType: "Limit",
    qty: "0.001",
    price: "59500",
    orderLinkId: `r-${index}`,
  }));
  const reply = await post(strict, "/v5/order/create-batch", { category: "linear", request }, TRADE_KEY);
  const codes = items(dig(reply.body, "retExtInfo", "list")).map((one) => dig(one, "code"));
  expect(codes).toEqual([...Array.from({ length: 10 }, () => 0), 10006, 10006]);
  expect(reply.headers.get("x-bapi-limit-status")).toBe("0");
  // The single calls have a bucket of their own.
  expect((await order(strict, TRADE_KEY, { ...LIMIT, qty: "0.001" })).retCode).toBe(0);
});
