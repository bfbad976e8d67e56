import { deflateRawSync, gzipSync } from "node:zlib";

import { crc32 } from "../lib/zip.mjs";

/** A zip archive with one deflated file. `change` may falsify header fields. */
export function zipOf(name, content, change = {}) {
  const fields = {
    method: 8,
    flags: 0,
    crc: crc32(content),
    size: content.length,
    packed: deflateRawSync(content),
    ...change,
  };
  const nameBytes = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(fields.flags, 2);
  common.writeUInt16LE(fields.method, 4);
  common.writeUInt32LE(fields.crc, 10);
  common.writeUInt32LE(fields.packed.length, 14);
  common.writeUInt32LE(fields.size, 18);
  common.writeUInt16LE(nameBytes.length, 22);
  const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, nameBytes, fields.packed]);
  const directory = Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\0"), common, Buffer.alloc(14), nameBytes]);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

/** The header of a tar entry. */
function tarHeader(name, size, type) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000755\0", 100);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write(type, 156);
  header.write("        ", 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** A tar archive, not yet compressed. */
export function tarOf(files) {
  const parts = Object.entries(files).flatMap(([name, content]) => [
    tarHeader(name, content.length, "0"),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export const tarGzOf = (files) => gzipSync(tarOf(files));
