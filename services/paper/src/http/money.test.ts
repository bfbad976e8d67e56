import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { dig, items, keysOf } from "../testing/json.ts";
import { READ_KEY, TRADE_KEY, get, order, post, startTestPaper } from "../testing/paper-server.ts";
import type { TestPaper } from "../testing/paper-server.ts";

let paper: TestPaper;

const ACCOUNT = {
  account: "acc-1",
  uid: "900001",
  keys: [
    { ...TRADE_KEY, permission: "trade" },
    { ...READ_KEY, permission: "read" },
  ],
  wallet: { USDT: "20000", BTC: "0.5" },
  fund: { USDT: "5000", BTC: "2" },
  loan: { collateral: { BTC: "1" }, debt: { USDT: "30000" } },
  legacyLoans: [{ loanCurrency: "USDT", loanAmount: "10000", collateralCurrency: "BTC", collateralAmount: "0.5" }],
};

beforeAll(async () => {
  paper = await startTestPaper([60_000, 60_000], { accounts: [ACCOUNT] });
});

afterAll(async () => {
  await paper[Symbol.asyncDispose]();
});

describe("balances and transfers", () => {
  test("a transfer moves between the wallets once, and its row and the balances say so", async () => {
    const transferId = "42c0cfb0-6bca-c242-bc76-4e6df6cbcb16";
    const body = { transferId, coin: "USDT", amount: "1000", fromAccountType: "UNIFIED", toAccountType: "FUND" };
    const path = "/v5/asset/transfer/inter-transfer";
    const done = await post(paper, path, body, TRADE_KEY);
    expect([done.retCode, done.get("transferId"), done.get("status")]).toEqual([0, transferId, "SUCCESS"]);
    expect((await post(paper, path, body, TRADE_KEY)).retCode).toBe(131_214);
    expect((await post(paper, path, { ...body, transferId: transferId.replace("4", "5") }, READ_KEY)).retCode).toBe(
      10_005,
    );
    const list = await get(paper, `/v5/asset/transfer/query-inter-transfer-list?transferId=${transferId}`, READ_KEY);
    expect(list.get("list", 0)).toMatchObject({ transferId, status: "SUCCESS", amount: "1000" });
    const fund = await get(
      paper,
      "/v5/asset/transfer/query-account-coins-balance?accountType=FUND&coin=USDT",
      READ_KEY,
    );
    expect(fund.get("balance", 0)).toEqual({ coin: "USDT", transferBalance: "6000", walletBalance: "6000", bonus: "" });
    const unified = "/v5/asset/transfer/query-account-coin-balance?accountType=UNIFIED&coin=USDT";
    expect((await get(paper, unified, READ_KEY)).get("balance", "walletBalance")).toBe("19000");
    const log = await get(paper, "/v5/account/transaction-log?accountType=UNIFIED&type=TRANSFER_OUT", READ_KEY);
    expect(log.get("list", 0)).toMatchObject({ currency: "USDT", change: "-1000", cashBalance: "19000" });
  });

  test("what can leave, what counts and what it costs", async () => {
    const most = await get(paper, "/v5/account/withdrawal?coinName=USDT,BTC", READ_KEY);
    expect(keysOf(most.get("availableWithdrawalMap"))).toEqual(["USDT", "BTC"]);
    const info = await get(paper, "/v5/account/collateral-info?currency=BTC", READ_KEY);
    expect(info.get("list", 0)).toMatchObject({ currency: "BTC", collateralRatio: "0.95", collateralSwitch: true });
    const tiers = await get(paper, "/v5/spot-margin-trade/collateral?currency=BTC");
    expect(tiers.get("list", 0, "collateralRatioList", 1)).toEqual({ minQty: "500", maxQty: "", collateralRatio: "0" });
    const coin = await get(paper, "/v5/asset/coin/query-info?coin=BTC", READ_KEY);
    expect(coin.get("rows", 0, "chains", 0, "chain")).toBe("BTC");
    const usdt = await post(
      paper,
      "/v5/account/set-collateral-switch",
      { coin: "USDT", collateralSwitch: "OFF" },
      TRADE_KEY,
    );
    expect(usdt.retCode).toBe(10_001);
  });

  test("demo money and borrowing by hand", async () => {
    const demo = { adjustType: 0, utaDemoApplyMoney: [{ coin: "ETH", amountStr: "1" }] };
    expect((await post(paper, "/v5/account/demo-apply-money", demo, TRADE_KEY)).retCode).toBe(0);
    expect((await post(paper, "/v5/account/borrow", { coin: "USDT", amount: "500" }, TRADE_KEY)).retCode).toBe(0);
    const wallet = await get(paper, "/v5/account/wallet-balance?accountType=UNIFIED&coin=USDT", READ_KEY);
    expect(wallet.get("list", 0, "coin", 0)).toMatchObject({ spotBorrow: "500", borrowAmount: "500" });
    const repaid = await post(paper, "/v5/account/repay", { coin: "USDT" }, TRADE_KEY);
    expect(repaid.get("resultStatus")).toBe("SU");
  });
});

describe("loans", () => {
  const position = async () => get(paper, "/v5/crypto-loan-common/position", READ_KEY);

  test("borrow, add collateral, repay: histories with status 1, and the LTV follows", async () => {
    const before = Number((await position()).get("ltv"));
    const loan = {
      loanCurrency: "USDT",
      loanAmount: "1000",
      collateralList: [{ currency: "BTC", amount: "0.1" }],
    };
    const borrowed = await post(paper, "/v5/crypto-loan-flexible/borrow", loan, TRADE_KEY);
    expect([borrowed.retCode, borrowed.retMsg]).toEqual([0, "ok"]);
    const history = await get(paper, "/v5/crypto-loan-flexible/borrow-history", READ_KEY);
    expect(history.get("list", 0)).toMatchObject({ orderId: borrowed.get("orderId"), status: 1 });
    const adjust = { currency: "BTC", amount: "0.1", direction: "0" };
    const adjusted = await post(paper, "/v5/crypto-loan-common/adjust-ltv", adjust, TRADE_KEY);
    expect(typeof adjusted.get("adjustId")).toBe("number");
    const rows = await get(paper, "/v5/crypto-loan-common/adjustment-history", READ_KEY);
    expect(rows.get("list", 0)).toMatchObject({ collateralCurrency: "BTC", direction: 0, status: 1, amount: "0.1" });
    const repaid = await post(
      paper,
      "/v5/crypto-loan-flexible/repay",
      { loanCurrency: "USDT", amount: "500" },
      TRADE_KEY,
    );
    const repayments = await get(paper, "/v5/crypto-loan-flexible/repayment-history", READ_KEY);
    expect(repayments.get("list", 0)).toMatchObject({ repayId: repaid.get("repayId"), repayStatus: 1, repayType: 1 });
    const ongoing = await get(paper, "/v5/crypto-loan-flexible/ongoing-coin", READ_KEY);
    expect(ongoing.get("list", 0)).toMatchObject({ loanCurrency: "USDT", totalDebt: "30500", unpaidInterest: "0" });
    const after = await position();
    expect(Number(after.get("ltv"))).toBeLessThan(before);
    const [debt, collateral] = [Number(after.get("totalDebt")), Number(after.get("totalCollateral"))];
    expect(Math.abs(debt / collateral - Number(after.get("ltv")))).toBeLessThan(1e-6);
  });

  test("limits of the pool, and a malformed body", async () => {
    const most = await get(paper, "/v5/crypto-loan-common/max-collateral-amount?currency=BTC", READ_KEY);
    expect(Number(most.get("maxCollateralAmount"))).toBeGreaterThan(0);
    const loan = await post(
      paper,
      "/v5/crypto-loan-common/max-loan",
      { currency: "USDT", collateralList: [] },
      READ_KEY,
    );
    expect(Number(loan.get("maxLoan"))).toBeGreaterThan(0);
    const bad = await post(paper, "/v5/crypto-loan-flexible/repay", { loanCurrency: "USDT", amount: 5 }, TRADE_KEY);
    expect([bad.retCode, bad.retMsg]).toEqual([10_001, "params error: amount invalid"]);
    const loanable = await get(paper, "/v5/crypto-loan-common/loanable-data?currency=USDT");
    expect(loanable.get("list", 0)).toMatchObject({
      flexibleBorrowable: true,
      flexibleAnnualizedInterestRate: "0.05694",
    });
  });

  test("a fixed loan from quote to full repayment", async () => {
    const quote = await get(paper, "/v5/crypto-loan-fixed/borrow-order-quote?orderCurrency=USDT&term=30");
    const annualRate = String(quote.get("list", 0, "annualRate"));
    const body = {
      orderCurrency: "USDT",
      orderAmount: "1000",
      annualRate,
      term: "30",
      repayType: "1",
      collateralList: [],
    };
    expect((await post(paper, "/v5/crypto-loan-fixed/borrow", body, TRADE_KEY)).retCode).toBe(0);
    const contract = await get(paper, "/v5/crypto-loan-fixed/borrow-contract-info", READ_KEY);
    expect(contract.get("list", 0)).toMatchObject({ borrowCurrency: "USDT", residualPrincipal: "1000", status: 1 });
    expect((await position()).get("borrowList", 0, "fixedTotalDebt")).not.toBe("0");
    const loanId = contract.get("list", 0, "loanId");
    expect((await post(paper, "/v5/crypto-loan-fixed/fully-repay", { loanId }, TRADE_KEY)).retCode).toBe(0);
    expect((await position()).get("borrowList", 0, "fixedTotalDebt")).toBe("0");
  });

  test("a legacy loan is read, topped up and repaid whole, and its collateral comes back", async () => {
    const ongoing = await get(paper, "/v5/crypto-loan/ongoing-orders", READ_KEY);
    expect(ongoing.retMsg).toBe("request.success");
    const orderId = ongoing.get("list", 0, "orderId");
    expect(ongoing.get("list", 0)).toMatchObject({ totalDebt: "10000", collateralAmount: "0.5", currentLTV: "0.3509" });
    const adjusted = await post(
      paper,
      "/v5/crypto-loan/adjust-ltv",
      { orderId, amount: "0.1", direction: "0" },
      TRADE_KEY,
    );
    expect(typeof adjusted.get("adjustId")).toBe("string");
    const over = await post(paper, "/v5/crypto-loan/repay", { orderId, amount: "10001" }, TRADE_KEY);
    expect(over.retCode).toBe(177_010);
    const funds = { transferId: "52c0cfb0-6bca-c242-bc76-4e6df6cbcb16", coin: "USDT", amount: "9000" };
    const transfer = { ...funds, fromAccountType: "UNIFIED", toAccountType: "FUND" };
    expect((await post(paper, "/v5/asset/transfer/inter-transfer", transfer, TRADE_KEY)).retCode).toBe(0);
    expect((await post(paper, "/v5/crypto-loan/repay", { orderId, amount: "10000" }, TRADE_KEY)).retCode).toBe(0);
    const rows = await get(paper, "/v5/crypto-loan/ongoing-orders", READ_KEY);
    expect(items(rows.get("list"))).toEqual([]);
  });
});

describe("positions", () => {
  test("leverage, list and closed profit", async () => {
    const leverage = { category: "linear", symbol: "BTCUSDT", buyLeverage: "5", sellLeverage: "5" };
    const set = await post(paper, "/v5/position/set-leverage", leverage, TRADE_KEY);
    expect([set.retCode, keysOf(set.get())]).toEqual([0, []]);
    expect((await post(paper, "/v5/position/set-leverage", leverage, TRADE_KEY)).retCode).toBe(110_043);
    await order(paper, TRADE_KEY, { qty: "0.1" });
    await order(paper, TRADE_KEY, { qty: "0.04", side: "Sell", reduceOnly: true });
    const list = await get(paper, "/v5/position/list?category=linear&settleCoin=USDT", READ_KEY);
    expect(list.get("list", 0)).toMatchObject({ size: "0.06", leverage: "5", positionIdx: 0 });
    const closed = await get(paper, "/v5/position/closed-pnl?category=linear&symbol=BTCUSDT", READ_KEY);
    expect(closed.get("list", 0)).toMatchObject({ side: "Sell", closedSize: "0.04", fillCount: "1", leverage: "5" });
    expect(Number(closed.get("list", 0, "closedPnl"))).toBeLessThan(0);
    const log = await get(paper, "/v5/account/transaction-log?category=linear&type=TRADE", READ_KEY);
    const first = items(log.get("list"))[0];
    const [change, flow, fee] = ["change", "cashFlow", "fee"].map((name) => Number(dig(first, name)));
    expect(change).toBeCloseTo((flow ?? 0) - (fee ?? 0), 8);
  });

  test("an inverse position holds margin and pays fees in its coin, and never touches USDT", async () => {
    const coins = async () => {
      const wallet = await get(paper, "/v5/account/wallet-balance?accountType=UNIFIED&coin=USDT,BTC", READ_KEY);
      return new Map(items(wallet.get("list", 0, "coin")).map((row) => [String(dig(row, "coin")), row]));
    };
    const before = await coins();
    const placed = await order(paper, TRADE_KEY, { category: "inverse", symbol: "BTCUSD", side: "Sell", qty: "6000" });
    expect(placed.retCode).toBe(0);
    const list = await get(paper, "/v5/position/list?category=inverse", READ_KEY);
    expect(list.get("list", 0)).toMatchObject({ symbol: "BTCUSD", side: "Sell", size: "6000" });
    expect(Number(list.get("list", 0, "positionValue"))).toBeCloseTo(0.1, 4);
    const after = await coins();
    expect(dig(after.get("USDT"), "walletBalance")).toBe(dig(before.get("USDT"), "walletBalance"));
    const fee = Number(dig(before.get("BTC"), "walletBalance")) - Number(dig(after.get("BTC"), "walletBalance"));
    expect(fee).toBeCloseTo(0.1 * 0.00055, 7);
    expect(Number(dig(after.get("BTC"), "totalPositionIM"))).toBeGreaterThan(0.01);
  });
});
