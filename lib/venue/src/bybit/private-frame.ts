import type { Execution, OrderUpdate, Position, WalletSnapshot } from "@hedgelock/contracts";

import type { JsonObject } from "./json.ts";
import { parseExecution, parseOrder } from "./schemas/orders.ts";
import type { Parsed } from "./schemas/parsed.ts";
import { parsePosition } from "./schemas/positions.ts";
import { parseWallet } from "./schemas/wallet.ts";
import { wholeOf } from "./sequence.ts";

/** A frame of the private stream, read row by row: one bad row costs that row only. */
export interface PrivateFrame {
  /** The venue's time of the frame, milliseconds. */
  readonly timeMs: number;
  readonly orders: readonly OrderUpdate[];
  readonly executions: readonly Execution[];
  readonly positions: readonly Position[];
  readonly wallets: readonly WalletSnapshot[];
  /** Why rows, or the whole frame, were refused. */
  readonly refused: readonly string[];
}

const NOTHING: PrivateFrame = { timeMs: 0, orders: [], executions: [], positions: [], wallets: [], refused: [] };

/** @param topic `order`, or categorised `order.linear` */
export function readPrivateFrame(topic: string, frame: JsonObject): PrivateFrame {
  const timeMs = wholeOf(frame["creationTime"]);
  if (timeMs === undefined) return { ...NOTHING, refused: ["creationTime is not a time"] };
  const { data } = frame;
  if (!Array.isArray(data)) return { ...NOTHING, timeMs, refused: ["data is not a list"] };
  const family = topic.split(".", 1).join("");
  if (family === "order") {
    const { values, refused } = readRows(data, parseOrder);
    return { ...NOTHING, timeMs, orders: values, refused };
  }
  if (family === "execution") {
    const { values, refused } = readRows(data, parseExecution);
    return { ...NOTHING, timeMs, executions: values, refused };
  }
  if (family === "position") {
    const { values, refused } = readRows(data, parsePosition);
    return { ...NOTHING, timeMs, positions: values, refused };
  }
  if (family === "wallet") {
    const { values, refused } = readRows(data, parseWallet);
    return { ...NOTHING, timeMs, wallets: values, refused };
  }
  return { ...NOTHING, timeMs, refused: ["a topic nobody subscribed"] };
}

interface Rows<T> {
  readonly values: readonly T[];
  readonly refused: readonly string[];
}

function readRows<T>(data: readonly unknown[], parse: (row: unknown) => Parsed<T>): Rows<T> {
  const values: T[] = [];
  const refused: string[] = [];
  for (const row of data) {
    const parsed = parse(row);
    if (parsed.ok) values.push(parsed.value);
    else refused.push(parsed.reason);
  }
  return { values, refused };
}
