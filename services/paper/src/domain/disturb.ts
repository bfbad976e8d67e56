import type { Account } from "./account.ts";
import type { Emit } from "./events.ts";
import { applyMatch, emitOrder } from "./fills.ts";
import { ticksToPrice } from "./market.ts";
import { Decimal, smaller } from "./money.ts";
import { findOpen } from "./order-entry.ts";
import type { OrderTarget } from "./order-entry.ts";
import { fileOrder } from "./order-file.ts";
import { tellAfter } from "./order-match.ts";
import type { Order } from "./orders.ts";
import type { Position } from "./positions.ts";
import { contractKind, positionSide } from "./positions.ts";
import { accept, refuse } from "./refusal.ts";
import type { Result } from "./refusal.ts";
import { fillResting } from "./resting-fills.ts";
import { marketOf } from "./state.ts";
import type { ExchangeState } from "./state.ts";

/** How slowly and how clearly money moves; absent leaves as it is. */
export interface BankDelays {
  /** How long a transfer is PENDING, milliseconds; 0 for none. */
  readonly transferDelayMs: number;
  /** Whether it is STATUS_UNKNOWN meanwhile. */
  readonly transferUnknown: boolean;
  readonly loanDelayMs: number;
  readonly historyDelayMs: number;
}

export function setBankDelays(state: ExchangeState, delays: BankDelays): void {
  const { bank } = state;
  bank.transferDelayMs = delays.transferDelayMs;
  bank.transferAnswer = delays.transferUnknown ? "unknown" : "normal";
  bank.loanDelayMs = delays.loanDelayMs;
  bank.historyDelayMs = delays.historyDelayMs;
}

/** Fills part of a resting order at its own price. @param fraction of what is left, at least one lot */
export function fillPart(
  state: ExchangeState,
  account: Account,
  target: OrderTarget & { readonly fraction: number },
  timeMs: number,
  emit: Emit,
): Result<Order> {
  const found = findOpen(state, account, target);
  if (!found.ok) return found;
  const { order } = found.value;
  if (order.status === "Untriggered") return refuse(110001, "a conditional order does not rest in the book");
  const lots = Math.max(1, Math.floor((order.qtyLots - order.filledLots) * target.fraction));
  fillResting(state, account, order, timeMs, emit, lots);
  return accept(order);
}

/**
 * A fill that overtakes a cancellation: the order fills in full, the cancellation is accepted all the same, and Filled is
 * told twice, the second time as the cancellation's (recorded from the exchange).
 */
export function fillBeforeCancel(
  state: ExchangeState,
  account: Account,
  target: OrderTarget,
  timeMs: number,
  emit: Emit,
): Result<Order> {
  const found = findOpen(state, account, target);
  if (!found.ok) return found;
  const { order } = found.value;
  if (order.status === "Untriggered") return refuse(110001, "order not exists or too late to cancel");
  fillResting(state, account, order, timeMs, emit);
  const second = { ...order, cancelType: "CancelByUser", rejectReason: "EC_OrigClOrdIDDoesNotExist" } as const;
  emitOrder(second, state.sequence.next(), timeMs, emit);
  return accept(order);
}

function deleverage(
  state: ExchangeState,
  account: Account,
  position: Position,
  qty: Decimal,
  timeMs: number,
  emit: Emit,
): void {
  const market = marketOf(state, position.symbol);
  const limitTicks = market.priceTicks;
  const order = fileOrder(
    state,
    account,
    market,
    {
      category: contractKind(position.symbol),
      symbol: position.symbol,
      side: positionSide(position) === "Buy" ? "Sell" : "Buy",
      orderType: "Market",
      qty: qty.toFixed(),
      price: undefined,
      timeInForce: "IOC",
      reduceOnly: true,
      closeOnTrigger: false,
      positionIdx: position.positionIdx,
      orderLinkId: "",
    },
    {
      qty,
      qtyLots: qty.div(market.instrument.linear.qtyStep).toNumber(),
      price: ticksToPrice(market, limitTicks),
      limitTicks,
    },
    { timeMs, createType: "CreateByAdl_PassThrough" },
  );
  const seq = state.sequence.next();
  const fills = [{ ticks: limitTicks, lots: order.qtyLots }];
  position.status = "Adl";
  applyMatch(state, account, order, { fills, isMaker: false, execType: "AdlTrade", timeMs, seq }, emit);
  position.status = "Normal";
  emitOrder(order, seq, timeMs, emit);
  tellAfter(state, account, order, true, timeMs, emit);
}

/** Auto-deleveraging of part of a position, at the mark price. @param qty contracts; no more than the position is taken */
export function deleveragePart(
  state: ExchangeState,
  account: Account,
  named: { readonly symbol: string; readonly qty: string },
  timeMs: number,
  emit: Emit,
): Result<undefined> {
  const position = [...account.positions.values()].find((one) => one.symbol === named.symbol && !one.qty.isZero());
  if (position === undefined) return refuse(110017, "there is no position to deleverage");
  const { qtyStep } = marketOf(state, named.symbol).instrument.linear;
  const wanted = smaller(new Decimal(named.qty), position.qty.abs());
  const lots = wanted.div(qtyStep).integerValue(Decimal.ROUND_FLOOR);
  if (!lots.isGreaterThan(0)) return refuse(10001, "qty is less than the smallest step");
  deleverage(state, account, position, lots.times(qtyStep), timeMs, emit);
  return accept(undefined);
}
