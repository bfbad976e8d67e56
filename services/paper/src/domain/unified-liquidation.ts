import type { Account } from "./account.ts";
import { bestAskTicks, bestBidTicks } from "./book.ts";
import type { Emit } from "./events.ts";
import { refreshFast } from "./fast-view.ts";
import { applyMatch, emitOrder, emitPosition, emitWallet } from "./fills.ts";
import { riskTierOf } from "./instruments.ts";
import { coverShortfall } from "./liquidation-shortfall.ts";
import { accountMargin, positionMargin, tierValue } from "./margin.ts";
import { ticksToPrice } from "./market.ts";
import type { Market } from "./market.ts";
import { Decimal, decimal, smaller } from "./money.ts";
import { closeOrder, fileOrder } from "./order-entry.ts";
import { positionSide } from "./positions.ts";
import type { Position } from "./positions.ts";
import { marginRules, marketOf, usdPrice } from "./state.ts";
import type { ExchangeState } from "./state.ts";

/** Takes `qty` of a position over at the touch. */
function takeOver(
  state: ExchangeState,
  account: Account,
  position: Position,
  qty: Decimal,
  timeMs: number,
  emit: Emit,
): void {
  const market = marketOf(state, position.symbol);
  const side = positionSide(position) === "Buy" ? "Sell" : "Buy";
  const limitTicks = side === "Buy" ? bestAskTicks(market.linearBook) : bestBidTicks(market.linearBook);
  const qtyLots = qty.div(market.instrument.linear.qtyStep).toNumber();
  const order = fileOrder(
    state,
    account,
    market,
    {
      category: position.contract,
      symbol: position.symbol,
      side,
      orderType: "Market",
      qty: qty.toFixed(),
      price: undefined,
      timeInForce: "IOC",
      reduceOnly: true,
      closeOnTrigger: false,
      positionIdx: position.positionIdx,
      orderLinkId: "",
    },
    { qty, qtyLots, price: ticksToPrice(market, limitTicks), limitTicks },
    { timeMs, createType: "CreateByTakeOver_PassThrough" },
  );
  const seq = state.sequence.next();
  const fills = [{ ticks: limitTicks, lots: qtyLots }];
  applyMatch(state, account, order, { fills, isMaker: false, execType: "BustTrade", timeMs, seq }, emit);
  emitOrder(order, seq, timeMs, emit);
  position.status = position.qty.isZero() ? "Normal" : "Liq";
  emitPosition(state, account, market, timeMs, emit);
  position.status = "Normal";
}

/** What is taken at once: down to the limit of the tier below, the whole of a position in the lowest tier. */
function stepDownQty(position: Position, market: Market): Decimal {
  const { linear } = market.instrument;
  const size = position.qty.abs();
  const below = linear.riskTiers[riskTierOf(linear, tierValue(position)).id - 2];
  if (below === undefined) return size;
  const kept = size.times(below.limitUsdt).div(tierValue(position));
  const keptLots = kept.div(linear.qtyStep).integerValue(Decimal.ROUND_FLOOR);
  return size.minus(keptLots.times(linear.qtyStep));
}

/** The open position that needs the most maintenance margin, USD. */
function heaviest(state: ExchangeState, account: Account): Position | undefined {
  let found: Position | undefined;
  let most = decimal("-1");
  for (const position of account.positions.values()) {
    if (position.qty.isZero()) continue;
    const margin = positionMargin(position, marketOf(state, position.symbol), state.fees.takerLinear);
    const needed = margin.maintenanceMargin.times(usdPrice(state, position.settleCoin));
    if (needed.isGreaterThan(most)) [found, most] = [position, needed];
  }
  return found;
}

function isUnderMargin(state: ExchangeState, account: Account): boolean {
  const { mmRate } = accountMargin(account, marginRules(state));
  return mmRate === undefined || !mmRate.isLessThan(1);
}

/**
 * Liquidates the unified account when its maintenance margin rate has reached 100 %: open orders are cancelled, then the
 * heaviest position is taken over at the touch, one risk tier at a time, until the rate is below 100 %. Once nothing is
 * left to take, balances below zero are settled ({@link coverShortfall}).
 */
export function liquidateUnified(state: ExchangeState, account: Account, timeMs: number, emit: Emit): void {
  const margin = accountMargin(account, marginRules(state));
  if (margin.mmRate !== undefined && margin.mmRate.isLessThan(1)) return;
  for (const order of account.openOrders) {
    closeOrder(state, account, order, { cancelType: "CancelByPrepareLiq", rejectReason: "EC_NoError", timeMs });
    emitOrder(order, state.sequence.next(), timeMs, emit);
  }
  const coins = new Set<string>();
  while (isUnderMargin(state, account)) {
    const position = heaviest(state, account);
    if (position === undefined) break;
    coins.add(position.settleCoin);
    const qty = smaller(position.qty.abs(), stepDownQty(position, marketOf(state, position.symbol)));
    takeOver(state, account, position, qty, timeMs, emit);
  }
  if (heaviest(state, account) === undefined) {
    for (const coin of coverShortfall(state, account, timeMs)) coins.add(coin);
  }
  account.unifiedLiquidationsMs.push(timeMs);
  refreshFast(state, account);
  emitWallet(state, account, timeMs, emit, [...coins]);
  emit({ kind: "unified_liquidated", uid: account.uid, timeMs, mmRate: margin.mmRate?.toFixed(4) ?? "" });
}
