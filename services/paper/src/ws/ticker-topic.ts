import type { Market } from "../domain/market.ts";
import { linearTicker, spotTicker } from "../views/ticker-view.ts";
import type { PublicCategory } from "../views/ticker-view.ts";
import type { TextFields } from "../views/json.ts";

/** Sent when nothing changed for a second, so that silence always means trouble. */
const HEARTBEAT_FIELDS = ["nextFundingTime", "fundingRate"] as const;

/** Prices and sizes of the touch always travel together (as captured). */
const PAIRS: Readonly<Record<string, string>> = {
  bid1Price: "bid1Size",
  bid1Size: "bid1Price",
  ask1Price: "ask1Size",
  ask1Size: "ask1Price",
};

/** Fields of `next` that differ from `last`, in their order; undefined when none does. */
export function changedFields(last: TextFields, next: TextFields): TextFields | undefined {
  const changed: Record<string, string> = {};
  let any = false;
  for (const [key, value] of Object.entries(next)) {
    const pair = PAIRS[key];
    if (value === last[key] && (pair === undefined || next[pair] === last[pair])) continue;
    changed[key] = value;
    any = true;
  }
  return any ? changed : undefined;
}

/** The `tickers.S` topic of one symbol: linear a snapshot then deltas, spot snapshots only. */
export class TickerTopic {
  readonly topic: string;
  readonly #market: Market;
  readonly #category: PublicCategory;
  #last: TextFields;
  #sentMs: number;

  constructor(market: Market, category: PublicCategory, nowMs: number) {
    this.topic = `tickers.${market.instrument.symbol}`;
    this.#market = market;
    this.#category = category;
    this.#last = this.#fields(nowMs);
    this.#sentMs = nowMs;
  }

  /** Milliseconds since the last frame. */
  silenceMs(nowMs: number): number {
    return nowMs - this.#sentMs;
  }

  /** Everything, as it was last sent. */
  snapshot(nowMs: number): unknown {
    return this.#category !== "spot" ? this.#linearFrame("snapshot", this.#last, nowMs) : this.#spotFrame(nowMs);
  }

  /** What changed since the last frame; undefined when nothing did. */
  update(nowMs: number): unknown {
    const next = this.#fields(nowMs);
    const changed = changedFields(this.#last, next);
    if (changed === undefined) return undefined;
    this.#last = next;
    this.#sentMs = nowMs;
    if (this.#category === "spot") return this.#spotFrame(nowMs);
    return this.#linearFrame("delta", { symbol: this.#market.instrument.symbol, ...changed }, nowMs);
  }

  /** A frame that only says: still here. */
  heartbeat(nowMs: number): unknown {
    this.#sentMs = nowMs;
    if (this.#category === "spot") return this.#spotFrame(nowMs);
    const beat: Record<string, string> = { symbol: this.#market.instrument.symbol };
    for (const key of HEARTBEAT_FIELDS) beat[key] = this.#last[key] ?? "";
    return this.#linearFrame("delta", beat, nowMs);
  }

  #fields(nowMs: number): TextFields {
    return this.#category !== "spot" ? linearTicker(this.#market, nowMs) : spotTicker(this.#market);
  }

  #linearFrame(type: "snapshot" | "delta", data: TextFields, nowMs: number): unknown {
    return { topic: this.topic, type, data, cs: this.#market.linearSeq, ts: nowMs };
  }

  #spotFrame(nowMs: number): unknown {
    return { topic: this.topic, ts: nowMs, type: "snapshot", cs: this.#market.spotSeq, data: this.#last };
  }
}
