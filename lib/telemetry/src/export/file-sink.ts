import { appendFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { errorText } from "@hedgelock/runtime";

import { encodeStoredSpan, TRACE_FILE_SUFFIX } from "../stored-span.ts";
import type { SpanRecord } from "../span-record.ts";
import type { ExportOutcome, SpanSink } from "./span-sink.ts";

/** Bounds of the local store: a file is followed by another at the first, and the oldest go beyond the second. */
export const FILE_LIMITS = { fileBytes: 16 * 1024 ** 2, directoryBytes: 128 * 1024 ** 2 } as const;

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const NUMBER_DIGITS = 4;

export interface FileSinkDeps {
  readonly directory: string;
  readonly service: string;
  /** Names this process: part of the file names, so that processes never write into one file. */
  readonly writer: string;
  readonly startedMs: number;
  readonly limits?: { readonly fileBytes: number; readonly directoryBytes: number };
}

/** Removes the oldest trace files until the directory is within its bound. Names begin with the time of the start, so they sort by age. */
async function prune(directory: string, maxBytes: number, keep: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(TRACE_FILE_SUFFIX)).toSorted();
  const sizes = new Map<string, number>();
  for (const name of names) {
    // Another process may remove a file while it is being looked at.
    const size = await stat(join(directory, name)).then(
      (found) => found.size,
      () => 0,
    );
    sizes.set(name, size);
  }
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  for (const name of names) {
    if (total <= maxBytes) return;
    if (name === keep) continue;
    await rm(join(directory, name), { force: true });
    total -= sizes.get(name) ?? 0;
  }
}

/** A local store: one JSON line a span in files of this process, bounded in size and number. @throws Error when the directory cannot be made */
export async function createFileSink(deps: FileSinkDeps): Promise<SpanSink> {
  const { directory, service, writer, startedMs } = deps;
  const limits = deps.limits ?? FILE_LIMITS;
  await mkdir(directory, { recursive: true, mode: PRIVATE_FOLDER });
  let part = 0;
  let bytes = 0;
  const fileName = (): string =>
    `${startedMs}-${service}-${writer}-${String(part).padStart(NUMBER_DIGITS, "0")}${TRACE_FILE_SUFFIX}`;
  await prune(directory, limits.directoryBytes, "");

  const write = async (spans: readonly SpanRecord[]): Promise<void> => {
    const text = spans.map((span) => `${encodeStoredSpan(span)}\n`).join("");
    const length = Buffer.byteLength(text);
    if (bytes > 0 && bytes + length > limits.fileBytes) {
      part += 1;
      bytes = 0;
      await prune(directory, limits.directoryBytes - limits.fileBytes, fileName());
    }
    await appendFile(join(directory, fileName()), text, { mode: PRIVATE_FILE });
    bytes += length;
  };
  return {
    async export(spans): Promise<ExportOutcome> {
      try {
        await write(spans);
        return { kind: "stored" };
      } catch (error) {
        return { kind: "failed", reason: errorText(error), retry: true };
      }
    },
    async close() {},
  };
}
