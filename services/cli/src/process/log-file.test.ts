import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { explainingLine, logReader, logTail } from "./log-file.ts";

describe("explainingLine", () => {
  it("takes the last error line of a service", () => {
    const lines = [
      '{"level":"error","event":"bus.down","msg":"first"}',
      '{"level":"error","event":"service.start_failed","msg":"no NATS server reached"}',
      '{"level":"info","event":"bye"}',
    ];
    expect(explainingLine(lines)).toBe("no NATS server reached");
    expect(explainingLine(['{"level":"error","event":"service.fatal"}'])).toBe("service.fatal");
  });

  it("understands nats-server, and Node's own words", () => {
    expect(explainingLine(["[1] 2025/01/01 10:00:00.000000 [FTL] Error listening on port: 127.0.0.1:4222", ""])).toBe(
      "Error listening on port: 127.0.0.1:4222",
    );
    expect(explainingLine(["nats-server: nats.conf:3:1: Parse error", ""])).toBe(
      "nats-server: nats.conf:3:1: Parse error",
    );
    expect(explainingLine(["Error: Cannot find module 'x'", "    at y", "Node.js v24"])).toBe(
      "Error: Cannot find module 'x'",
    );
    expect(explainingLine(["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'y'", "    at z"])).toContain(
      "Cannot find package 'y'",
    );
  });

  it("falls back to the last line, and to nothing", () => {
    expect(explainingLine(["one", "two", ""])).toBe("two");
    expect(explainingLine(['{"level":"info","event":"service.starting"}'])).toBe("service.starting");
    expect(explainingLine([""])).toBeUndefined();
  });
});

describe("logReader", () => {
  it("gives whole lines once, however they were written", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hedgelock-test-"));
    try {
      const path = join(folder, "x.log");
      await appendFile(path, "one\ntw");
      const read = logReader(path);
      expect(await read()).toEqual(["one"]);
      expect(await read()).toEqual([]);
      await appendFile(path, "o\nthree\n");
      expect(await read()).toEqual(["two", "three"]);
      expect(await logTail(path)).toEqual(["one", "two", "three", ""]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
