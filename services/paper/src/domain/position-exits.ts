import type { Account } from "./account.ts";
import { positionOf } from "./account.ts";
import type { Emit } from "./events.ts";
import { emitPosition } from "./fills.ts";
import { priceOf } from "./market.ts";
import { DECIMAL_TEXT, decimal } from "./money.ts";
import { placePartial, setFullExit, sideProblem } from "./order-exits.ts";
import type { FullExit } from "./order-exits.ts";
import { checkPrice, checkQty } from "./order-rules.ts";
import type { ExitTerms, OrderCategory, OrderRequest, PositionIdx, TriggerBy } from "./orders.ts";
import { positionIdxProblem } from "./position-mode.ts";
import { positionSide } from "./positions.ts";
import type { Position } from "./positions.ts";
import type { Refusal, Result } from "./refusal.ts";
import { REFUSALS, accept, refuse, refuseWith } from "./refusal.ts";
import type { ExchangeState } from "./state.ts";
import { tradableOf } from "./tradable.ts";
import type { Tradable } from "./tradable.ts";

/** Body of trading-stop: undefined keeps, "0" removes. */
export interface TradingStop {
  readonly category: OrderCategory;
  readonly symbol: string;
  readonly positionIdx: number;
  readonly tpslMode: "Full" | "Partial";
  readonly takeProfit: string | undefined;
  readonly stopLoss: string | undefined;
  readonly trailingStop: string | undefined;
  readonly activePrice: string | undefined;
  readonly tpTriggerBy: TriggerBy;
  readonly slTriggerBy: TriggerBy;
  readonly tpSize: string | undefined;
  readonly slSize: string | undefined;
  readonly tpLimitPrice: string | undefined;
  readonly slLimitPrice: string | undefined;
}

function isNone(text: string | undefined): boolean {
  return text === undefined || text === "" || (DECIMAL_TEXT.test(text) && decimal(text).isZero());
}

/** What is wrong with the prices of the request. */
function priceProblem(stop: TradingStop, position: Position, tradable: Tradable): Refusal | undefined {
  const side = positionSide(position);
  const base = priceOf(tradable.market);
  for (const [kind, price] of [
    ["TakeProfit", stop.takeProfit],
    ["StopLoss", stop.stopLoss],
  ] as const) {
    if (price === undefined || isNone(price)) continue;
    if (!checkPrice(price, tradable).ok || side === "") return REFUSALS.exitsInvalid;
    const problem = sideProblem(kind, side, price, base);
    if (problem !== undefined) return problem;
  }
  for (const price of [stop.trailingStop, stop.activePrice, stop.tpLimitPrice, stop.slLimitPrice]) {
    if (price !== undefined && !isNone(price) && !checkPrice(price, tradable).ok) return REFUSALS.exitsInvalid;
  }
  return undefined;
}

/** The whole-position exits a request changes. */
function changes(stop: TradingStop, position: Position, tradable: Tradable): readonly FullExit[] {
  const same = (asked: string, now: string): boolean =>
    isNone(asked) ? isNone(now) : !isNone(now) && decimal(asked).isEqualTo(now);
  const exits: FullExit[] = [];
  const { takeProfit, stopLoss, trailingStop } = stop;
  if (takeProfit !== undefined && takeProfit !== "" && !same(takeProfit, position.takeProfit)) {
    exits.push({ type: "TakeProfit", price: takeProfit, by: stop.tpTriggerBy });
  }
  if (stopLoss !== undefined && stopLoss !== "" && !same(stopLoss, position.stopLoss)) {
    exits.push({ type: "StopLoss", price: stopLoss, by: stop.slTriggerBy });
  }
  if (trailingStop !== undefined && trailingStop !== "" && !same(trailingStop, position.trailingStop)) {
    const now = priceOf(tradable.market);
    const long = positionSide(position) === "Buy";
    const price = long ? now.minus(trailingStop) : now.plus(trailingStop);
    const activePrice = isNone(stop.activePrice) ? "" : (stop.activePrice ?? "");
    const trailing = { distance: trailingStop, activePrice };
    exits.push({ type: "TrailingStop", price: price.toFixed(), by: "LastPrice", trailing });
  }
  return exits;
}

function partialTerms(stop: TradingStop): ExitTerms {
  const text = (value: string | undefined): string => (value === undefined || isNone(value) ? "" : value);
  return {
    takeProfit: text(stop.takeProfit),
    stopLoss: text(stop.stopLoss),
    tpTriggerBy: stop.tpTriggerBy,
    slTriggerBy: stop.slTriggerBy,
    tpslMode: "Partial",
    tpLimitPrice: text(stop.tpLimitPrice),
    slLimitPrice: text(stop.slLimitPrice),
  };
}

/** Sets take profit, stop loss and trailing stop of an open position. */
export function setTradingStop(
  state: ExchangeState,
  account: Account,
  stop: TradingStop,
  timeMs: number,
  emit: Emit,
): Result<undefined> {
  const tradable = tradableOf(state, stop.category, stop.symbol);
  if (tradable === undefined || stop.category === "spot") return refuseWith(REFUSALS.unknownSymbol);
  const named: Pick<OrderRequest, "symbol" | "positionIdx"> = stop;
  const problem = positionIdxProblem(account, named);
  if (problem !== undefined) return refuseWith(problem);
  const idx: PositionIdx = stop.positionIdx === 1 || stop.positionIdx === 2 ? stop.positionIdx : 0;
  const position = positionOf(account, stop.symbol, idx);
  if (position.qty.isZero()) return refuse(10001, "can not set tp/sl/ts for zero position");
  const bad = priceProblem(stop, position, tradable);
  if (bad !== undefined) return refuseWith(bad);
  if (stop.tpslMode === "Partial" && isNone(stop.trailingStop)) {
    const size = stop.tpSize ?? stop.slSize ?? "";
    const qty = checkQty(size, tradable, true);
    if (!qty.ok || (stop.tpSize !== undefined && stop.slSize !== undefined && stop.tpSize !== stop.slSize)) {
      return refuseWith(REFUSALS.exitsInvalid);
    }
    placePartial(state, account, tradable, position, { exits: partialTerms(stop), qty: qty.value.qty }, timeMs, emit);
  } else {
    const exits = changes(stop, position, tradable);
    if (exits.length === 0) return refuse(34040, "not modified");
    for (const exit of exits) setFullExit(state, account, tradable, position, exit, timeMs, emit);
  }
  position.updatedMs = timeMs;
  emitPosition(state, account, tradable.market, timeMs, emit);
  return accept(undefined);
}
