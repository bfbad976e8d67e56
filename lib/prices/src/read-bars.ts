import { readFile, stat } from "node:fs/promises";

import { HedgeLockError, errorText } from "@hedgelock/runtime";

import type { Bar } from "./bar.ts";
import { MAX_PRICE_TEXT, parseBars } from "./parse-bars.ts";

/**
 * Reads a price file. The only function of this package that does I/O.
 * @throws HedgeLockError PRICES_UNREADABLE (no such file, a directory, too large) or PRICES_MALFORMED
 */
export async function readBars(path: string): Promise<readonly Bar[]> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_PRICE_TEXT) throw new Error(`${size} bytes is more than ${MAX_PRICE_TEXT}`);
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new HedgeLockError(
      "PRICES_UNREADABLE",
      `cannot read the price file ${path}: ${errorText(error)}. Name an existing CSV file.`,
      { cause: error, exitStatus: 2 },
    );
  }
  return parseBars(text, path);
}
