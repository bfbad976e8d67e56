import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

/** Apart from the others, as it needs a Jaeger: `npm run test:jaeger`. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    name: "jaeger",
    include: ["test/jaeger/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
