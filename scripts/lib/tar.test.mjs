import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { tarGzOf, tarOf } from "../testing/archives.mjs";
import { readTarGzEntry } from "./tar.mjs";

const FILES = { "d/README": Buffer.from("text"), "d/program": Buffer.from("a program".repeat(200)) };
const LIMIT = { maxBytes: 1_000_000 };

describe("readTarGzEntry", () => {
  it("reads one file out of several", () => {
    expect(readTarGzEntry(tarGzOf(FILES), "d/program", LIMIT)).toEqual(FILES["d/program"]);
  });

  it("refuses a missing file, an archive that unpacks too large, and what is no archive", () => {
    expect(() => readTarGzEntry(tarGzOf(FILES), "d/other", LIMIT)).toThrow("the archive has no d/other");
    expect(() => readTarGzEntry(tarGzOf(FILES), "d/program", { maxBytes: 1000 })).toThrow("larger than 1000 bytes");
    expect(() => readTarGzEntry(Buffer.from("<html>"), "d/program", LIMIT)).toThrow("incorrect header check");
    expect(() => readTarGzEntry(gzipSync(Buffer.alloc(600, 7)), "d/program", LIMIT)).toThrow("damaged tar file");
  });

  it("refuses an archive that is cut off inside a file, and a damaged header", () => {
    const tar = tarOf(FILES);
    expect(() => readTarGzEntry(gzipSync(tar.subarray(0, 2000)), "d/program", LIMIT)).toThrow("cut off");
    tar[1024] ^= 1;
    expect(() => readTarGzEntry(gzipSync(tar), "d/program", LIMIT)).toThrow("wrong header checksum");
  });
});
