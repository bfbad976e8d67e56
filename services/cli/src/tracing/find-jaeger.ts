import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { HedgeLockError } from "@hedgelock/runtime";

import { EXIT } from "../cli/exit-status.ts";

async function executable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not executable: the next place is tried.
    return false;
  }
}

/**
 * The Jaeger v2 program: JAEGER_BIN, or `jaeger` on PATH.
 * @throws HedgeLockError JAEGER_MISSING
 */
export async function findJaeger(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const missing = (what: string): HedgeLockError =>
    new HedgeLockError(
      "JAEGER_MISSING",
      `${what}: get the Jaeger v2 binary from https://www.jaegertracing.io/download/ and name it in JAEGER_BIN, send traces elsewhere with --otlp URL, or leave --jaeger out: traces then go to files`,
      { exitStatus: EXIT.SERVICE_FAILED },
    );
  const named = environment["JAEGER_BIN"];
  if (named !== undefined && named !== "") {
    if (await executable(named)) return named;
    throw missing(`JAEGER_BIN names ${named}, which is not a program that can be run`);
  }
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "jaeger");
    if (folder !== "" && (await executable(path))) return path;
  }
  throw missing("--jaeger: there is no `jaeger` on PATH");
}
