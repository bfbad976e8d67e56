import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { decodeStoredSpan, type StoredSpan, TRACE_FILE_SUFFIX } from "./stored-span.ts";

/**
 * Reads the spans of a local store whose line holds a text, oldest file first. Lines that were cut off by a crash are left out.
 * @param holds "" for every span
 * @param sinceMs files of processes that started before this time (milliseconds since the epoch) are left out
 * @throws Error (ENOENT) when there is no such directory
 */
export async function readTraceFiles(directory: string, holds: string, sinceMs = 0): Promise<readonly StoredSpan[]> {
  const names = (await readdir(directory))
    .filter((name) => name.endsWith(TRACE_FILE_SUFFIX) && Number(name.split("-", 1)[0]) >= sinceMs)
    .toSorted();
  const spans: StoredSpan[] = [];
  for (const name of names) {
    for await (const line of createInterface({ input: createReadStream(join(directory, name)) })) {
      if (!line.includes(holds)) continue;
      const span = decodeStoredSpan(line);
      if (span !== undefined) spans.push(span);
    }
  }
  return spans;
}
