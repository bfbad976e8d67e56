import type { Side } from "./book.ts";
import { Decimal, ZERO, smaller } from "./money.ts";

/** A one-way position of one perpetual. */
export interface Position {
  readonly symbol: string;
  /** Signed: above 0 long, below 0 short. */
  qty: Decimal;
  /** Size times average entry price; kept instead of the average so that a round trip sums up exactly. */
  entryValue: Decimal;
  readonly leverage: string;
  /** Realised since the position was opened, fees included. */
  curRealisedPnl: Decimal;
  /** Realised for good, fees included. */
  cumRealisedPnl: Decimal;
  createdMs: number;
  updatedMs: number;
  openMs: number;
  /** Sequence of the last match; -1 never traded. */
  seq: number;
}

export type PositionSnapshot = Readonly<Position>;

/** Leverage of every position: the exchange's default. */
export const DEFAULT_LEVERAGE = "10";

export function flatPosition(symbol: string, createdMs: number): Position {
  return {
    symbol,
    qty: ZERO,
    entryValue: ZERO,
    leverage: DEFAULT_LEVERAGE,
    curRealisedPnl: ZERO,
    cumRealisedPnl: ZERO,
    createdMs,
    updatedMs: createdMs,
    openMs: 0,
    seq: -1,
  };
}

export function positionSide(position: PositionSnapshot): Side | "" {
  if (position.qty.isZero()) return "";
  return position.qty.isGreaterThan(0) ? "Buy" : "Sell";
}

/** Average entry price; 0 when flat. */
export function entryPrice(position: PositionSnapshot): Decimal {
  return position.qty.isZero() ? ZERO : position.entryValue.div(position.qty.abs());
}

/** +1 for buys, -1 for sells. */
export function sideSign(side: Side): 1 | -1 {
  return side === "Buy" ? 1 : -1;
}

/** How much of `qty` on `side` would reduce the position. */
export function reducingQty(position: PositionSnapshot, side: Side, qty: Decimal): Decimal {
  const holds = positionSide(position);
  return holds === "" || holds === side ? ZERO : smaller(qty, position.qty.abs());
}

export interface FillEffect {
  readonly closedSize: Decimal;
  /** Realised profit, fee not counted. */
  readonly pnl: Decimal;
}

export interface PositionFill {
  readonly side: Side;
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly timeMs: number;
  readonly seq: number;
}

/** Books one fill: closes first, then opens with what is left. Profit is settled at once. */
export function applyFill(position: Position, fill: PositionFill): FillEffect {
  const sign = sideSign(fill.side);
  const wasFlat = position.qty.isZero();
  const closedSize = reducingQty(position, fill.side, fill.qty);
  let pnl = ZERO;
  if (closedSize.isGreaterThan(0)) {
    const size = position.qty.abs();
    const cost = closedSize.isEqualTo(size)
      ? position.entryValue
      : position.entryValue.times(closedSize).div(size).decimalPlaces(8, Decimal.ROUND_HALF_UP);
    const proceeds = closedSize.times(fill.price);
    pnl = sign === -1 ? proceeds.minus(cost) : cost.minus(proceeds);
    position.entryValue = position.entryValue.minus(cost);
    position.qty = position.qty.plus(closedSize.times(sign));
  }
  const openedSize = fill.qty.minus(closedSize);
  if (openedSize.isGreaterThan(0)) {
    if (position.qty.isZero()) {
      position.openMs = fill.timeMs;
      position.curRealisedPnl = ZERO;
      if (wasFlat && position.seq === -1) position.createdMs = fill.timeMs;
    }
    position.qty = position.qty.plus(openedSize.times(sign));
    position.entryValue = position.entryValue.plus(openedSize.times(fill.price));
  }
  const realised = pnl.minus(fill.fee);
  position.curRealisedPnl = position.curRealisedPnl.plus(realised);
  position.cumRealisedPnl = position.cumRealisedPnl.plus(realised);
  position.updatedMs = fill.timeMs;
  position.seq = fill.seq;
  return { closedSize, pnl };
}
