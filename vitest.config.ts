import { defineConfig } from "vitest/config";

/** Tests that start a nats-server or processes get time for it; nothing waits that long when all is well. */
const REAL_PARTS_TIMEOUT_MS = 120_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["lib/*/src/**/*.test.ts", "services/*/src/**/*.test.ts", "test/unit/**/*.test.ts"],
          exclude: ["**/*.nats.test.ts", "**/node_modules/**"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "nats",
          include: ["lib/*/src/**/*.nats.test.ts", "services/*/src/**/*.nats.test.ts"],
          pool: "forks",
          testTimeout: REAL_PARTS_TIMEOUT_MS,
          hookTimeout: REAL_PARTS_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: REAL_PARTS_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: "charts",
          include: ["test/charts/**/*.test.ts"],
          globalSetup: ["test/charts/support/helm-setup.mjs"],
          testTimeout: 120_000,
          hookTimeout: REAL_PARTS_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: "launcher",
          include: ["scripts/**/*.test.mjs"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
    ],
  },
});
