import type { Random } from "@hedgelock/runtime";

import { type FastRandom, fastRandom } from "./fast-random.ts";

/** What the ring holds of one message, while it has not been overwritten. */
export interface RingEntry {
  /** Number that {@link TraceRing.add} gave out. */
  readonly slot: number;
  /** Which subject: the number that was given to {@link TraceRing.add}. */
  readonly lane: number;
  readonly traceId: string;
  readonly spanId: string;
  /** Microseconds since the epoch. */
  readonly receiveUs: number;
  readonly publishUs: number;
  /** When the bus acknowledged it; 0 when it has not, or not yet. */
  readonly storedUs: number;
}

const TRACE_ID_WORDS = 4;
/** Trace id and span id. */
const ID_WORDS = 6;
const ID_BYTES = ID_WORDS * 4;
const TIMES = 3;

function wordsOf(traceId: string): Uint32Array | undefined {
  if (!/^[0-9a-f]{32}$/.test(traceId)) return undefined;
  // The same byte order as the ring's own view of its bytes, whatever the machine's is.
  return new Uint32Array(Uint8Array.from(Buffer.from(traceId, "hex")).buffer);
}

/**
 * Ids and times of the newest messages in flat arrays: the whole cost of tracing for a message that leads to nothing. Only
 * when a trace is promoted are spans made of an entry. Not shared between threads.
 */
export class TraceRing {
  readonly #random: FastRandom;
  readonly #mask: number;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #times: Float64Array;
  readonly #lanes: Uint32Array;
  #next = 0;

  /** @param slots a power of two; each takes 52 bytes */
  constructor(slots: number, random: Random) {
    if (slots < 2 || (slots & (slots - 1)) !== 0) throw new RangeError(`slots must be a power of two, not ${slots}`);
    this.#random = fastRandom(random);
    this.#mask = slots - 1;
    const memory = new ArrayBuffer(slots * ID_BYTES);
    this.#bytes = Buffer.from(memory);
    this.#words = new Uint32Array(memory);
    this.#times = new Float64Array(slots * TIMES);
    this.#lanes = new Uint32Array(slots);
  }

  /** Gives a message its ids and notes its times. @returns its slot number, counted from 0 for good */
  add(lane: number, receiveUs: number, publishUs: number): number {
    const slot = this.#next;
    const index = slot & this.#mask;
    this.#next = slot + 1;
    this.#random.fill(this.#words, index * ID_WORDS, ID_WORDS);
    const at = index * TIMES;
    this.#times[at] = receiveUs;
    this.#times[at + 1] = publishUs;
    this.#times[at + 2] = 0;
    this.#lanes[index] = lane;
    return slot;
  }

  /** The header of a message that was just added: not sampled, as nobody knows yet what it leads to. */
  traceparent(slot: number): string {
    const at = (slot & this.#mask) * ID_BYTES;
    const digits = this.#bytes.toString("hex", at, at + ID_BYTES);
    return `00-${digits.slice(0, 32)}-${digits.slice(32)}-00`;
  }

  /** Notes the bus's acknowledgement, unless the slot has been taken by another message meanwhile. */
  stored(slot: number, atUs: number): void {
    if (this.#holds(slot)) this.#times[(slot & this.#mask) * TIMES + 2] = atUs;
  }

  /** Finds a message by its trace, newest first; undefined when it is not, or no longer, here. */
  find(traceId: string): RingEntry | undefined {
    const wanted = wordsOf(traceId);
    if (wanted === undefined) return undefined;
    const words = this.#words;
    const mask = this.#mask;
    const first = wanted[0];
    const oldest = Math.max(0, this.#next - mask - 1);
    for (let slot = this.#next - 1; slot >= oldest; slot -= 1) {
      const at = (slot & mask) * ID_WORDS;
      if (words[at] !== first) continue;
      if (wanted.every((word, offset) => words[at + offset] === word)) return this.#entry(slot);
    }
    return undefined;
  }

  /** How far back the ring reaches, microseconds; infinite while nothing was overwritten. */
  horizonUs(nowUs: number): number {
    if (this.#next <= this.#mask) return Number.POSITIVE_INFINITY;
    return nowUs - (this.#times[(this.#next & this.#mask) * TIMES + 1] ?? nowUs);
  }

  #holds(slot: number): boolean {
    return slot < this.#next && slot >= this.#next - this.#mask - 1;
  }

  #entry(slot: number): RingEntry {
    const index = slot & this.#mask;
    const digits = this.#bytes.toString("hex", index * ID_BYTES, (index + 1) * ID_BYTES);
    const at = index * TIMES;
    return {
      slot,
      lane: this.#lanes[index] ?? 0,
      traceId: digits.slice(0, TRACE_ID_WORDS * 8),
      spanId: digits.slice(TRACE_ID_WORDS * 8),
      receiveUs: this.#times[at] ?? 0,
      publishUs: this.#times[at + 1] ?? 0,
      storedUs: this.#times[at + 2] ?? 0,
    };
  }
}
