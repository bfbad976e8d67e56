import { describe, expect, it } from "vitest";

import { zipOf } from "../testing/archives.mjs";
import { crc32, readZipEntry } from "./zip.mjs";

const CONTENT = Buffer.from("a program\n".repeat(1000));
const LIMIT = { maxBytes: 1_000_000 };
const good = zipOf("dir/program", CONTENT);

describe("readZipEntry", () => {
  it("reads deflated and stored files, also behind a comment", () => {
    expect(readZipEntry(good, "dir/program", LIMIT)).toEqual(CONTENT);
    expect(readZipEntry(zipOf("p", CONTENT, { method: 0, packed: CONTENT }), "p", LIMIT)).toEqual(CONTENT);
    const commented = Buffer.concat([good, Buffer.from("hello")]);
    commented.writeUInt16LE(5, good.length - 2);
    expect(readZipEntry(commented, "dir/program", LIMIT)).toEqual(CONTENT);
  });

  it("computes CRC-32 as published (check value of CRC-32/ISO-HDLC)", () => {
    expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
  });

  it("refuses a file that is missing, too large, encrypted or packed in another way", () => {
    expect(() => readZipEntry(good, "other", LIMIT)).toThrow("the archive has no other");
    expect(() => readZipEntry(good, "dir/program", { maxBytes: 10 })).toThrow("larger than 10 bytes");
    expect(() => readZipEntry(zipOf("p", CONTENT, { flags: 1 }), "p", LIMIT)).toThrow("encrypted");
    expect(() => readZipEntry(zipOf("p", CONTENT, { method: 93 }), "p", LIMIT)).toThrow("compression method 93");
  });

  it("refuses content that is not what the archive says", () => {
    expect(() => readZipEntry(zipOf("p", CONTENT, { crc: 1 }), "p", LIMIT)).toThrow("wrong checksum");
    expect(() => readZipEntry(zipOf("p", CONTENT, { size: CONTENT.length + 1 }), "p", LIMIT)).toThrow("instead of");
    expect(() => readZipEntry(zipOf("p", CONTENT, { size: 5 }), "p", LIMIT)).toThrow("larger than 5 bytes");
  });

  it("refuses what is no zip archive", () => {
    expect(() => readZipEntry(Buffer.alloc(0), "p", LIMIT)).toThrow("not a zip file");
    expect(() => readZipEntry(Buffer.from("<html>404</html>".repeat(10)), "p", LIMIT)).toThrow("not a zip file");
  });

  it("refuses an archive cut off anywhere, and never reads past its end", () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(() => readZipEntry(good.subarray(0, length), "dir/program", LIMIT)).toThrow("not a zip file");
    }
  });

  it("gives the right content or an error, whichever byte is damaged", () => {
    for (let at = 0; at < good.length; at += 1) {
      const damaged = Buffer.from(good);
      damaged[at] ^= 0xff;
      let content;
      try {
        content = readZipEntry(damaged, "dir/program", LIMIT);
      } catch {
        // Refused, which is as good.
        content = CONTENT;
      }
      expect(content).toEqual(CONTENT);
    }
  });
});
