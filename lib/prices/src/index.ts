export * from "./bar.ts";
export * from "./bar-path.ts";
export * from "./crashes.ts";
export * from "./pacing.ts";
export * from "./parse-bars.ts";
export * from "./read-bars.ts";
export * from "./replay-plan.ts";
export * from "./tick-grid.ts";
