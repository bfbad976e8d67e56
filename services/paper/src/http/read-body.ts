import type { IncomingMessage } from "node:http";

/** Largest body taken, bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

/** The body as sent; undefined when it is larger than allowed. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: unknown = chunk;
    if (!(bytes instanceof Uint8Array)) throw new TypeError("a request body must be bytes");
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
