import type { Account } from "./account.ts";
import { positionOf, positionsOf } from "./account.ts";
import { opposite } from "./book.ts";
import type { Side } from "./book.ts";
import type { Emit } from "./events.ts";
import { emitOrder } from "./fills.ts";
import { DECIMAL_TEXT, ZERO, decimal, smaller } from "./money.ts";
import type { Decimal } from "./money.ts";
import { closeOrder, fileOrder, openOrder } from "./order-file.ts";
import { checkPrice } from "./order-rules.ts";
import type { CreateType, ExitTerms, Order, OrderRequest, StopOrderType, Trailing, TriggerBy } from "./orders.ts";
import { NO_EXITS } from "./orders.ts";
import { positionSide } from "./positions.ts";
import type { Position } from "./positions.ts";
import type { Refusal } from "./refusal.ts";
import { REFUSALS } from "./refusal.ts";
import type { ExchangeState } from "./state.ts";
import { lotQty, tradableOf } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";

/** Orders that leave a position: take profit, stop loss, trailing stop. */
export type ExitType = Extract<
  StopOrderType,
  "TakeProfit" | "StopLoss" | "PartialTakeProfit" | "PartialStopLoss" | "TrailingStop"
>;

const CREATE_TYPES: Readonly<Record<ExitType, CreateType>> = {
  TakeProfit: "CreateByTakeProfit",
  StopLoss: "CreateByStopLoss",
  PartialTakeProfit: "CreateByPartialTakeProfit",
  PartialStopLoss: "CreateByPartialStopLoss",
  TrailingStop: "CreateByTrailingStop",
};

export function isExit(order: Order): boolean {
  return order.stopOrderType in CREATE_TYPES;
}

function isSet(price: string): boolean {
  return price !== "" && DECIMAL_TEXT.test(price) && !decimal(price).isZero();
}

/** A take profit must lie beyond the base price, a stop loss before it, seen from the position. */
export function sideProblem(
  kind: "TakeProfit" | "StopLoss",
  side: Side,
  price: string,
  base: Decimal,
): Refusal | undefined {
  const above = (kind === "TakeProfit") === (side === "Buy");
  const value = decimal(price);
  if (above ? value.isGreaterThan(base) : value.isLessThan(base)) return undefined;
  const where = above ? "higher" : "lower";
  return {
    code: 10001,
    message: `${kind}:${price} set for ${side} position should be ${where} than base_price:${base.toFixed()}??LastPrice`,
  };
}

/** What is wrong with the exits that ride on an order; undefined when nothing is. */
export function exitsProblem(
  request: Pick<OrderRequest, "exits" | "side" | "reduceOnly">,
  tradable: Tradable,
  base: Decimal,
): Refusal | undefined {
  const exits = request.exits ?? NO_EXITS;
  const pairs = [
    ["TakeProfit", exits.takeProfit, exits.tpLimitPrice],
    ["StopLoss", exits.stopLoss, exits.slLimitPrice],
  ] as const;
  for (const [kind, price, limit] of pairs) {
    if (price === "" && limit === "") continue;
    if (limit !== "" && (exits.tpslMode !== "Partial" || !checkPrice(limit, tradable).ok)) return REFUSALS.exitsInvalid;
    if (price !== "" && !DECIMAL_TEXT.test(price)) return REFUSALS.exitsInvalid;
    if (!isSet(price)) continue;
    if (tradable.category === "spot") {
      return { code: 170130, message: "Data sent for parameter 'takeProfit' is not valid: use orderFilter tpslOrder." };
    }
    if (request.reduceOnly) return REFUSALS.exitsWithReduceOnly;
    const onTick = checkPrice(price, tradable);
    if (!onTick.ok) return REFUSALS.exitsInvalid;
    const problem = sideProblem(kind, request.side, price, base);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** How an exit is to be filed. */
export interface ExitSpec {
  readonly type: ExitType;
  readonly triggerPrice: string;
  readonly triggerBy: TriggerBy;
  readonly qty: Decimal;
  /** "" for an exit at the market. */
  readonly limitPrice: string;
  readonly trailing?: Trailing;
}

/** Files an exit of a position as a conditional, reduce-only order. */
export function fileExit(
  state: ExchangeState,
  account: Account,
  tradable: Tradable,
  position: Position,
  spec: ExitSpec,
  timeMs: number,
  emit: Emit,
): Order | undefined {
  const holds = positionSide(position);
  if (holds === "") return undefined;
  const profits = spec.type === "TakeProfit" || spec.type === "PartialTakeProfit";
  const rises = profits === (holds === "Buy");
  const isLimit = spec.limitPrice !== "";
  const price = isLimit ? decimal(spec.limitPrice) : ZERO;
  const order = fileOrder(
    state,
    account,
    tradable.market,
    {
      category: position.contract,
      symbol: position.symbol,
      side: opposite(holds),
      orderType: isLimit ? "Limit" : "Market",
      qty: spec.qty.toFixed(),
      price: isLimit ? spec.limitPrice : undefined,
      timeInForce: isLimit ? "GTC" : "IOC",
      reduceOnly: true,
      closeOnTrigger: true,
      positionIdx: position.positionIdx,
      orderLinkId: "",
      trigger: { price: spec.triggerPrice, direction: rises ? 1 : 2, by: spec.triggerBy },
    },
    {
      qty: spec.qty,
      qtyLots: spec.qty.div(tradable.qtyStep).toNumber(),
      price,
      limitTicks: price.div(tradable.tickSize).toNumber(),
    },
    {
      timeMs,
      createType: CREATE_TYPES[spec.type],
      stopOrderType: spec.type,
      waits: true,
      trailing: spec.trailing,
    },
  );
  openOrder(state, account, order);
  emitOrder(order, state.sequence.next(), timeMs, emit);
  return order;
}

/** The waiting exits of a position. */
export function exitsOf(account: Account, position: Position): readonly Order[] {
  return [...account.openOrders].filter(
    (order) =>
      isExit(order) &&
      order.status === "Untriggered" &&
      order.symbol === position.symbol &&
      order.positionIdx === position.positionIdx,
  );
}

function clearExit(state: ExchangeState, account: Account, order: Order, timeMs: number, emit: Emit): void {
  closeOrder(state, account, order, { cancelType: "CancelByTpSlTsClear", rejectReason: "EC_NoError", timeMs });
  emitOrder(order, state.sequence.next(), timeMs, emit);
}

/** What a position's one exit of a kind shall be; "" or "0" for none. */
export interface FullExit {
  readonly type: "TakeProfit" | "StopLoss" | "TrailingStop";
  readonly price: string;
  readonly by: TriggerBy;
  readonly trailing?: Trailing;
}

const FIELDS = { TakeProfit: "takeProfit", StopLoss: "stopLoss", TrailingStop: "trailingStop" } as const;

/** Sets, replaces or removes the exit of a kind that closes the whole position. */
export function setFullExit(
  state: ExchangeState,
  account: Account,
  tradable: Tradable,
  position: Position,
  exit: FullExit,
  timeMs: number,
  emit: Emit,
): void {
  for (const order of exitsOf(account, position)) {
    if (order.stopOrderType === exit.type) clearExit(state, account, order, timeMs, emit);
  }
  const shown = exit.trailing?.distance ?? exit.price;
  position[FIELDS[exit.type]] = isSet(shown) ? shown : "";
  if (!isSet(shown)) return;
  const spec: ExitSpec = {
    type: exit.type,
    triggerPrice: exit.price,
    triggerBy: exit.by,
    qty: position.qty.abs(),
    limitPrice: "",
    ...(exit.trailing === undefined ? {} : { trailing: exit.trailing }),
  };
  fileExit(state, account, tradable, position, spec, timeMs, emit);
}

/** Gives the position the exits that rode on an order which has just been filled, wholly or in part. */
export function placeExits(state: ExchangeState, account: Account, order: Order, timeMs: number, emit: Emit): void {
  const { exits } = order;
  if (!isSet(exits.takeProfit) && !isSet(exits.stopLoss)) return;
  const tradable = tradableOf(state, order.category, order.symbol);
  const position = positionOf(account, order.symbol, order.positionIdx);
  if (tradable === undefined || positionSide(position) !== order.side) return;
  const { takeProfit, stopLoss, tpTriggerBy, slTriggerBy } = exits;
  if (exits.tpslMode === "Full") {
    const both = [
      { type: "TakeProfit", price: takeProfit, by: tpTriggerBy, now: position.takeProfit },
      { type: "StopLoss", price: stopLoss, by: slTriggerBy, now: position.stopLoss },
    ] as const;
    for (const { now, ...exit } of both) {
      if (isSet(exit.price) && exit.price !== now) setFullExit(state, account, tradable, position, exit, timeMs, emit);
    }
    return;
  }
  if (order.status !== "Filled") return;
  placePartial(state, account, tradable, position, { exits, qty: order.cumExecQty }, timeMs, emit);
}

/** Files take profit and stop loss for a part of the position. */
export function placePartial(
  state: ExchangeState,
  account: Account,
  tradable: Tradable,
  position: Position,
  part: { readonly exits: ExitTerms; readonly qty: Decimal },
  timeMs: number,
  emit: Emit,
): void {
  const { exits } = part;
  const qty = smaller(part.qty, position.qty.abs());
  const legs = [
    ["PartialTakeProfit", exits.takeProfit, exits.tpTriggerBy, exits.tpLimitPrice],
    ["PartialStopLoss", exits.stopLoss, exits.slTriggerBy, exits.slLimitPrice],
  ] as const;
  for (const [type, triggerPrice, triggerBy, limitPrice] of legs) {
    if (!isSet(triggerPrice)) continue;
    fileExit(state, account, tradable, position, { type, triggerPrice, triggerBy, limitPrice, qty }, timeMs, emit);
  }
}

/** After a fill: exits of a closed or turned position are removed, whole-position exits follow its size. */
export function settleExits(state: ExchangeState, account: Account, symbol: string, timeMs: number, emit: Emit): void {
  for (const position of positionsOf(account, symbol)) {
    const tradable = tradableOf(state, position.contract, symbol);
    const side = positionSide(position);
    if (tradable === undefined) continue;
    const exits = exitsOf(account, position);
    for (const order of exits) {
      if (side === "" || order.side === side) {
        clearExit(state, account, order, timeMs, emit);
        continue;
      }
      const size = position.qty.abs();
      const isFull = !order.stopOrderType.startsWith("Partial");
      if (isFull ? order.qty.isEqualTo(size) : !order.qty.isGreaterThan(size)) continue;
      order.qtyLots = size.div(tradable.qtyStep).toNumber();
      order.qty = lotQty(tradable, order.qtyLots);
      order.updatedMs = timeMs;
      emitOrder(order, state.sequence.next(), timeMs, emit);
    }
    if (side !== "" && !exits.some((order) => order.side === side)) continue;
    position.takeProfit = "";
    position.stopLoss = "";
    position.trailingStop = "";
  }
}
