import type { PositionState } from "../domain/events.ts";
import { plain } from "../domain/money.ts";
import { positionSide } from "../domain/positions.ts";
import type { JsonObject } from "./json.ts";

/** Rank shown for every open position: the middle of the queue (auto-deleveraging is not simulated). */
const ADL_RANK = 2;

function commonFields(state: PositionState) {
  const { position, margin } = state;
  const flat = position.qty.isZero();
  return {
    positionIdx: 0,
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
    positionStatus: "Normal",
    adlRankIndicator: flat ? 0 : ADL_RANK,
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
    category: "linear",
    ...commonFields(state),
    entryPrice: plain(state.margin.entryPrice),
    takeProfit: "0",
    stopLoss: "0",
    trailingStop: "0",
    sessionAvgPrice: "0",
  };
}

/** One row of position/list: `avgPrice` where the topic says `entryPrice`. */
export function positionRow(state: PositionState): JsonObject {
  return {
    ...commonFields(state),
    avgPrice: plain(state.margin.entryPrice),
    takeProfit: "",
    stopLoss: "",
    trailingStop: "0",
    sessionAvgPrice: "",
    delta: "",
    gamma: "",
    vega: "",
    theta: "",
  };
}
