import type { Side } from "./book.ts";
import { QUOTE_COIN } from "./instruments.ts";
import { Decimal, ZERO, smaller } from "./money.ts";

/** Linear contracts are quantities of the base coin settled in the quote coin; inverse ones are USD settled in the base coin. */
export type ContractKind = "linear" | "inverse";

/** A position of one perpetual: the only one in one-way mode (index 0), long (1) or short (2) in hedge mode. */
export interface Position {
  readonly symbol: string;
  readonly positionIdx: 0 | 1 | 2;
  readonly contract: ContractKind;
  /** Coin of profit, margin and fees. */
  readonly settleCoin: string;
  /** Signed: above 0 long, below 0 short. */
  qty: Decimal;
  /** Value at entry in the settle coin (size x entry, inverse: size / entry); kept instead of the average so that a round trip sums up exactly. */
  entryValue: Decimal;
  leverage: string;
  /** Prices as text, "" for none. */
  takeProfit: string;
  stopLoss: string;
  trailingStop: string;
  /** Fees paid since the position was opened, settle coin. */
  openFees: Decimal;
  /** Adl while part of it is being taken, Liq while it is being liquidated. */
  status: "Normal" | "Liq" | "Adl";
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

/** Inverse perpetuals are named after the dollar: BTCUSD. */
export function contractKind(symbol: string): ContractKind {
  return symbol.endsWith("USD") ? "inverse" : "linear";
}

/** The coin a perpetual settles in: USDT, or the base coin of an inverse one. */
export function settleCoinOf(symbol: string): string {
  return contractKind(symbol) === "inverse" ? symbol.slice(0, -"USD".length) : QUOTE_COIN;
}

export function flatPosition(symbol: string, createdMs: number, positionIdx: 0 | 1 | 2 = 0): Position {
  return {
    symbol,
    positionIdx,
    contract: contractKind(symbol),
    settleCoin: settleCoinOf(symbol),
    takeProfit: "",
    stopLoss: "",
    trailingStop: "",
    openFees: ZERO,
    status: "Normal",
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
  if (position.qty.isZero()) return ZERO;
  const size = position.qty.abs();
  return position.contract === "inverse" ? size.div(position.entryValue) : position.entryValue.div(size);
}

/** Value of `size` at `price` in the settle coin: an inverse contract is one dollar's worth of the coin. */
export function contractValue(contract: ContractKind, size: Decimal, price: Decimal): Decimal {
  return contract === "inverse" ? size.div(price).decimalPlaces(12, Decimal.ROUND_HALF_UP) : size.times(price);
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
  /** Value at entry of what was closed, settle coin. */
  readonly closedEntryValue: Decimal;
  /** Value at exit of what was closed, settle coin. */
  readonly closedExitValue: Decimal;
  /** Opening fees that belong to what was closed. */
  readonly closedOpenFee: Decimal;
}

export interface PositionFill {
  readonly side: Side;
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly timeMs: number;
  readonly seq: number;
}

/** Share of `total` that belongs to `part` of `whole`, to the last kept place; all of it when the whole is closed. */
function share(total: Decimal, part: Decimal, whole: Decimal): Decimal {
  return part.isEqualTo(whole) ? total : total.times(part).div(whole).decimalPlaces(12, Decimal.ROUND_HALF_UP);
}

/** Closes `size`: cost leaves the entry value, proceeds less cost is the profit (an inverse long earns cost less proceeds). */
function close(position: Position, size: Decimal, fill: PositionFill): FillEffect {
  if (size.isZero())
    return { closedSize: ZERO, pnl: ZERO, closedEntryValue: ZERO, closedExitValue: ZERO, closedOpenFee: ZERO };
  const sign = sideSign(fill.side);
  const whole = position.qty.abs();
  const cost = share(position.entryValue, size, whole);
  const openFee = share(position.openFees, size, whole);
  const proceeds = contractValue(position.contract, size, fill.price);
  const gain = sign === -1 ? proceeds.minus(cost) : cost.minus(proceeds);
  position.entryValue = position.entryValue.minus(cost);
  position.openFees = position.openFees.minus(openFee);
  position.qty = position.qty.plus(size.times(sign));
  return {
    closedSize: size,
    pnl: position.contract === "inverse" ? gain.negated() : gain,
    closedEntryValue: cost,
    closedExitValue: proceeds,
    closedOpenFee: openFee,
  };
}

/** Books one fill: closes first, then opens with what is left. Profit is settled at once. */
export function applyFill(position: Position, fill: PositionFill): FillEffect {
  const wasFlat = position.qty.isZero();
  const effect = close(position, reducingQty(position, fill.side, fill.qty), fill);
  const openedSize = fill.qty.minus(effect.closedSize);
  if (openedSize.isGreaterThan(0)) {
    if (position.qty.isZero()) {
      position.openMs = fill.timeMs;
      position.curRealisedPnl = ZERO;
      if (wasFlat && position.seq === -1) position.createdMs = fill.timeMs;
    }
    position.qty = position.qty.plus(openedSize.times(sideSign(fill.side)));
    position.entryValue = position.entryValue.plus(contractValue(position.contract, openedSize, fill.price));
    position.openFees = position.openFees.plus(share(fill.fee, openedSize, fill.qty));
  }
  const realised = effect.pnl.minus(fill.fee);
  position.curRealisedPnl = position.curRealisedPnl.plus(realised);
  position.cumRealisedPnl = position.cumRealisedPnl.plus(realised);
  position.updatedMs = fill.timeMs;
  position.seq = fill.seq;
  return effect;
}
