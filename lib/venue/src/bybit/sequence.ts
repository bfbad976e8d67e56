import type { JsonObject } from "./json.ts";

/** The last frame of a topic that was taken in. */
export interface FramePosition {
  seq: number;
  timeMs: number;
}

/** A whole number of a frame; undefined when it is missing or garbled. */
export function wholeOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** True for a frame that the venue made before the one already taken in. */
export function isOlder(seq: number, timeMs: number, last: FramePosition): boolean {
  return seq < last.seq || timeMs < last.timeMs;
}

/** The venue's time of a frame, milliseconds. */
export function timeOf(frame: JsonObject): number | undefined {
  return wholeOf(frame["ts"]);
}
