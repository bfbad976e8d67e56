import type { Account } from "./account.ts";
import { bestAskTicks, bestBidTicks } from "./book.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { applyMatch, emitOrder, emitPosition, emitWallet } from "./fills.ts";
import { QUOTE_COIN } from "./instruments.ts";
import { accountMargin } from "./margin.ts";
import { ticksToPrice } from "./market.ts";
import { ZERO } from "./money.ts";
import { closeOrder, fileOrder } from "./order-entry.ts";
import { positionSide } from "./positions.ts";
import type { Position } from "./positions.ts";
import { marginRules, marketOf } from "./state.ts";
import type { ExchangeState } from "./state.ts";
import { coinBalance } from "./wallet.ts";

function takeOver(state: ExchangeState, account: Account, position: Position, timeMs: number, emit: Emit): void {
  const market = marketOf(state, position.symbol);
  const side = positionSide(position) === "Buy" ? "Sell" : "Buy";
  const limitTicks = side === "Buy" ? bestAskTicks(market.linearBook) : bestBidTicks(market.linearBook);
  const qty = position.qty.abs();
  const qtyLots = qty.div(market.instrument.linear.qtyStep).toNumber();
  const order = fileOrder(
    state,
    account,
    market,
    {
      symbol: position.symbol,
      side,
      orderType: "Market",
      qty: qty.toFixed(),
      price: undefined,
      timeInForce: "IOC",
      reduceOnly: true,
      closeOnTrigger: false,
      positionIdx: 0,
      orderLinkId: "",
    },
    { qty, qtyLots, price: ticksToPrice(market, limitTicks), limitTicks },
    { timeMs, createType: "CreateByTakeOver_PassThrough" },
  );
  const seq = state.sequence.next();
  const fills = [{ ticks: limitTicks, lots: qtyLots }];
  applyMatch(state, account, order, { fills, isMaker: false, execType: "BustTrade", timeMs, seq }, emit);
  emitOrder(order, seq, timeMs, emit);
  emitPosition(state, account, market, timeMs, emit);
}

/**
 * Liquidates the unified account when its maintenance margin rate has reached 100 %: open orders are cancelled and every
 * position is taken over at the touch. A loss beyond the wallet is borne by the exchange (its insurance fund).
 * Simpler than the real one, which steps down risk tiers first.
 */
export function liquidateUnified(state: ExchangeState, account: Account, timeMs: number, emit: Emit): void {
  const margin = accountMargin(account, marginRules(state));
  if (margin.mmRate !== undefined && margin.mmRate.isLessThan(1)) return;
  for (const order of account.openOrders) {
    closeOrder(state, account, order, { cancelType: "CancelByPrepareLiq", rejectReason: "EC_NoError", timeMs });
    emitOrder(order, state.sequence.next(), timeMs, emit);
  }
  for (const position of account.positions.values()) {
    if (!position.qty.isZero()) takeOver(state, account, position, timeMs, emit);
  }
  const balance = coinBalance(account.wallet, QUOTE_COIN);
  if (balance.walletBalance.isLessThan(0)) balance.walletBalance = ZERO;
  account.unifiedLiquidationsMs.push(timeMs);
  refreshFast(state, account);
  emitWallet(state, account, timeMs, emit);
  emit({ kind: "unified_liquidated", uid: account.uid, timeMs, mmRate: margin.mmRate?.toFixed(4) ?? "" });
}
