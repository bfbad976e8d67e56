import * as fc from "fast-check";
import { expect, test } from "vitest";

import { pageOf } from "./paging.ts";

const keyOf = (item: number): { readonly id: string; readonly timeMs: number } => ({ id: `id-${item}`, timeMs: item });

test("following the cursor visits every item once, whether it comes back as it is or decoded, and ends with an empty one", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      (size, limit, decoded) => {
        const items = Array.from({ length: size }, (_, index) => index);
        const seen: number[] = [];
        let cursor: string | undefined;
        for (let pages = 0; pages <= size; pages += 1) {
          const page = pageOf(items, { limit, cursor, keyOf });
          if (!page.ok) throw new Error(page.refusal.message);
          seen.push(...page.value.items);
          const next = page.value.nextPageCursor;
          if (next === "") break;
          expect(next).toMatch(/%3A.*%2C/);
          expect(next).not.toBe(cursor);
          cursor = decoded ? decodeURIComponent(next) : next;
        }
        expect(seen).toEqual(items);
      },
    ),
  );
});

test("a cursor of something else is refused", () => {
  for (const cursor of ["nope", "%", "a:1,b:2"]) {
    expect(pageOf([1, 2], { limit: 1, cursor, keyOf })).toMatchObject({ ok: false, refusal: { code: 10001 } });
  }
});
