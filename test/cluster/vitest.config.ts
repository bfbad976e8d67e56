import { defineConfig } from "vitest/config";

/** Building images and replaying a crash take minutes; nothing waits that long when all is well. */
const STEP_TIMEOUT_MS = 600_000;

/** `npm run test:cluster`: apart from the other tests, because it needs a cluster and changes it. */
export default defineConfig({
  test: {
    name: "cluster",
    include: ["test/cluster/**/*.test.ts"],
    globalSetup: ["test/charts/support/helm-setup.mjs"],
    pool: "forks",
    fileParallelism: false,
    // Every step stands on the one before.
    bail: 1,
    sequence: { concurrent: false },
    testTimeout: STEP_TIMEOUT_MS,
    hookTimeout: STEP_TIMEOUT_MS,
    reporters: ["verbose"],
  },
});
