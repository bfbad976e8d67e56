import { parsePage } from "./schemas/page.ts";
import type { Parsed } from "./schemas/parsed.ts";
import type { BybitRest, Query } from "./rest-client.ts";
import { VenueError } from "./venue-error.ts";

/** Most pages of one list: beyond that something is wrong with the cursor. */
const MAX_PAGES = 200;

export interface Listing<T> {
  readonly rows: readonly T[];
  /** The venue's clock at the first page: what the list is at least as new as. */
  readonly timeMs: number;
}

/** The value, or an error that names what was read. @throws VenueError VENUE_BAD_ANSWER */
export function orBadAnswer<T>(where: string, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new VenueError("VENUE_BAD_ANSWER", `${where} gave something unreadable: ${parsed.reason}`);
}

/**
 * Reads every page of a private list.
 * @param parse one refused row refuses the whole list
 * @throws VenueError
 */
export async function readList<T>(
  rest: BybitRest,
  path: string,
  query: Query,
  parse: (row: unknown) => Parsed<T>,
): Promise<Listing<T>> {
  const rows: T[] = [];
  const seen = new Set<string>();
  let timeMs = 0;
  let cursor = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await rest.privateGet(path, cursor === "" ? query : { ...query, cursor });
    if (page === 0) timeMs = answer.timeMs;
    const { rows: raw, nextCursor } = orBadAnswer(`GET ${path}`, parsePage(answer.result));
    for (const row of raw) rows.push(orBadAnswer(`GET ${path}`, parse(row)));
    if (nextCursor === "" || raw.length === 0) return { rows, timeMs };
    if (seen.has(nextCursor)) break;
    seen.add(nextCursor);
    cursor = nextCursor;
  }
  throw new VenueError("VENUE_BAD_ANSWER", `GET ${path} never came to its last page`);
}
