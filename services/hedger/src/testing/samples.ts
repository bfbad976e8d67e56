import {
  type Decision,
  type Execution,
  type HedgeTarget,
  InputQuality,
  type OrderUpdate,
  RiskState,
} from "@hedgelock/contracts";

import type { OrderRules, PlanLimits } from "../domain/rules.ts";

/** An order update of a linear IOC limit order, with what the test cares about in place. */
export function anOrderUpdate(changes: Partial<OrderUpdate> = {}): OrderUpdate {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    orderId: "order-1",
    orderLinkId: "",
    side: "Sell",
    orderType: "Limit",
    timeInForce: "IOC",
    orderStatus: "New",
    rejectReason: "EC_NoError",
    cancelType: "UNKNOWN",
    price: "59700",
    qty: "0.25",
    avgPrice: "",
    cumExecQty: "0",
    cumExecValue: "0",
    cumExecFee: "0",
    reduceOnly: false,
    createdTimeMs: 1_785_600_000_000,
    updatedTimeMs: 1_785_600_000_000,
    ...changes,
  };
}

/** An execution of a linear order. */
export function anExecution(changes: Partial<Execution> = {}): Execution {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    orderId: "order-1",
    orderLinkId: "",
    execId: "exec-1",
    side: "Sell",
    execType: "Trade",
    price: "60000",
    qty: "0.25",
    value: "",
    fee: "8.25",
    feeCurrency: "USDT",
    isMaker: false,
    execPnl: "0",
    closedSize: "0",
    execTimeMs: 1_785_600_000_000,
    exchangeSeq: 1001,
    ...changes,
  };
}

/** A target on BTCUSDT: short a quarter, prices around 60,000. */
export function aTarget(changes: Partial<HedgeTarget> = {}): HedgeTarget {
  return {
    category: "linear",
    symbol: "BTCUSDT",
    targetQty: "-0.25",
    bandQty: "0.005",
    positionQty: "0",
    markPrice: "60000",
    bidPrice: "59999.9",
    askPrice: "60000",
    ...changes,
  };
}

/** A fresh decision in DANGER. */
export function aDecision(changes: Partial<Decision> = {}): Decision {
  return {
    account: "alice",
    version: 1,
    writer: "risk-1",
    epoch: 1,
    state: RiskState.RISK_STATE_DANGER,
    previousState: RiskState.RISK_STATE_CAUTION,
    inputQuality: InputQuality.INPUT_QUALITY_FRESH,
    ltv: "0.78",
    venueLtv: "0.78",
    effectiveLtv: "0.78",
    maintenanceMarginRate: "0.01",
    exposures: [],
    targets: [aTarget()],
    policyVersion: "1",
    reasons: ["state_change"],
    trigger: {
      messageId: "tick",
      subject: "md.bybit.spot.BTCUSDT",
      exchangeSeq: 1,
      exchangeTimeMs: 1_785_600_000_000,
      receiveTimeUs: 1_785_600_000_000_000,
      publishTimeUs: 1_785_600_000_000_000,
      evaluateTimeUs: 1_785_600_000_000_000,
      spanId: "b7ad6b7169203331",
    },
    inputs: [],
    decidedTimeUs: 1_785_600_000_000_000,
    exchangeTimeMs: 1_785_600_000_000,
    memory: undefined,
    continued: undefined,
    ...changes,
  };
}

/** Rules of BTCUSDT linear, as Bybit had them in 2026. */
export const BTC_RULES: OrderRules = {
  tickSize: "0.10",
  minPrice: "0.10",
  maxPrice: "1999999.80",
  qtyStep: "0.001",
  minOrderQty: "0.001",
  maxOrderQty: "1190.000",
  minNotional: "5",
};

/** The defaults of design §7. */
export const LIMITS: PlanLimits = {
  perSymbol: { BTCUSDT: { maxOrderQty: "1", maxDayQty: "10" } },
  maxOrdersPerMinute: 20,
  slippageBps: 50,
  hardCapBps: 200,
  maxDecisionAgeMs: 5000,
};
