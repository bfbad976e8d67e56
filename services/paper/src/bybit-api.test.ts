import { DefaultLogger, RestClientV5, WebsocketAPIClient, WebsocketClient } from "bybit-api";
import { systemTimers } from "@hedgelock/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { dig, items } from "./testing/json.ts";
import { TRADE_KEY, startTestPaper } from "./testing/paper-server.ts";
import type { TestPaper } from "./testing/paper-server.ts";

const CREDENTIALS = { key: TRADE_KEY.apiKey, secret: TRADE_KEY.apiSecret } as const;
const DEADLINE_MS = 10_000;
const quiet = { ...DefaultLogger, trace: () => undefined, info: () => undefined, error: () => undefined };

let paper: TestPaper;
let rest: RestClientV5;

beforeAll(async () => {
  paper = await startTestPaper([60_000, 60_010, 60_000], {
    accounts: [
      {
        account: "acc-1",
        uid: "900001",
        keys: [{ ...TRADE_KEY, permission: "trade" }],
        wallet: { USDT: "20000", BTC: "0.5" },
        loan: { collateral: { BTC: "1" }, debt: { USDT: "30000" } },
      },
    ],
  });
  rest = new RestClientV5({ ...CREDENTIALS, baseUrl: paper.baseUrl });
});
afterAll(async () => {
  await paper[Symbol.asyncDispose]();
});

/** The messages of one socket of the client; waits for the one that fits. */
class Inbox {
  readonly messages: unknown[] = [];
  readonly #waiting = new Set<() => void>();

  add(message: unknown): void {
    this.messages.push(message);
    for (const check of this.#waiting) check();
  }

  async find(fits: (message: unknown) => boolean, what: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = this.messages.find(fits);
        if (found === undefined) return;
        this.#waiting.delete(check);
        cancel();
        resolve(found);
      };
      const cancel = systemTimers.after(DEADLINE_MS, () => {
        this.#waiting.delete(check);
        reject(new Error(`${what} did not come: ${JSON.stringify(this.messages).slice(0, 2000)}`));
      });
      this.#waiting.add(check);
      check();
    });
  }
}

interface Listening extends Disposable {
  readonly inbox: Inbox;
}

/** Subscribes with the client as its users do, and waits until the exchange has said yes. */
async function listen(
  path: string,
  topics: readonly string[],
  category: "linear" | "spot",
  isPrivate: boolean,
): Promise<Listening> {
  const client = new WebsocketClient({ ...CREDENTIALS, market: "v5", wsUrl: `${paper.wsUrl}${path}` }, quiet);
  const inbox = new Inbox();
  const acknowledged = new Inbox();
  client.on("update", (message: unknown) => {
    inbox.add(message);
  });
  client.on("response", (message: unknown) => {
    acknowledged.add(message);
  });
  client.on("exception", (message: unknown) => {
    acknowledged.add(message);
  });
  await Promise.all(client.subscribeV5([...topics], category, isPrivate));
  await acknowledged.find((one) => dig(one, "op") === "subscribe" && dig(one, "success") === true, "the subscription");
  return {
    inbox,
    [Symbol.dispose]: () => {
      client.closeAll(true);
    },
  };
}

function isOrder(linkId: string, status: string): (message: unknown) => boolean {
  return (message) => {
    if (dig(message, "topic") !== "order") return false;
    return items(dig(message, "data")).some(
      (row) => dig(row, "orderLinkId") === linkId && dig(row, "orderStatus") === status,
    );
  };
}

describe("bybit-api 4.7.7, unchanged, against the paper exchange", () => {
  test("markets", async () => {
    expect((await rest.getServerTime()).retCode).toBe(0);
    const instruments = await rest.getInstrumentsInfo({ category: "linear", symbol: "BTCUSDT" });
    expect(instruments.result.list[0]).toMatchObject({ symbol: "BTCUSDT", status: "Trading" });
    const tickers = await rest.getTickers({ category: "linear", symbol: "BTCUSDT" });
    expect(tickers.result.list[0]?.markPrice).toBe("60000.00");
    const book = await rest.getOrderbook({ category: "spot", symbol: "BTCUSDT", limit: 5 });
    expect(book.result.b).toHaveLength(5);
  });

  test("public and private streams, place, fill, amend, cancel, history", async () => {
    using open = await listen("/v5/public/linear", ["orderbook.50.BTCUSDT", "tickers.BTCUSDT"], "linear", false);
    const topics = ["order", "execution", "position", "wallet"];
    using own = await listen("/v5/private", topics, "linear", true);
    await open.inbox.find((one) => dig(one, "topic") === "orderbook.50.BTCUSDT", "the book");
    await open.inbox.find((one) => dig(one, "topic") === "tickers.BTCUSDT", "the ticker");

    const taken = await rest.submitOrder({
      category: "linear",
      symbol: "BTCUSDT",
      side: "Sell",
      orderType: "Market",
      qty: "0.1",
      orderLinkId: "ba-1",
    });
    expect(taken).toMatchObject({ retCode: 0, result: { orderLinkId: "ba-1" } });
    await own.inbox.find(isOrder("ba-1", "Filled"), "the fill");
    await own.inbox.find((one) => dig(one, "topic") === "execution", "the execution");
    await own.inbox.find((one) => dig(one, "topic") === "position", "the position");
    await own.inbox.find((one) => dig(one, "topic") === "wallet", "the wallet");

    const named = { category: "linear", symbol: "BTCUSDT", orderLinkId: "ba-2" } as const;
    await rest.submitOrder({ ...named, side: "Buy", orderType: "Limit", qty: "0.05", price: "59700" });
    await own.inbox.find(isOrder("ba-2", "New"), "the resting order");
    expect((await rest.amendOrder({ ...named, price: "59600", qty: "0.06" })).retCode).toBe(0);
    const active = await rest.getActiveOrders({ category: "linear", symbol: "BTCUSDT" });
    expect(active.result.list[0]).toMatchObject({ orderLinkId: "ba-2", price: "59600.00", qty: "0.060" });
    expect((await rest.cancelOrder(named)).retCode).toBe(0);
    await own.inbox.find(isOrder("ba-2", "Cancelled"), "the cancellation");
    expect((await rest.cancelOrder(named)).retCode).toBe(110001);

    const history = await rest.getHistoricOrders({ category: "linear", symbol: "BTCUSDT" });
    expect(history.result.list.map((one) => [one.orderLinkId, one.orderStatus])).toEqual([
      ["ba-2", "Cancelled"],
      ["ba-1", "Filled"],
    ]);
    const executions = await rest.getExecutionList({ category: "linear", symbol: "BTCUSDT" });
    expect(executions.result.list[0]).toMatchObject({ orderLinkId: "ba-1", execQty: "0.1", feeCurrency: "USDT" });
    const positions = await rest.getPositionInfo({ category: "linear", settleCoin: "USDT" });
    expect(positions.result.list[0]).toMatchObject({ symbol: "BTCUSDT", side: "Sell", size: "0.1" });
  });

  test("orders over the trade connection, single and in batches", async () => {
    const client = new WebsocketAPIClient(
      { ...CREDENTIALS, wsUrl: `${paper.wsUrl}/v5/trade`, attachEventListeners: false },
      quiet,
    );
    try {
      const named = { category: "linear", symbol: "BTCUSDT", orderLinkId: "wa-1" } as const;
      const created = await client.submitNewOrder({
        ...named,
        side: "Buy",
        orderType: "Limit",
        qty: "0.05",
        price: "59700",
      });
      expect(created).toMatchObject({ retCode: 0, op: "order.create", data: { orderLinkId: "wa-1" } });
      expect((await client.amendOrder({ ...named, price: "59650" })).retCode).toBe(0);
      expect((await client.cancelOrder(named)).retCode).toBe(0);
      await expect(client.cancelOrder(named)).rejects.toMatchObject({ retCode: 110001 });
      const order = { symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "59700" } as const;
      const batch = await client.batchSubmitOrders("linear", [
        { ...order, orderLinkId: "wb-1" },
        { ...order, orderLinkId: "wb-1" },
      ]);
      expect(batch.retExtInfo.list.map((one) => one.code)).toEqual([0, 110072]);
      const gone = await client.batchCancelOrder("linear", [{ symbol: "BTCUSDT", orderLinkId: "wb-1" }]);
      expect(gone.retExtInfo.list.map((one) => one.code)).toEqual([0]);
    } finally {
      client.getWSClient().closeAll(true);
    }
  });

  test("spot, batches and cancel-all over REST", async () => {
    const bought = await rest.submitOrder({
      category: "spot",
      symbol: "BTCUSDT",
      side: "Buy",
      orderType: "Market",
      qty: "600",
    });
    const row = await rest.getActiveOrders({
      category: "spot",
      symbol: "BTCUSDT",
      orderId: bought.result.orderId,
      openOnly: 0,
    });
    expect(row.result.list[0]).toMatchObject({ orderStatus: "PartiallyFilledCanceled", cumExecQty: "0.009999" });
    const order = { symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "59700" } as const;
    const batch = await rest.batchSubmitOrders("linear", [order, { ...order, qty: "0" }]);
    expect(batch.retExtInfo.list.map((one) => one.code)).toEqual([0, 10001]);
    const ended = await rest.cancelAllOrders({ category: "linear", symbol: "BTCUSDT" });
    expect(ended.result.list).toHaveLength(1);
  });

  test("settings of positions", async () => {
    expect(
      (await rest.setLeverage({ category: "linear", symbol: "BTCUSDT", buyLeverage: "5", sellLeverage: "5" })).retCode,
    ).toBe(0);
    const stop = await rest.setTradingStop({
      category: "linear",
      symbol: "BTCUSDT",
      positionIdx: 0,
      tpslMode: "Full",
      stopLoss: "61000",
    });
    expect(stop.retCode).toBe(0);
    expect((await rest.switchPositionMode({ category: "linear", symbol: "BTCUSDT", mode: 3 })).retCode).toBe(110024);
    expect(
      (
        await rest.preCheckOrder({
          category: "linear",
          symbol: "BTCUSDT",
          side: "Sell",
          orderType: "Market",
          qty: "0.01",
        })
      ).retCode,
    ).toBe(0);
  });

  test("balances", async () => {
    const wallet = await rest.getWalletBalance({ accountType: "UNIFIED" });
    expect(wallet.result.list[0]?.coin.map((one) => one.coin)).toEqual(expect.arrayContaining(["USDT", "BTC"]));
    expect((await rest.getFeeRate({ category: "linear", symbol: "BTCUSDT" })).result.list[0]).toMatchObject({
      takerFeeRate: "0.00055",
    });
    const log = await rest.getTransactionLog({ accountType: "UNIFIED", category: "linear" });
    expect(items(log.result.list).map((one) => dig(one, "type"))).toContain("TRADE");
    expect((await rest.getAccountInfo()).result.unifiedMarginStatus).toBe(5);
    expect((await rest.getQueryApiKey()).result.readOnly).toBe(0);
  });

  test("loan: position, borrow, repay", async () => {
    const before = await rest.getCryptoLoanPosition();
    expect(before.retCode).toBe(0);
    expect(Number(before.result.totalDebt)).toBeCloseTo(30_000, 6);
    const borrowed = await rest.borrowFlexible({ loanCurrency: "USDT", loanAmount: "1000" });
    expect(borrowed).toMatchObject({ retCode: 0 });
    expect(Number((await rest.getCryptoLoanPosition()).result.totalDebt)).toBeGreaterThan(30_999);
    const fund = await rest.getAllCoinsBalance({ accountType: "FUND", coin: "USDT" });
    expect(Number(fund.result.balance[0]?.walletBalance)).toBeGreaterThan(999);
    expect((await rest.repayFlexible({ loanCurrency: "USDT", amount: "500" })).retCode).toBe(0);
  });
});
