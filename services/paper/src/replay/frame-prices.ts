import { readFile } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";

import { HedgeLockError, errorText } from "@hedgelock/runtime";
import { z } from "zod";

/** One recorded price. */
export interface PriceSample {
  /** When the exchange sent it, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly price: number;
}

const anyFrame = z.union([z.string(), z.looseObject({})]);
/** A line of a recording: the frame as it came, as text or as JSON. */
const recorded = z.looseObject({ frame: anyFrame });
/** The same as cryptofeed records it: other lines are what was sent, connected and fetched. */
const received = z.looseObject({ t: z.string(), data: anyFrame.optional() });
const priceText = z.string().regex(/^\d{1,12}(?:\.\d{1,12})?$/);
const ticker = z.looseObject({
  topic: z.string(),
  ts: z.int().min(0),
  data: z.looseObject({ symbol: z.string(), lastPrice: priceText.optional() }),
});

function malformed(path: string, line: number, why: string): HedgeLockError {
  return new HedgeLockError("PRICES_MALFORMED", `${path}, line ${line}: ${why}`, { exitStatus: 2 });
}

/** The frame of a line; a line may also be the bare frame. Undefined for lines that hold none. */
function frameOf(text: string): unknown {
  const line: unknown = JSON.parse(text);
  const own = recorded.safeParse(line);
  const fed = received.safeParse(line);
  if (!own.success && fed.success && fed.data.t !== "recv") return undefined;
  const frame = own.success ? own.data.frame : fed.success ? fed.data.data : line;
  return typeof frame === "string" ? JSON.parse(frame) : frame;
}

/**
 * Last prices of a symbol in recorded Bybit v5 ticker frames, one frame a line: `{"frame"}`, `{"t":"recv","data"}` as
 * cryptofeed records them, or the bare frame. Other frames are passed over, those of the spot pair of the same name too.
 * @throws HedgeLockError PRICES_UNREADABLE or PRICES_MALFORMED with file, line and reason
 */
export function parseFramePrices(text: string, symbol: string, path: string): readonly PriceSample[] {
  const samples: PriceSample[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    let frame: unknown;
    try {
      frame = frameOf(line);
    } catch (error) {
      throw malformed(path, index + 1, `not a JSON line: ${errorText(error)}`);
    }
    const parsed = ticker.safeParse(frame);
    if (!parsed.success || parsed.data.topic !== `tickers.${symbol}` || "usdIndexPrice" in parsed.data.data) continue;
    const { lastPrice } = parsed.data.data;
    const timeMs = parsed.data.ts;
    // A delta without a price says that it has not moved.
    if (lastPrice === undefined) continue;
    const price = Number(lastPrice);
    const last = samples.at(-1);
    if (!(price > 0)) throw malformed(path, index + 1, `the price ${lastPrice} is not above 0`);
    if (last !== undefined && timeMs < last.timeMs) throw malformed(path, index + 1, "the recording goes back in time");
    samples.push({ timeMs, price });
  }
  if (samples.length > 0) return samples;
  throw new HedgeLockError("PRICES_MALFORMED", `${path} has no ticker frame of ${symbol} with a last price`, {
    exitStatus: 2,
  });
}

/** Reads a recording. @throws HedgeLockError as {@link parseFramePrices} */
export async function readFramePrices(path: string, symbol: string): Promise<readonly PriceSample[]> {
  let text: string;
  try {
    const bytes = await readFile(path);
    text = (path.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw new HedgeLockError("PRICES_UNREADABLE", `cannot read the recording ${path}: ${errorText(error)}`, {
      cause: error,
      exitStatus: 2,
    });
  }
  return parseFramePrices(text, symbol, path);
}
