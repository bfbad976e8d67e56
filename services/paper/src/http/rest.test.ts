import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { dig, items, keysOf } from "../testing/json.ts";
import {
  OTHER_KEY,
  READ_KEY,
  TRADE_KEY,
  get,
  order,
  post,
  signedHeaders,
  startTestPaper,
} from "../testing/paper-server.ts";
import type { TestPaper } from "../testing/paper-server.ts";
import captured from "../fixtures/captured-frames.json" with { type: "json" };

let paper: TestPaper;

beforeAll(async () => {
  paper = await startTestPaper([60_000, 60_010, 59_990, 60_000]);
});
afterAll(async () => {
  await paper[Symbol.asyncDispose]();
});

describe("public calls", () => {
  test("time, with the envelope of every answer", async () => {
    const reply = await get(paper, "/v5/market/time?");
    expect(keysOf(reply.body)).toEqual(["retCode", "retMsg", "result", "retExtInfo", "time"]);
    expect(reply).toMatchObject({ status: 200, retCode: 0, retMsg: "OK" });
    expect(reply.get("timeNano")).toMatch(/^\d{19}$/);
    expect(typeof dig(reply.body, "time")).toBe("number");
    expect(dig(reply.body, "retExtInfo")).toEqual({});
  });

  test("instruments-info: the captured rows, field by field", async () => {
    const linear = await get(paper, "/v5/market/instruments-info?category=linear&symbol=BTCUSDT");
    expect(linear.get("list", 0)).toEqual(captured.linearInstrument);
    expect(linear.get("nextPageCursor")).toBe("");
    const spot = await get(paper, "/v5/market/instruments-info?category=spot");
    expect(spot.get("list", 0)).toEqual(captured.spotInstrument);
    expect(spot.get("nextPageCursor")).toBeUndefined();
    expect((await get(paper, "/v5/market/instruments-info?category=option&baseCoin=BTC")).get("list")).toEqual([]);
    expect((await get(paper, "/v5/market/instruments-info?category=linear&status=PreLaunch")).get("list")).toEqual([]);
    expect((await get(paper, "/v5/market/instruments-info?category=nope")).retCode).toBe(10001);
  });

  test("tickers hold the captured fields; spot rows carry bid and ask", async () => {
    const linear = await get(paper, "/v5/market/tickers?category=linear&symbol=BTCUSDT");
    expect(keysOf(linear.get("list", 0))).toEqual(
      expect.arrayContaining(Object.keys(captured.linearTickerSnapshot.data)),
    );
    expect(linear.get("list", 0, "markPrice")).toBe("60000.00");
    const spot = await get(paper, "/v5/market/tickers?category=spot");
    expect(spot.get("list", 0)).toMatchObject({ lastPrice: "60000", bid1Price: "60000", ask1Price: "60000.1" });
    expect((await get(paper, "/v5/market/tickers?category=linear&symbol=NOPE")).retCode).toBe(10001);
  });

  test("order book: default depths and the asked depth", async () => {
    const linear = await get(paper, "/v5/market/orderbook?category=linear&symbol=BTCUSDT");
    expect(Object(linear.get("b"))).toHaveLength(25);
    expect(linear.get("b", 0, 0)).toBe("60000.00");
    expect(linear.get("b", 0, 1)).toMatch(/^\d+\.\d{3}$/);
    expect(Object((await get(paper, "/v5/market/orderbook?category=spot&symbol=BTCUSDT")).get("a"))).toHaveLength(1);
    expect(
      Object((await get(paper, "/v5/market/orderbook?category=spot&symbol=BTCUSDT&limit=7")).get("a")),
    ).toHaveLength(7);
    expect((await get(paper, "/v5/market/orderbook?category=linear&symbol=BTCUSDT&limit=x")).retCode).toBe(10001);
  });

  test("unknown paths are 404 with code 10017; a GET with a body is 403", async () => {
    expect(await get(paper, "/v5/market/nothing")).toMatchObject({ status: 404, retCode: 10017 });
    expect(await get(paper, "/v5")).toMatchObject({ status: 404, retCode: 10017 });
    expect(await post(paper, "/v5/market/time", {})).toMatchObject({ status: 404 });
  });
});

describe("authentication", () => {
  const target = "/v5/account/info";

  test("without headers 401; each fault its code", async () => {
    expect((await get(paper, target)).status).toBe(401);
    expect(await get(paper, target, { apiKey: "unknown1", apiSecret: "x" })).toMatchObject({
      status: 200,
      retCode: 10003,
    });
    const wrong = await get(paper, `${target}?a=1`, { ...TRADE_KEY, apiSecret: "wrongwrong" });
    expect(wrong.retCode).toBe(10004);
    expect(wrong.retMsg).toMatch(/^error sign! origin_string\[\d{13}tradeKey15000a=1\]$/);
    expect(JSON.stringify(wrong.body)).not.toContain("tradeSecret1");
    const old = signedHeaders(TRADE_KEY, "", { timestampMs: 1_700_000_000_000 });
    const reply: unknown = await (await fetch(paper.baseUrl + target, { headers: old })).json();
    expect(dig(reply, "retCode")).toBe(10002);
  });

  test("a read key reads but may not trade", async () => {
    expect(await get(paper, target, READ_KEY)).toMatchObject({ retCode: 0 });
    expect((await get(paper, "/v5/user/query-api", READ_KEY)).get("readOnly")).toBe(1);
    expect((await get(paper, "/v5/user/query-api", TRADE_KEY)).get("readOnly")).toBe(0);
    expect(await order(paper, READ_KEY)).toMatchObject({ status: 200, retCode: 10005 });
    expect((await get(paper, "/v5/order/history?category=linear", READ_KEY)).get("list")).toEqual([]);
  });

  test("private answers carry the rate limit headers", async () => {
    const { headers } = await get(paper, "/v5/account/fee-rate?category=linear", TRADE_KEY);
    expect(headers.get("x-bapi-limit")).toBe("5");
    expect(Number(headers.get("x-bapi-limit-status"))).toBeLessThan(5);
    expect(headers.get("x-bapi-limit-reset-timestamp")).toMatch(/^\d{13}$/);
  });
});

describe("the life of orders", () => {
  test("create, find in realtime, cancel, find in history", async () => {
    const created = await order(paper, TRADE_KEY, {
      orderType: "Limit",
      price: "59500",
      orderLinkId: "life-1",
      timeInForce: "PostOnly",
    });
    expect(created).toMatchObject({ retCode: 0, retMsg: "OK" });
    expect(created.get("orderId")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(created.get("orderLinkId")).toBe("life-1");
    const open = await get(paper, "/v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=life-1", TRADE_KEY);
    expect(open.get("list", 0)).toMatchObject({
      orderStatus: "New",
      price: "59500.00",
      qty: "0.100",
      leavesQty: "0.100",
      leavesValue: "5950",
      avgPrice: "",
      cumFeeDetail: {},
      tpslMode: "",
      positionIdx: 0,
    });
    expect((await order(paper, TRADE_KEY, { orderLinkId: "life-1" })).retCode).toBe(110072);
    const cancel = { category: "linear", symbol: "BTCUSDT", orderLinkId: "life-1" };
    expect((await post(paper, "/v5/order/cancel", cancel, TRADE_KEY)).get("orderId")).toBe(created.get("orderId"));
    expect(await post(paper, "/v5/order/cancel", cancel, TRADE_KEY)).toMatchObject({
      retCode: 110001,
      retMsg: "order not exists or too late to cancel",
    });
    const closed = await get(paper, "/v5/order/history?category=linear&orderLinkId=life-1&openOnly=0", TRADE_KEY);
    expect(closed.get("list", 0)).toMatchObject({
      orderStatus: "Cancelled",
      leavesQty: "0.000",
      cancelType: "CancelByUser",
    });
    expect((await get(paper, "/v5/order/realtime?category=linear&settleCoin=USDT", TRADE_KEY)).get("list")).toEqual([]);
  });

  test("a fill shows in executions, position and wallet of its account and in no other", async () => {
    const created = await order(paper, OTHER_KEY, { side: "Sell", qty: "0.05", orderLinkId: "fill-1" });
    const fills = await get(
      paper,
      `/v5/execution/list?category=linear&orderId=${String(created.get("orderId"))}`,
      OTHER_KEY,
    );
    expect(fills.get("list", 0)).toMatchObject({
      orderLinkId: "fill-1",
      side: "Sell",
      execPrice: "60000",
      execQty: "0.05",
      execValue: "3000",
      execFee: "1.65",
      feeRate: "0.00055",
      isMaker: false,
      execType: "Trade",
      createType: "CreateByUser",
    });
    const position = await get(paper, "/v5/position/list?category=linear&settleCoin=USDT&limit=200", OTHER_KEY);
    expect(position.get("list", 0)).toMatchObject({
      side: "Sell",
      size: "0.05",
      avgPrice: "60000",
      curRealisedPnl: "-1.65",
    });
    const wallet = await get(paper, "/v5/account/wallet-balance?accountType=UNIFIED&coin=USDT,DOGE", OTHER_KEY);
    expect(wallet.get("list", 0, "coin", 0)).toMatchObject({ coin: "USDT", walletBalance: "4998.35" });
    expect(wallet.get("list", 0, "coin", 1)).toMatchObject({ coin: "DOGE", walletBalance: "0" });
    expect((await get(paper, "/v5/execution/list?category=linear", TRADE_KEY)).get("list")).toEqual([]);
    expect(
      (await get(paper, "/v5/order/realtime?category=linear&symbol=BTCUSDT&orderLinkId=fill-1", TRADE_KEY)).get("list"),
    ).toEqual([]);
    const flat = await get(paper, "/v5/position/list?category=linear&symbol=BTCUSDT", TRADE_KEY);
    expect(flat.get("list", 0)).toMatchObject({ side: "", size: "0", positionIM: "0", seq: -1 });
  });

  test("pages are followed by cursor to the end", async () => {
    for (let index = 0; index < 5; index += 1) {
      expect((await order(paper, OTHER_KEY, { orderLinkId: `page-${index}`, qty: "0.001" })).retCode).toBe(0);
    }
    const seen: unknown[] = [];
    let cursor = "";
    do {
      const query = `category=linear&limit=2${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await get(paper, `/v5/order/history?${query}`, OTHER_KEY);
      for (const row of items(page.get("list"))) seen.push(dig(row, "orderLinkId"));
      cursor = String(page.get("nextPageCursor"));
    } while (cursor !== "");
    expect(seen).toEqual(["page-4", "page-3", "page-2", "page-1", "page-0", "fill-1"]);
  });

  test.each<readonly [string, unknown, number]>([
    ["not JSON", "{", 10001],
    ["an array", [], 10001],
    [
      "quantity as a number",
      { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: 1 },
      10001,
    ],
    ["unknown side", { category: "linear", symbol: "BTCUSDT", side: "Long", orderType: "Market", qty: "1" }, 10001],
    ["an option", { category: "option", symbol: "BTC-1", side: "Buy", orderType: "Market", qty: "1" }, 10001],
    [
      "spot below its minimum",
      { category: "spot", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "1" },
      170140,
    ],
    [
      "a stop price without its direction",
      { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "1", triggerPrice: "1" },
      10001,
    ],
  ])("a body that is refused: %s", async (_name, body, code) => {
    const reply = await post(paper, "/v5/order/create", body, TRADE_KEY);
    expect(reply).toMatchObject({ status: 200, retCode: code });
    expect(reply.retMsg).not.toBe("");
  });

  test("a body beyond all measure is 413", async () => {
    const reply = await post(paper, "/v5/order/create", "x".repeat(300_000), TRADE_KEY);
    expect(reply.status).toBe(413);
  });
});

describe("the loan", () => {
  test("position and ratios are readable, with the text of the new product", async () => {
    const position = await get(paper, "/v5/crypto-loan-common/position", READ_KEY);
    expect(position).toMatchObject({ retCode: 0, retMsg: "ok" });
    expect(position.get("ltv")).toBe("0.9");
    expect(position.get("collateralList", 0)).toEqual({ currency: "BTC", amount: "1", amountUSD: "57000" });
    const none = await get(paper, "/v5/crypto-loan-common/position", OTHER_KEY);
    expect(none.body).toMatchObject({ result: { borrowList: [], collateralList: [], ltv: "0", totalDebt: "0" } });
    const data = await get(paper, "/v5/crypto-loan-common/collateral-data?currency=BTC");
    expect(data.get("collateralRatioConfigList", 0, "collateralRatioList", 0, "collateralRatio")).toBe("0.95");
  });
});
