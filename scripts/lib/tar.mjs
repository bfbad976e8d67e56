import { gunzipSync } from "node:zlib";

const BLOCK = 512;
const REGULAR_FILE = new Set(["0", "\0"]);

const textAt = (block, from, length) => {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
};

function numberAt(block, from, length, what) {
  const text = textAt(block, from, length).trim();
  if (!/^[0-7]+$/.test(text)) throw new Error(`damaged tar file: ${what} is not a number`);
  return Number.parseInt(text, 8);
}

function checkHeader(header) {
  let sum = 0;
  for (let index = 0; index < BLOCK; index += 1) sum += index >= 148 && index < 156 ? 0x20 : header[index];
  if (sum !== numberAt(header, 148, 8, "a header checksum")) throw new Error("damaged tar file: wrong header checksum");
}

/**
 * One regular file out of a .tar.gz archive.
 * @param {Buffer} archive
 * @param {string} name
 * @param {{maxBytes: number}} limits for the whole unpacked archive
 * @returns {Buffer}
 * @throws {Error} for a malformed archive or a missing file
 */
export function readTarGzEntry(archive, name, { maxBytes }) {
  const tar = gunzipSync(archive, { maxOutputLength: maxBytes });
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    checkHeader(header);
    const size = numberAt(header, 124, 12, "a size");
    const start = at + BLOCK;
    if (start + size > tar.length) throw new Error("damaged tar file: cut off");
    if (textAt(header, 0, 100) === name && REGULAR_FILE.has(String.fromCharCode(header[156]))) {
      return tar.subarray(start, start + size);
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error(`the archive has no ${name}`);
}
