import type { Position, PositionsSnapshot } from "@hedgelock/contracts";
import { BigNumber } from "bignumber.js";

function legKey(position: Position): string {
  return `${position.category}:${position.symbol}:${position.positionIdx}`;
}

/** Sequence -1 or 0: the venue gave none that could be compared. */
function isNewerOrSame(next: Position, known: Position): boolean {
  if (next.exchangeSeq > 0 && known.exchangeSeq > 0 && next.exchangeSeq !== known.exchangeSeq) {
    return next.exchangeSeq > known.exchangeSeq;
  }
  return next.updatedTimeMs >= known.updatedTimeMs;
}

function sum(left: string, right: string): string {
  if (left === "" || right === "") return "";
  return new BigNumber(left).plus(right).toFixed();
}

/** Two legs of a symbol in hedge mode as one signed position. What has no meaning for a sum is "". */
function joined(left: Position, right: Position): Position {
  if (left.qty === "0") return { ...right, positionIdx: 0 };
  if (right.qty === "0") return { ...left, positionIdx: 0 };
  return {
    category: left.category,
    symbol: left.symbol,
    qty: new BigNumber(left.qty).plus(right.qty).toFixed(),
    entryPrice: "",
    markPrice: left.updatedTimeMs >= right.updatedTimeMs ? left.markPrice : right.markPrice,
    unrealisedPnl: sum(left.unrealisedPnl, right.unrealisedPnl),
    leverage: left.leverage === right.leverage ? left.leverage : "",
    liquidationPrice: "",
    initialMargin: sum(left.initialMargin, right.initialMargin),
    maintenanceMargin: sum(left.maintenanceMargin, right.maintenanceMargin),
    exchangeSeq: Math.max(left.exchangeSeq, right.exchangeSeq),
    updatedTimeMs: Math.max(left.updatedTimeMs, right.updatedTimeMs),
    positionIdx: 0,
  };
}

/**
 * All positions of one account, put together from changes and reads in whatever order they arrive: a row counts only
 * when the venue made it after the one known (sequence, then update time).
 */
export class PositionBook {
  readonly #legs = new Map<string, Position>();

  /** Takes rows in. Returns false when every one of them was older than what is known: then nothing was learned. */
  apply(rows: readonly Position[]): boolean {
    let learned = rows.length === 0;
    for (const row of rows) {
      const known = this.#legs.get(legKey(row));
      if (known !== undefined && !isNewerOrSame(row, known)) continue;
      this.#legs.set(legKey(row), row);
      learned = true;
    }
    return learned;
  }

  /** Every symbol with an open leg, one row each, by category and symbol. Legs at zero stay known, to be compared with. */
  whole(): PositionsSnapshot {
    const bySymbol = new Map<string, Position>();
    for (const leg of this.#legs.values()) {
      if (leg.qty === "0") continue;
      const key = `${leg.category}:${leg.symbol}`;
      const other = bySymbol.get(key);
      bySymbol.set(key, other === undefined ? { ...leg, positionIdx: 0 } : joined(other, leg));
    }
    const keys = [...bySymbol.keys()].toSorted();
    return { positions: keys.flatMap((key) => bySymbol.get(key) ?? []) };
  }
}
