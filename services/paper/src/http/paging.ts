import { refuse } from "../domain/refusal.ts";
import type { Result } from "../domain/refusal.ts";

/** Where a page can be continued from. */
export interface PageKey {
  readonly id: string;
  readonly timeMs: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** "" on the last page, always present. */
  readonly nextPageCursor: string;
}

/** Cursors look like the exchange's: two keys with ":" and "," already escaped. */
function writeCursor(first: PageKey, last: PageKey): string {
  return encodeURIComponent(`${first.id}:${first.timeMs},${last.id}:${last.timeMs}`);
}

/** Clients hand the cursor back as it is or once more encoded: both arrive here. */
function readCursor(cursor: string): string | undefined {
  try {
    const [, last] = decodeURIComponent(cursor).split(",");
    return last?.split(":")[0];
  } catch {
    // A malformed escape: not a cursor of ours, which the caller reports.
    return undefined;
  }
}

/**
 * One page of `items`, which are in the order of the answer.
 * @param cursor undefined for the first page
 */
export function pageOf<T>(
  items: readonly T[],
  options: { readonly limit: number; readonly cursor: string | undefined; readonly keyOf: (item: T) => PageKey },
): Result<Page<T>> {
  let from = 0;
  if (options.cursor !== undefined) {
    const id = readCursor(options.cursor);
    const at = items.findIndex((item) => options.keyOf(item).id === id);
    if (at === -1) return refuse(10001, "params error: cursor invalid");
    from = at + 1;
  }
  const page = items.slice(from, from + options.limit);
  const first = page[0];
  const last = page.at(-1);
  const more = from + page.length < items.length && first !== undefined && last !== undefined;
  const nextPageCursor = more ? writeCursor(options.keyOf(first), options.keyOf(last)) : "";
  return { ok: true, value: { items: page, nextPageCursor } };
}
