import type { PositionState } from "../domain/events.ts";
import { plain } from "../domain/money.ts";
import { positionSide } from "../domain/positions.ts";
import type { JsonObject } from "./json.ts";

/** Rank in the queue of auto-deleveraging, 1 to 5: by profit over margin in bands (the exchange's own bands are not told). */
export function adlRank(state: PositionState): number {
  const { position, margin } = state;
  if (position.qty.isZero()) return 0;
  if (!margin.unrealisedPnl.isGreaterThan(0) || margin.initialMargin.isZero()) return 2;
  const gain = margin.unrealisedPnl.div(margin.initialMargin).toNumber();
  return gain > 2 ? 5 : gain > 1 ? 4 : gain > 0.5 ? 3 : 2;
}

function commonFields(state: PositionState) {
  const { position, margin } = state;
  const flat = position.qty.isZero();
  return {
    positionIdx: position.positionIdx,
    tradeMode: 0,
    riskId: margin.riskId,
    riskLimitValue: margin.riskLimitValue,
    symbol: position.symbol,
    side: positionSide(position),
    size: plain(position.qty.abs()),
    leverage: position.leverage,
    breakEvenPrice: flat ? "" : plain(margin.breakEvenPrice, 2),
    positionValue: plain(margin.positionValue),
    positionBalance: "0",
    markPrice: plain(margin.markPrice),
    positionIM: flat ? "0" : plain(margin.initialMargin),
    positionIMByMp: flat ? "0" : plain(margin.initialMargin),
    positionMM: flat ? "0" : plain(margin.maintenanceMargin),
    positionMMByMp: flat ? "0" : plain(margin.maintenanceMargin),
    unrealisedPnl: plain(margin.unrealisedPnl),
    curRealisedPnl: plain(position.curRealisedPnl),
    cumRealisedPnl: plain(position.cumRealisedPnl),
    createdTime: String(position.createdMs),
    updatedTime: String(position.updatedMs),
    openTime: position.openMs,
    tpslMode: "Full",
    liqPrice: "",
    bustPrice: "",
    positionStatus: position.status,
    adlRankIndicator: adlRank(state),
    autoAddMargin: 0,
    leverageSysUpdatedTime: "",
    mmrSysUpdatedTime: "",
    seq: position.seq,
    isReduceOnly: false,
  };
}

/** One entry of the private `position` topic. */
export function positionMessage(state: PositionState): JsonObject {
  return {
    category: state.position.contract,
    ...commonFields(state),
    entryPrice: plain(state.margin.entryPrice),
    takeProfit: state.position.takeProfit === "" ? "0" : state.position.takeProfit,
    stopLoss: state.position.stopLoss === "" ? "0" : state.position.stopLoss,
    trailingStop: state.position.trailingStop === "" ? "0" : state.position.trailingStop,
    sessionAvgPrice: "0",
  };
}

/** One row of position/list: `avgPrice` where the topic says `entryPrice`. */
export function positionRow(state: PositionState): JsonObject {
  return {
    ...commonFields(state),
    avgPrice: plain(state.margin.entryPrice),
    takeProfit: state.position.takeProfit,
    stopLoss: state.position.stopLoss,
    trailingStop: state.position.trailingStop === "" ? "0" : state.position.trailingStop,
    sessionAvgPrice: "",
    delta: "",
    gamma: "",
    vega: "",
    theta: "",
  };
}
