import { z } from "zod";

import { accepted, parseWith } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";

/** One page of a list; the rows are validated by their own reader. */
export interface Page {
  readonly rows: readonly unknown[];
  /** "" on the last page. */
  readonly nextCursor: string;
}

const pageResult = z.object({ list: z.array(z.unknown()), nextPageCursor: z.string().nullish() });

/** Reads a page. A missing list is refused: it is a failed read, not an empty one. */
export function parsePage(result: unknown): Parsed<Page> {
  return parseWith(pageResult, result, ({ list, nextPageCursor }) =>
    accepted({ rows: list, nextCursor: nextPageCursor ?? "" }),
  );
}
