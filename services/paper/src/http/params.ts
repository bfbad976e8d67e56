import { refuse } from "../domain/refusal.ts";
import type { Result } from "../domain/refusal.ts";

export const CATEGORIES = ["linear", "spot", "inverse", "option"] as const;
export type ApiCategory = (typeof CATEGORIES)[number];

const DAY_MS = 86_400_000;
/** Longest span between startTime and endTime. */
const MAX_SPAN_MS = 7 * DAY_MS;

/** A parameter; undefined when absent or empty. */
export function param(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === "" ? undefined : value;
}

export function categoryParam(query: URLSearchParams): Result<ApiCategory> {
  const text = param(query, "category");
  const category = CATEGORIES.find((known) => known === text);
  return category === undefined ? refuse(10001, "params error: category invalid") : { ok: true, value: category };
}

/** A whole number of at least 1, cut to `most`. */
export function limitParam(query: URLSearchParams, usual: number, most: number): Result<number> {
  const text = param(query, "limit");
  if (text === undefined) return { ok: true, value: usual };
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) return refuse(10001, "params error: limit invalid");
  return { ok: true, value: Math.min(most, Number(text)) };
}

/** [startTime, endTime], milliseconds since the epoch, open where not given. */
export function timeParams(query: URLSearchParams): Result<readonly [number, number]> {
  const bounds: number[] = [];
  for (const name of ["startTime", "endTime"]) {
    const text = param(query, name);
    if (text !== undefined && !/^\d{1,15}$/.test(text)) return refuse(10001, `params error: ${name} invalid`);
    bounds.push(text === undefined ? Number.NaN : Number(text));
  }
  const [start = Number.NaN, end = Number.NaN] = bounds;
  if (end - start > MAX_SPAN_MS || end < start)
    return refuse(10001, "params error: the time range must be within 7 days");
  return { ok: true, value: [Number.isNaN(start) ? 0 : start, Number.isNaN(end) ? Number.MAX_SAFE_INTEGER : end] };
}
