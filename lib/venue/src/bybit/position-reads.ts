import type { Category, Position } from "@hedgelock/contracts";

import { readList } from "./paging.ts";
import type { Listing } from "./paging.ts";
import type { BybitRest } from "./rest-client.ts";
import { parsePosition } from "./schemas/positions.ts";
import { VenueError } from "./venue-error.ts";

const PATH = "/v5/position/list";
/** Linear contracts are listed by the coin they settle in. */
const LINEAR_SETTLE_COINS = ["USDT", "USDC"] as const;
const PAGE_ROWS = 200;

/** Positions of a category that are not flat. @throws VenueError */
export async function readOpenPositions(rest: BybitRest, category: Category): Promise<Listing<Position>> {
  if (category === "spot") throw new VenueError("VENUE_REFUSED", "spot has no positions: holdings are in the wallet");
  const scopes = category === "linear" ? LINEAR_SETTLE_COINS.map((settleCoin) => ({ settleCoin })) : [{}];
  const lists: Listing<Position>[] = [];
  for (const scope of scopes) {
    const query = { category, ...scope, limit: PAGE_ROWS };
    lists.push(await readList(rest, PATH, query, (row) => parsePosition(row, category)));
  }
  return {
    rows: lists.flatMap((list) => list.rows),
    timeMs: Math.min(...lists.map((list) => list.timeMs)),
  };
}

/** The rows of one symbol, there also when it is flat: evidence that a position ended, with its sequence. @throws VenueError */
export async function readPositionsOf(rest: BybitRest, category: Category, symbol: string): Promise<Listing<Position>> {
  return readList(rest, PATH, { category, symbol }, (row) => parsePosition(row, category));
}
