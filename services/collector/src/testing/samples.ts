import { TickKind } from "@hedgelock/contracts";
import type { Execution, LoanSnapshot, OrderUpdate, Position, Tick, WalletSnapshot } from "@hedgelock/contracts";

export function tickWith(changes: Partial<Tick> = {}): Tick {
  return {
    venue: "bybit",
    category: "linear",
    symbol: "BTCUSDT",
    kind: TickKind.TICK_KIND_TICKER,
    exchangeSeq: 1,
    exchangeTimeMs: 1_785_600_000_000,
    receiveTimeUs: 1_785_600_000_000_000,
    publishTimeUs: 0,
    bidPrice: "99",
    bidSize: "1",
    askPrice: "101",
    askSize: "1",
    lastPrice: "100",
    markPrice: "100",
    indexPrice: "100",
    fundingRate: "0.0001",
    nextFundingTimeMs: 0,
    ...changes,
  };
}

export function positionWith(changes: Partial<Position> = {}): Position {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    qty: "-0.25",
    entryPrice: "60100",
    markPrice: "60000",
    unrealisedPnl: "25",
    leverage: "10",
    liquidationPrice: "",
    initialMargin: "1509",
    maintenanceMargin: "84",
    exchangeSeq: 100,
    updatedTimeMs: 1_785_600_000_000,
    positionIdx: 0,
    ...changes,
  };
}

export function orderWith(changes: Partial<OrderUpdate> = {}): OrderUpdate {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    orderId: "o1",
    orderLinkId: "hl-1",
    side: "Sell",
    orderType: "Limit",
    timeInForce: "IOC",
    orderStatus: "Filled",
    rejectReason: "",
    cancelType: "",
    price: "60100",
    qty: "0.25",
    avgPrice: "60100",
    cumExecQty: "0.25",
    cumExecValue: "15025",
    cumExecFee: "3",
    reduceOnly: false,
    createdTimeMs: 1_785_600_000_000,
    updatedTimeMs: 1_785_600_000_001,
    ...changes,
  };
}

export function executionWith(changes: Partial<Execution> = {}): Execution {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    orderId: "o1",
    orderLinkId: "hl-1",
    execId: "e1",
    side: "Sell",
    execType: "Trade",
    price: "60100",
    qty: "0.25",
    value: "15025",
    fee: "3",
    feeCurrency: "USDT",
    isMaker: false,
    execPnl: "0",
    closedSize: "0",
    execTimeMs: 1_785_600_000_002,
    exchangeSeq: 100,
    ...changes,
  };
}

export const wallet: WalletSnapshot = {
  totalEquityUsd: "26021.995",
  totalWalletBalanceUsd: "1",
  totalMarginBalanceUsd: "1",
  totalAvailableBalanceUsd: "1",
  totalInitialMarginUsd: "1",
  totalMaintenanceMarginUsd: "1",
  maintenanceMarginRate: "0.01",
  initialMarginRate: "0.02",
  coins: [{ coin: "USDT", walletBalance: "5", equity: "5", borrowAmount: "0", unrealisedPnl: "0" }],
};

export const loan: LoanSnapshot = {
  debts: [{ coin: "USDT", amount: "30000", amountUsd: "30000" }],
  collateral: [
    { coin: "BTC", amount: "0.75", amountUsd: "42750", tiers: [{ minValueUsd: "0", maxValueUsd: "", ratio: "0.95" }] },
  ],
  venueLtv: "0.7",
  totalDebtUsd: "30000",
  totalCollateralUsd: "42750",
};
