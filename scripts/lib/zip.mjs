import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as zip files use it (zlib.crc32 exists only from Node 20.15 on). */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

function findEnd(zip) {
  for (let at = zip.length - END_LENGTH; at >= Math.max(0, zip.length - END_LENGTH - LONGEST_COMMENT); at -= 1) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY && at + END_LENGTH + zip.readUInt16LE(at + 20) === zip.length)
      return at;
  }
  throw new Error("not a zip file: no end of central directory");
}

/** The entries of the central directory. Sizes and offsets are checked against the file before they are used. */
function* entries(zip) {
  const end = findEnd(zip);
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || zip.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new Error(`damaged zip file: bad directory entry ${index}`);
    const nameLength = zip.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (next > end) throw new Error(`damaged zip file: directory entry ${index} is cut off`);
    yield {
      name: zip.toString("utf8", at + 46, at + 46 + nameLength),
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      packedSize: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      header: zip.readUInt32LE(at + 42),
      limit: end,
    };
    at = next;
  }
}

function unpack(zip, entry) {
  if (entry.flags & 1) throw new Error(`${entry.name} is encrypted`);
  const { header } = entry;
  if (header + 30 > entry.limit || zip.readUInt32LE(header) !== LOCAL_HEADER)
    throw new Error(`damaged zip file: no header for ${entry.name}`);
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  if (start + entry.packedSize > entry.limit) throw new Error(`damaged zip file: ${entry.name} is cut off`);
  const packed = zip.subarray(start, start + entry.packedSize);
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED) throw new Error(`${entry.name} uses compression method ${entry.method}`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
}

/**
 * One file out of a zip archive (without zip64, which wheels of this size do not use).
 * @param {Buffer} zip
 * @param {string} name
 * @param {{maxBytes: number}} limits
 * @returns {Buffer}
 * @throws {Error} for a malformed archive, a missing or too large file, a wrong checksum
 */
export function readZipEntry(zip, name, { maxBytes }) {
  const entry = [...entries(zip)].find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the archive has no ${name}`);
  if (entry.size > maxBytes) throw new Error(`${name} is larger than ${maxBytes} bytes`);
  const bytes = unpack(zip, entry);
  if (bytes.length !== entry.size) throw new Error(`${name} has ${bytes.length} bytes instead of ${entry.size}`);
  if (crc32(bytes) !== entry.crc) throw new Error(`${name} has a wrong checksum`);
  return bytes;
}
