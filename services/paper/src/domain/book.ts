/** Sides of a book and of an order. */
export type Side = "Buy" | "Sell";

export function opposite(side: Side): Side {
  return side === "Buy" ? "Sell" : "Buy";
}

/** How the synthetic book looks. */
export interface BookShape {
  /** Best ask minus best bid, ticks, at least 1. */
  readonly spreadTicks: number;
  /** Levels on each side. */
  readonly levels: number;
  /** Distance between two levels, ticks. */
  readonly levelTicks: number;
  /** Mean size of a level, lots (multiples of the quantity step). */
  readonly lotsPerLevel: number;
}

/** One level, in whole ticks and lots. */
export interface Level {
  readonly ticks: number;
  readonly lots: number;
}

/**
 * A synthetic book around the replayed price. Prices and sizes are whole ticks and lots, so nothing here rounds.
 * Level 0 depends on the price alone, so an unmoved price leaves the best bid and ask unmoved; deeper sizes change
 * with every refresh, because a book that never moves reads as a dead feed to clients.
 */
export interface Book {
  shape: BookShape;
  /** The replayed price. */
  centreTicks: number;
  /** Counts refreshes. */
  epoch: number;
  /** Lots already taken at a price since the last refresh; key: side and ticks. */
  readonly taken: Map<string, number>;
}

/** A fill against the book. */
export interface BookFill {
  readonly ticks: number;
  readonly lots: number;
}

export function createBook(shape: BookShape, centreTicks: number): Book {
  return { shape, centreTicks, epoch: 0, taken: new Map() };
}

/** Moves the book to a new price; what was taken is offered again. */
export function moveBook(book: Book, centreTicks: number): void {
  book.centreTicks = centreTicks;
  book.epoch += 1;
  if (book.taken.size > 0) book.taken.clear();
}

export function bestBidTicks(book: Book): number {
  return Math.max(1, book.centreTicks - Math.floor(book.shape.spreadTicks / 2));
}

export function bestAskTicks(book: Book): number {
  return bestBidTicks(book) + book.shape.spreadTicks;
}

/** Deterministic fraction in [0.5, 1.5) of the mean size. */
function sizeFactor(ticks: number, salt: number): number {
  let hash = Math.imul(ticks ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return 0.5 + (hash >>> 0) / 2 ** 32;
}

/**
 * Level `index` of the side that rests: "Buy" are bids. Undefined below the lowest price.
 */
export function bookLevel(book: Book, side: Side, index: number): Level | undefined {
  const { shape } = book;
  const away = index * shape.levelTicks;
  const ticks = side === "Buy" ? bestBidTicks(book) - away : bestAskTicks(book) + away;
  if (ticks < 1) return undefined;
  const salt = (side === "Buy" ? 1 : 2) + (index === 0 ? 0 : book.epoch * 4);
  const lots = Math.max(1, Math.round(shape.lotsPerLevel * sizeFactor(ticks, salt)));
  const taken = book.taken.get(side + ticks) ?? 0;
  return { ticks, lots: Math.max(0, lots - taken) };
}

/** Levels with something left, best first. */
export function bookSide(book: Book, side: Side, depth: number): readonly Level[] {
  const levels: Level[] = [];
  for (let index = 0; index < book.shape.levels && levels.length < depth; index += 1) {
    const level = bookLevel(book, side, index);
    if (level !== undefined && level.lots > 0) levels.push(level);
  }
  return levels;
}

/** What a taker of `lots` would get within its limit, best price first. Takes nothing. */
export function quoteFills(book: Book, takerSide: Side, limitTicks: number, lots: number): readonly BookFill[] {
  const restingSide = opposite(takerSide);
  const fills: BookFill[] = [];
  let left = lots;
  for (let index = 0; index < book.shape.levels && left > 0; index += 1) {
    const level = bookLevel(book, restingSide, index);
    if (level === undefined) break;
    if (takerSide === "Buy" ? level.ticks > limitTicks : level.ticks < limitTicks) break;
    if (level.lots === 0) continue;
    const filled = Math.min(left, level.lots);
    fills.push({ ticks: level.ticks, lots: filled });
    left -= filled;
  }
  return fills;
}

/** Removes what was filled from the book until its next refresh. */
export function takeFills(book: Book, takerSide: Side, fills: readonly BookFill[]): void {
  const restingSide = opposite(takerSide);
  for (const fill of fills) {
    const key = restingSide + fill.ticks;
    book.taken.set(key, (book.taken.get(key) ?? 0) + fill.lots);
  }
}
