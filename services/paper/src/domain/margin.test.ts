import { expect, test } from "vitest";

import { accountOf, orderRequest, stepTo, testExchange } from "../testing/exchange.ts";
import { positionMessage, positionRow } from "../views/position-view.ts";
import { walletMessage } from "../views/wallet-view.ts";
import { accountMargin, positionMargin } from "./margin.ts";
import { plain } from "./money.ts";
import { marginRules, marketOf } from "./state.ts";

/** The documentation's own example: 0.25 BTC sold at 60,100 as maker, mark 60,000, 20,000 USDT and 0.1 BTC. */
function documentedAccount(): ReturnType<typeof testExchange> {
  const exchange = testExchange({ accounts: [{ wallet: { USDT: "20000", BTC: "0.1" } }] });
  const order = orderRequest({ side: "Sell", price: "60100", qty: "0.25", timeInForce: "PostOnly" });
  expect(exchange.createOrder(accountOf(exchange), order, 1_785_600_000_138).result.ok).toBe(true);
  stepTo(exchange, 60_100);
  stepTo(exchange, 60_000);
  return exchange;
}

test("position margin, value, profit and break-even are those of the documented sample", () => {
  const exchange = documentedAccount();
  const { state } = exchange;
  const position = accountOf(exchange).positions.get("BTCUSDT");
  if (position === undefined) throw new Error("no position");
  const margin = positionMargin(position, marketOf(state, "BTCUSDT"), state.fees.takerLinear);
  expect(positionMessage({ position, margin })).toMatchObject({
    side: "Sell",
    size: "0.25",
    entryPrice: "60100",
    leverage: "10",
    breakEvenPrice: "60054.95",
    positionValue: "15025",
    markPrice: "60000",
    positionIM: "1509.090125",
    positionMM: "84.090125",
    unrealisedPnl: "25",
    curRealisedPnl: "-3.005",
    cumRealisedPnl: "-3.005",
  });
  expect(positionRow({ position, margin })).toMatchObject({ avgPrice: "60100", positionIMByMp: "1509.090125" });
});

test("account totals and rates are those of the documented sample", () => {
  const exchange = documentedAccount();
  const margin = accountMargin(accountOf(exchange), marginRules(exchange.state));
  expect(walletMessage(margin, ["USDT"])).toMatchObject({
    accountIMRate: "0.0586",
    accountMMRate: "0.0032",
    totalEquity: "26021.995",
    totalWalletBalance: "25996.995",
    totalMarginBalance: "26021.995",
    totalAvailableBalance: "24212.904875",
    totalPerpUPL: "25",
    totalInitialMargin: "1509.090125",
    totalMaintenanceMargin: "84.090125",
    coin: [{ coin: "USDT", equity: "20021.995", walletBalance: "19996.995", cumRealisedPnl: "-3.005" }],
  });
  expect(walletMessage(margin, ["USDT"])["coin"]).toHaveLength(1);
});

test("larger positions fall into higher tiers, and the tiers join without a step", () => {
  const exchange = testExchange({ accounts: [{ wallet: { USDT: "90000000" } }], sizePerLevel: "1000" });
  const account = accountOf(exchange);
  exchange.createOrder(account, orderRequest({ qty: "100" }), 1);
  const position = account.positions.get("BTCUSDT");
  if (position === undefined) throw new Error("no position");
  const margin = positionMargin(position, marketOf(exchange.state, "BTCUSDT"), "0");
  expect(margin.riskId).toBe(2);
  expect(plain(margin.maintenanceMargin)).toBe(plain(margin.markPrice.times(100).times("0.0075").minus(5000)));
});
