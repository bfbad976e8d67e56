import type { Account } from "./account.ts";
import { positionOf, positionsOf } from "./account.ts";
import type { BookFill } from "./book.ts";
import { recordClosedPnl } from "./closed-pnl.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { accountMargin, positionMargin } from "./margin.ts";
import type { Market } from "./market.ts";
import { priceOf } from "./market.ts";
import { ZERO } from "./money.ts";
import type { Decimal } from "./money.ts";
import { releaseFilled, releaseRest } from "./order-reserve.ts";
import type { Execution, ExecType, Order } from "./orders.ts";
import { leavesQty } from "./orders.ts";
import { applyFill } from "./positions.ts";
import { SETTLE_COIN, marginRules, newId, newSpotId, usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { lotQty, tickPrice, tradableOfOrder, tradeValue } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";
import { settleContractFill, settleSpotFill } from "./wallet-fills.ts";

/** What one match does to one order. */
export interface Match {
  readonly fills: readonly BookFill[];
  readonly isMaker: boolean;
  readonly execType: ExecType;
  readonly timeMs: number;
  readonly seq: number;
}

/** One fill in decimals. */
interface Fill {
  readonly execId: string;
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly value: Decimal;
  readonly fee: Decimal;
  readonly feeCoin: string;
  readonly feeRate: string;
}

interface Effect {
  readonly closedSize: Decimal;
  readonly pnl: Decimal;
}

function feeRateOf(state: ExchangeState, order: Order, isMaker: boolean): string {
  const { fees } = state;
  if (order.category === "spot") return isMaker ? fees.makerSpot : fees.takerSpot;
  return isMaker ? fees.makerLinear : fees.takerLinear;
}

function fillOf(state: ExchangeState, tradable: Tradable, order: Order, match: Match, fill: BookFill): Fill {
  const price = tickPrice(tradable, fill.ticks);
  const qty = lotQty(tradable, fill.lots);
  const value = tradeValue(tradable, qty, price);
  const feeRate = feeRateOf(state, order, match.isMaker);
  const spot = order.category === "spot";
  const inBase = spot && order.side === "Buy";
  return {
    execId: spot ? newSpotId(state) : newId(state),
    price,
    qty,
    value,
    fee: (inBase ? qty : value).times(feeRate),
    feeCoin: spot ? (inBase ? tradable.baseCoin : tradable.quoteCoin) : tradable.settleCoin,
    feeRate,
  };
}

function ledgerType(execType: ExecType): "TRADE" | "LIQUIDATION" | "ADL" {
  if (execType === "BustTrade") return "LIQUIDATION";
  return execType === "AdlTrade" ? "ADL" : "TRADE";
}

function bookContract(account: Account, order: Order, match: Match, fill: Fill): Effect {
  const { price, qty, fee, feeRate, execId } = fill;
  const { side, symbol, orderId, orderLinkId } = order;
  const { timeMs, seq } = match;
  const position = positionOf(account, symbol, order.positionIdx);
  const effect = applyFill(position, { side, qty, price, fee, timeMs, seq });
  settleContractFill(account, {
    category: position.contract,
    settleCoin: position.settleCoin,
    symbol,
    side,
    qty,
    price,
    fee,
    feeRate,
    execId,
    orderId,
    orderLinkId,
    timeMs,
    pnl: effect.pnl,
    size: position.qty,
    type: ledgerType(match.execType),
  });
  recordClosedPnl(account, position, order, effect, { price, fee, qty });
  return effect;
}

function bookSpot(account: Account, tradable: Tradable, order: Order, match: Match, fill: Fill, lots: number): Effect {
  releaseFilled(account, order, tradable, lots);
  const { price, qty, value, fee, feeRate, execId } = fill;
  const { side, symbol, orderId, orderLinkId } = order;
  settleSpotFill(account, {
    symbol,
    side,
    qty,
    price,
    value,
    fee,
    feeRate,
    execId,
    orderId,
    orderLinkId,
    baseCoin: tradable.baseCoin,
    quoteCoin: tradable.quoteCoin,
    timeMs: match.timeMs,
  });
  return { closedSize: ZERO, pnl: ZERO };
}

function bookFill(state: ExchangeState, account: Account, order: Order, match: Match, bookFillOf: BookFill): Execution {
  const tradable = tradableOfOrder(state, order);
  const fill = fillOf(state, tradable, order, match, bookFillOf);
  const effect =
    order.category === "spot"
      ? bookSpot(account, tradable, order, match, fill, bookFillOf.lots)
      : bookContract(account, order, match, fill);
  account.stats.feesPaidUsd += fill.fee.times(usdPrice(state, fill.feeCoin)).toNumber();
  order.filledLots += bookFillOf.lots;
  order.cumExecQty = order.cumExecQty.plus(fill.qty);
  order.cumExecValue = order.cumExecValue.plus(fill.value);
  order.cumExecFee = order.cumExecFee.plus(fill.fee);
  order.closedPnl = order.closedPnl.plus(effect.pnl);
  order.status = order.filledLots === order.qtyLots ? "Filled" : "PartiallyFilled";
  const { category, symbol, orderId, orderLinkId, side, orderType, createType, stopOrderType } = order;
  return {
    category,
    symbol,
    orderId,
    orderLinkId,
    side,
    orderType,
    createType,
    stopOrderType,
    execId: fill.execId,
    uid: account.uid,
    orderPrice: order.price,
    orderQty: order.qty,
    leavesQty: leavesQty(order),
    execType: match.execType,
    execPrice: fill.price,
    execQty: fill.qty,
    execValue: fill.value,
    execFee: fill.fee,
    feeCoin: fill.feeCoin,
    feeRate: fill.feeRate,
    isMaker: match.isMaker,
    isLeverage: order.isLeverage,
    marketUnit: order.marketUnit,
    closedSize: effect.closedSize,
    execPnl: effect.pnl,
    markPrice: priceOf(tradable.market),
    execTimeMs: match.timeMs,
    seq: match.seq,
  };
}

/** Books a match on order, position and wallet and tells the account's executions. Status and events of the order are the caller's. */
export function applyMatch(state: ExchangeState, account: Account, order: Order, match: Match, emit: Emit): void {
  if (match.fills.length === 0) return;
  const executions = match.fills.map((fill) => bookFill(state, account, order, match, fill));
  if (order.status === "Filled" && order.category === "spot") {
    releaseRest(account, order, tradableOfOrder(state, order));
  }
  order.updatedMs = match.timeMs;
  account.executions.push(...executions);
  refreshFast(state, account);
  emit({ kind: "execution", uid: account.uid, timeMs: match.timeMs, seq: match.seq, executions });
}

export function emitOrder(order: Order, seq: number, timeMs: number, emit: Emit): void {
  emit({ kind: "order", uid: order.uid, timeMs, seq, order: { ...order } });
}

/** Tells position: also after New and Cancelled, as the exchange does. In hedge mode long and short together. */
export function emitPosition(state: ExchangeState, account: Account, market: Market, timeMs: number, emit: Emit): void {
  for (const position of positionsOf(account, market.instrument.symbol)) {
    const margin = positionMargin(position, market, state.fees.takerLinear);
    emit({ kind: "position", uid: account.uid, timeMs, state: { position: { ...position }, margin } });
  }
}

/** Coins a fill of the order changes. */
export function coinsOf(state: ExchangeState, order: Order): readonly string[] {
  const tradable = tradableOfOrder(state, order);
  return order.category === "spot" ? [tradable.baseCoin, tradable.quoteCoin] : [tradable.settleCoin];
}

/** Tells the wallet with the coins that changed only. */
export function emitWallet(
  state: ExchangeState,
  account: Account,
  timeMs: number,
  emit: Emit,
  coins: readonly string[] = [SETTLE_COIN],
): void {
  const margin = accountMargin(account, marginRules(state));
  emit({ kind: "wallet", uid: account.uid, timeMs, margin, coins });
}
