const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;
const utf8 = new TextEncoder();

/** FNV-1a, 32 bit, over the UTF-8 bytes of `text` (http://www.isthe.com/chongo/tech/comp/fnv/), as an unsigned integer. */
export function fnv1a32(text: string, offset: number = FNV_OFFSET): number {
  let hash = offset >>> 0;
  for (const byte of utf8.encode(text)) {
    hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  }
  return hash;
}
