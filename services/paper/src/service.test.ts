import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { dig, items } from "./testing/json.ts";
import { OTHER_KEY, TRADE_KEY, get, logLine, order, post, startTestPaper } from "./testing/paper-server.ts";
import type { TestPaper } from "./testing/paper-server.ts";

let paper: TestPaper;

beforeEach(async () => {
  paper = await startTestPaper([60_000, 58_000, 56_842.2, 56_842.1, 57_000]);
});
afterEach(async () => {
  await paper[Symbol.asyncDispose]();
});

async function sim(path: string): Promise<unknown> {
  return (await get(paper, `/sim/${path}`)).body;
}

describe("the replay is driven from outside", () => {
  test("paused at first, stepped by hand, then started and finished", async () => {
    const first = await sim("status");
    expect(first).toMatchObject({
      state: "paused",
      stepsDone: 0,
      barIndex: 0,
      bars: 5,
      symbols: { BTCUSDT: { mark: "60000.00" } },
    });
    const stepped = await post(paper, "/sim/replay", { action: "step", steps: 3 });
    expect(stepped.body).toMatchObject({ state: "paused", stepsDone: 3 });
    expect((await post(paper, "/sim/replay", { action: "start" })).body).toMatchObject({ state: "running" });
    await logLine(paper, "paper.replay_finished");
    const done = await sim("status");
    expect(done).toMatchObject({ state: "finished", barIndex: 4, stepsDone: dig(done, "stepsTotal") });
    const timeline = items(dig(await sim("timeline"), "timeline"));
    expect(timeline.map((pair) => dig(pair, 1))).toEqual(
      [0, 1, 2, 3, 4].map((bar) => 1_760_000_040_000 + bar * 60_000),
    );
    expect((await post(paper, "/sim/replay", { action: "start" })).status).toBe(409);
  });

  test.each<readonly [string, unknown, number]>([
    ["not JSON", "{", 400],
    ["unknown action", { action: "jump" }, 400],
    ["unknown key", { action: "start", now: true }, 400],
    ["steps that are no number", { action: "step", steps: "3" }, 400],
    ["steps without stepping", { action: "start", steps: 3 }, 400],
  ])("a call that is refused with its reason: %s", async (_name, body, status) => {
    const reply = await post(paper, "/sim/replay", body);
    expect(reply.status).toBe(status);
    expect(dig(reply.body, "error")).toMatch(/\w/);
  });

  test("wrong paths and methods are refused", async () => {
    expect((await get(paper, "/sim/nothing")).status).toBe(404);
    expect((await get(paper, "/sim/replay")).status).toBe(405);
    expect((await post(paper, "/sim/accounts", {})).status).toBe(405);
  });
});

test("the loan is liquidated at its line and shows without debt; the remainder is in the funding wallet", async () => {
  await order(paper, TRADE_KEY, { side: "Sell", qty: "0.5", orderLinkId: "hedge" });
  await post(paper, "/sim/replay", { action: "step", steps: 100_000 });
  const position = await get(paper, "/v5/crypto-loan-common/position", TRADE_KEY);
  expect(position.body).toMatchObject({ result: { borrowList: [], collateralList: [], totalDebt: "0", ltv: "0" } });
  const event = paper.logged.find((line) => line.event === "paper.loan_liquidated");
  expect(event?.fields).toMatchObject({ account: "acc-1", debt_usd: "51300", fee_usd: "1026" });
  expect(Number(event?.fields["ltv"])).toBeGreaterThanOrEqual(0.95);
  const [account] = items(dig(await sim("accounts"), "accounts"));
  expect(dig(account, "loan")).toMatchObject({
    debtUsd: "0",
    liquidated: { prices: { BTC: "56842.1" }, feeUsd: "1026" },
  });
  expect(dig(account, "unhedgedLoan", "liquidated", "debtUsd")).toBe("51300");
  const returned = dig(account, "fund", "BTC");
  expect(Number(returned)).toBeCloseTo(1 - (51_300 * 1.02) / 56_842.1, 7);
  const fund = await get(paper, "/v5/asset/transfer/query-account-coins-balance?accountType=FUND&coin=BTC", TRADE_KEY);
  expect(fund.get("balance", 0, "walletBalance")).toBe(returned);
  expect(Number(dig(account, "stats", "lowestEquityHedgedUsd"))).toBeGreaterThan(
    Number(dig(account, "stats", "lowestEquityUnhedgedUsd")),
  );
  expect(dig(account, "stats", "highestLtv")).toBeGreaterThanOrEqual(0.95);
});

test("the exchange's own book lists every order and execution by account", async () => {
  await order(paper, TRADE_KEY, { orderLinkId: "a" });
  await order(paper, OTHER_KEY, { orderLinkId: "b", side: "Sell", qty: "0.01" });
  const orders = items(dig(await sim("orders"), "orders"));
  expect(orders.map((row) => [dig(row, "account"), dig(row, "orderLinkId"), dig(row, "orderStatus")])).toEqual([
    ["acc-1", "a", "Filled"],
    ["acc-2", "b", "Filled"],
  ]);
  const executions = items(dig(await sim("executions"), "executions"));
  expect(executions.map((row) => [dig(row, "uid"), dig(row, "execQty")])).toEqual([
    ["900001", "0.1"],
    ["900002", "0.01"],
  ]);
});

test("a loan that starts over its line, and a broken price file, are refused at start", async () => {
  await expect(startTestPaper([50_000, 50_000])).rejects.toThrow("starts at LTV 1.0800");
  const prices = [{ symbol: "BTCUSDT", file: "/nonexistent/prices.csv" }];
  await expect(startTestPaper([60_000], { prices })).rejects.toThrow("cannot read the price file");
});

test("the speed can be changed while it runs, and is refused where it does not belong", async () => {
  expect((await post(paper, "/sim/replay", { action: "speed", speed: 3 })).body).toMatchObject({ speed: 3 });
  expect((await post(paper, "/sim/replay", { action: "start", speed: 3 })).status).toBe(400);
  expect((await post(paper, "/sim/replay", { action: "speed" })).status).toBe(400);
  expect((await post(paper, "/sim/replay", { action: "speed", speed: 0 })).status).toBe(400);
});

test("the status page is there, reads only what the administrator's interface has, and fetches nothing from elsewhere", async () => {
  const response = await fetch(`${paper.baseUrl}/`);
  expect(response.headers.get("content-type")).toContain("text/html");
  const page = await response.text();
  expect(page).not.toMatch(/https?:\/\//);
  for (const name of ["status", "accounts", "orders", "faults"]) {
    expect(page).toContain(`"${name}"`);
    expect((await get(paper, `/sim/${name}`)).status).toBe(200);
  }
});

test("a port that is taken is named", async () => {
  const port = Number(new URL(paper.baseUrl).port);
  await expect(startTestPaper([60_000], { listen: { port } })).rejects.toThrow(`cannot listen on 127.0.0.1:${port}`);
});
