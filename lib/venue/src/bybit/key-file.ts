import { readFile } from "node:fs/promises";

import { HedgeLockError } from "@hedgelock/runtime";
import { z } from "zod";

import type { VenueCredentials } from "../port.ts";

const keyFile = z.object({ apiKey: z.string().min(1), apiSecret: z.string().min(1) });

/**
 * Reads a key file: `{"apiKey":"…","apiSecret":"…"}`. Errors name the file, never its content.
 * @throws HedgeLockError VENUE_KEY_FILE
 */
export async function readKeyFile(path: string): Promise<VenueCredentials> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not JSON" : errorCode(error);
    throw new HedgeLockError("VENUE_KEY_FILE", `cannot read the key file ${path}: ${reason}`, { exitStatus: 2 });
  }
  const parsed = keyFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HedgeLockError("VENUE_KEY_FILE", `the key file ${path} must hold {"apiKey": "…", "apiSecret": "…"}`, {
    exitStatus: 2,
  });
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "it cannot be opened";
}
