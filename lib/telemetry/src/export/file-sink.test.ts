import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { toStoredSpan } from "../stored-span.ts";
import { aSpan } from "../testing/spans.ts";
import { readTraceFiles } from "../trace-files.ts";
import { createFileSink } from "./file-sink.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hedgelock-traces-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const deps = { service: "risk", writer: "risk-1", startedMs: 1000 };

it("writes one span a line, for its owner alone, and reads it back whole", async () => {
  const sink = await createFileSink({ ...deps, directory: join(folder, "deep/er") });
  const spans = [
    aSpan(1),
    aSpan(2, {
      parentSpanId: "00000000000000aa",
      error: "no\nroom",
      links: [{ traceId: "c".repeat(32), spanId: "d".repeat(16) }],
    }),
  ];
  expect(await sink.export(spans)).toEqual({ kind: "stored" });
  expect(await readTraceFiles(join(folder, "deep/er"), "")).toEqual(spans.map(toStoredSpan));
  expect(await readTraceFiles(join(folder, "deep/er"), "no room")).toEqual([]);
  expect(await readTraceFiles(join(folder, "deep/er"), "", 1001)).toEqual([]);
  const [name = ""] = await readdir(join(folder, "deep/er"));
  expect((await stat(join(folder, "deep/er", name))).mode & 0o777).toBe(0o600);
});

it("begins a new file at the bound, and removes the oldest files, of other processes too, beyond the whole bound", async () => {
  await writeFile(join(folder, "0500-hedger-h-0000.trace.jsonl"), "x".repeat(5000));
  await writeFile(join(folder, "0500-note.txt"), "x".repeat(50_000));
  const sink = await createFileSink({ ...deps, directory: folder, limits: { fileBytes: 2000, directoryBytes: 8000 } });
  for (let round = 0; round < 40; round += 1) await sink.export([aSpan(round + 1)]);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".trace.jsonl"));
  expect(names.length).toBeGreaterThan(2);
  expect(names).not.toContain("0500-hedger-h-0000.trace.jsonl");
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(8000);
  expect((await readTraceFiles(folder, "")).at(-1)?.spanId).toBe(aSpan(40).spanId);
  expect(await readdir(folder)).toContain("0500-note.txt");
});

it("leaves out a line that a crash has cut off", async () => {
  const sink = await createFileSink({ ...deps, directory: folder });
  await sink.export([aSpan(1)]);
  const [name = ""] = await readdir(folder);
  await appendFile(join(folder, name), '{"name":"receive tick","trace');
  expect(await readTraceFiles(folder, "")).toHaveLength(1);
});

it("says when it cannot write, and may be asked again", async () => {
  const sink = await createFileSink({ ...deps, directory: folder });
  await rm(folder, { recursive: true });
  expect(await sink.export([aSpan(1)])).toMatchObject({ kind: "failed", retry: true });
});
