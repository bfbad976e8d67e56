import { readFileSync } from "node:fs";
import { join } from "node:path";

import { runTool } from "../interrupts.mjs";
import { temporaryFolder } from "./cache.mjs";
import { NATS_VERSION } from "./release.mjs";

const BUILD_BUDGET_MS = 10 * 60_000;

/**
 * Builds the program with the Go that is installed here; Go checks the source against its checksum database.
 * @returns {Promise<Buffer>}
 */
export async function fromGo({ cache, env }) {
  const temporary = temporaryFolder(cache);
  try {
    const result = await runTool("go", ["install", `github.com/nats-io/nats-server/v2@v${NATS_VERSION}`], {
      env: { ...env, GOBIN: temporary.folder, GOFLAGS: "-trimpath", CGO_ENABLED: "0" },
      cwd: temporary.folder,
      timeoutMs: BUILD_BUDGET_MS,
    });
    if (result.code !== 0) {
      throw new Error(
        result.timedOut
          ? "go install took too long"
          : `go install failed: ${result.output.trim().split("\n").slice(-2).join(" ")}`,
      );
    }
    return readFileSync(join(temporary.folder, "nats-server"));
  } finally {
    temporary.remove();
  }
}
