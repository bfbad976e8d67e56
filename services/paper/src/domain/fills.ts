import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import { recordClosedPnl } from "./closed-pnl.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { accountMargin, positionMargin } from "./margin.ts";
import type { Market } from "./market.ts";
import { lotsToQty, priceOf, ticksToPrice } from "./market.ts";
import type { BookFill } from "./book.ts";
import type { Execution, ExecType, Order } from "./orders.ts";
import { leavesQty } from "./orders.ts";
import { applyFill } from "./positions.ts";
import { SETTLE_COIN, marginRules, marketOf, newId } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { settleContractFill } from "./wallet-fills.ts";

/** What one match does to one order. */
export interface Match {
  readonly fills: readonly BookFill[];
  readonly isMaker: boolean;
  readonly execType: ExecType;
  readonly timeMs: number;
  readonly seq: number;
}

function bookFill(state: ExchangeState, account: Account, order: Order, match: Match, fill: BookFill): Execution {
  const market = marketOf(state, order.symbol);
  const execPrice = ticksToPrice(market, fill.ticks);
  const execQty = lotsToQty(market, fill.lots);
  const execValue = execPrice.times(execQty);
  const feeRate = match.isMaker ? state.fees.makerLinear : state.fees.takerLinear;
  const execFee = execValue.times(feeRate);
  const position = positionOf(account, order.symbol);
  const effect = applyFill(position, {
    side: order.side,
    qty: execQty,
    price: execPrice,
    fee: execFee,
    timeMs: match.timeMs,
    seq: match.seq,
  });
  const execId = newId(state);
  const { side, orderId, orderLinkId } = order;
  settleContractFill(account, {
    category: position.contract,
    settleCoin: position.settleCoin,
    symbol: order.symbol,
    side,
    qty: execQty,
    price: execPrice,
    pnl: effect.pnl,
    fee: execFee,
    feeRate,
    size: position.qty,
    type: match.execType === "BustTrade" ? "LIQUIDATION" : "TRADE",
    execId,
    orderId,
    orderLinkId,
    timeMs: match.timeMs,
  });
  recordClosedPnl(account, position, order, effect, { price: execPrice, fee: execFee, qty: execQty });
  account.stats.feesPaidUsd += execFee.toNumber();
  order.filledLots += fill.lots;
  order.cumExecQty = order.cumExecQty.plus(execQty);
  order.cumExecValue = order.cumExecValue.plus(execValue);
  order.cumExecFee = order.cumExecFee.plus(execFee);
  order.closedPnl = order.closedPnl.plus(effect.pnl);
  order.status = order.filledLots === order.qtyLots ? "Filled" : "PartiallyFilled";
  return {
    execId,
    uid: account.uid,
    symbol: order.symbol,
    orderId: order.orderId,
    orderLinkId: order.orderLinkId,
    side: order.side,
    orderType: order.orderType,
    createType: order.createType,
    orderPrice: order.price,
    orderQty: order.qty,
    leavesQty: leavesQty(order),
    execType: match.execType,
    execPrice,
    execQty,
    execValue,
    execFee,
    feeRate,
    isMaker: match.isMaker,
    closedSize: effect.closedSize,
    execPnl: effect.pnl,
    markPrice: priceOf(market),
    execTimeMs: match.timeMs,
    seq: match.seq,
  };
}

/** Books a match on order, position and wallet and tells the account's executions. Status and events of the order are the caller's. */
export function applyMatch(state: ExchangeState, account: Account, order: Order, match: Match, emit: Emit): void {
  if (match.fills.length === 0) return;
  const executions = match.fills.map((fill) => bookFill(state, account, order, match, fill));
  order.updatedMs = match.timeMs;
  account.executions.push(...executions);
  refreshFast(state, account);
  emit({ kind: "execution", uid: account.uid, timeMs: match.timeMs, seq: match.seq, executions });
}

export function emitOrder(order: Order, seq: number, timeMs: number, emit: Emit): void {
  emit({ kind: "order", uid: order.uid, timeMs, seq, order: { ...order } });
}

/** Tells position: also after New and Cancelled, as the exchange does. */
export function emitPosition(state: ExchangeState, account: Account, market: Market, timeMs: number, emit: Emit): void {
  const position = positionOf(account, market.instrument.symbol);
  const margin = positionMargin(position, market, state.fees.takerLinear);
  emit({ kind: "position", uid: account.uid, timeMs, state: { position: { ...position }, margin } });
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
