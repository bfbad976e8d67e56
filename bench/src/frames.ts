import { readFileSync } from "node:fs";

import { CATEGORIES } from "@hedgelock/contracts";
import type { Category } from "@hedgelock/contracts";
import { FrameReader } from "@hedgelock/venue";

import { percentiles } from "./table.ts";
import type { Figure } from "./table.ts";

const EXCERPT = new URL("../../lib/venue/fixtures/bybit-v5-public-excerpt.jsonl", import.meta.url);

interface RecordedFrame {
  readonly category: Category;
  readonly frame: string;
}

function readExcerpt(): readonly RecordedFrame[] {
  return readFileSync(EXCERPT, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const row: unknown = JSON.parse(line);
      if (typeof row !== "object" || row === null || !("category" in row) || !("frame" in row)) throw new Error(line);
      const category = CATEGORIES.find((name) => name === row.category);
      if (category === undefined || typeof row.frame !== "string") throw new Error(line);
      return { category, frame: row.frame };
    });
}

function readersFor(frames: readonly RecordedFrame[]): ReadonlyMap<Category, FrameReader> {
  return new Map(
    [...new Set(frames.map((row) => row.category))].map((category) => [
      category,
      new FrameReader(category, ["BTCUSDT"]),
    ]),
  );
}

/** Times every frame of the recorded excerpt in one pass, from text to merged tick. @param samples gets nanoseconds */
function replay(frames: readonly RecordedFrame[], samples: number[] | undefined): number {
  const readers = readersFor(frames);
  let ticks = 0;
  for (const { category, frame } of frames) {
    const reader = readers.get(category);
    if (reader === undefined) continue;
    const startNs = process.hrtime.bigint();
    const read = reader.read(frame);
    if (read.kind === "topic" && read.verdict.kind === "changed") {
      const { instrument, last, kind } = read.topic;
      if (instrument.toTick(kind, last.seq, last.timeMs, 0).symbol !== "") ticks += 1;
    }
    samples?.push(Number(process.hrtime.bigint() - startNs));
  }
  return ticks;
}

/** Bybit frame -> normalised tick, over recorded ticker and top-of-book frames, microseconds. */
export function benchFrames(rounds: number = 400): Figure {
  const frames = readExcerpt();
  for (let round = 0; round < 100; round += 1) replay(frames, undefined);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) replay(frames, samples);
  return {
    name: `Bybit frame -> tick (${frames.length} recorded frames, ${rounds} rounds)`,
    goal: "p50 <= 5 us",
    unit: "us",
    values: percentiles(samples.map((ns) => ns / 1000)),
  };
}
