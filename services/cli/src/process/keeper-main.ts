import process from "node:process";

import { systemTimers } from "@hedgelock/runtime";

import { runKeeper } from "./keeper.ts";

// A process of its own: it outlives a parent that was killed with -9 and cleans up behind it.
await runKeeper({ input: process.stdin, timers: systemTimers });
process.exit(0);
