import { HedgeLockError } from "@hedgelock/runtime";

import type { Bar } from "./bar.ts";
import { BAR_MS } from "./bar.ts";

/** First line of every price file. */
export const PRICES_HEADER = "open_time_ms,open,high,low,close,volume";

/** Longest file taken: about two years of minutes. */
export const MAX_BARS = 1_100_000;

/** Longest text taken, characters. */
export const MAX_PRICE_TEXT = 128 * 1024 * 1024;

const HIGHEST_PRICE = 1e9;
const NUMBER = /^\d{1,15}(?:\.\d{1,12})?(?:[eE]-\d{1,2})?$/;
const COLUMNS = PRICES_HEADER.split(",");

function malformed(fileName: string, line: number, reason: string): HedgeLockError {
  return new HedgeLockError("PRICES_MALFORMED", `${fileName}:${line}: ${reason}`, { exitStatus: 2 });
}

function parseRow(text: string): readonly number[] | string {
  const cells = text.split(",");
  if (cells.length !== COLUMNS.length) return `expected ${COLUMNS.length} columns, found ${cells.length}`;
  const values: number[] = [];
  for (const [index, cell] of cells.entries()) {
    if (!NUMBER.test(cell)) return `${COLUMNS[index]} is not a number: ${JSON.stringify(cell.slice(0, 40))}`;
    values.push(Number(cell));
  }
  return values;
}

/**
 * Checks one row and makes it a bar. Some venues carry the previous close forward as the open, so the open may lie
 * outside [low, high] (BitMEX 2018 does, by a tick or two): that is accepted where it equals the previous close, and
 * the range is widened to hold it, so that low <= open, close <= high is true of every bar.
 */
function toBar(row: readonly number[], previous: Bar | undefined): Bar | string {
  const [openTimeMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = row;
  if (!Number.isSafeInteger(openTimeMs) || openTimeMs % BAR_MS !== 0)
    return "open_time_ms is not the start of a minute";
  for (const [name, price] of Object.entries({ open, high, low, close })) {
    if (price <= 0) return `${name} must be above 0`;
    if (price > HIGHEST_PRICE) return `${name} is above ${HIGHEST_PRICE}: not a price`;
  }
  if (high < low) return `high ${high} is below low ${low}`;
  if (close < low || close > high) return `close ${close} is outside low..high ${low}..${high}`;
  if ((open < low || open > high) && open !== previous?.close) {
    return `open ${open} is outside low..high ${low}..${high} and is not the previous close`;
  }
  if (previous !== undefined && openTimeMs !== previous.openTimeMs + BAR_MS) {
    return openTimeMs <= previous.openTimeMs
      ? `out of order: ${openTimeMs} does not come after ${previous.openTimeMs}`
      : `gap: expected ${previous.openTimeMs + BAR_MS}, found ${openTimeMs}`;
  }
  return { openTimeMs, open, high: Math.max(high, open), low: Math.min(low, open), close, volume };
}

/**
 * Reads the text of a price file: header `open_time_ms,open,high,low,close,volume`, then one row a minute without gaps.
 * @param fileName named in errors
 * @throws HedgeLockError PRICES_MALFORMED `file:line: reason`
 */
export function parseBars(text: string, fileName: string): readonly Bar[] {
  if (text.length > MAX_PRICE_TEXT) throw malformed(fileName, 1, `longer than ${MAX_PRICE_TEXT} characters`);
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) throw malformed(fileName, 1, "the file is empty");
  if (lines[0] !== PRICES_HEADER) throw malformed(fileName, 1, `the header must be "${PRICES_HEADER}"`);
  if (lines.length === 1) throw malformed(fileName, 2, "there is no row after the header");
  if (lines.length - 1 > MAX_BARS) throw malformed(fileName, MAX_BARS + 2, `more than ${MAX_BARS} rows`);
  const bars: Bar[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    const row = parseRow(line);
    const bar = typeof row === "string" ? row : toBar(row, bars.at(-1));
    if (typeof bar === "string") throw malformed(fileName, index + 2, bar);
    bars.push(bar);
  }
  return bars;
}
