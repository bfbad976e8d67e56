import { readFileSync } from "node:fs";

/** One recorded frame. */
export interface RecordedFrame {
  readonly category: "linear" | "spot";
  readonly frame: string;
}

/** The recorded excerpt in order of arrival; see fixtures/README.md. */
export function readExcerpt(): readonly RecordedFrame[] {
  return readFileSync(new URL("../../fixtures/bybit-v5-public-excerpt.jsonl", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordedFrame);
}
