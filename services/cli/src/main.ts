import process from "node:process";

import { dispatch } from "./cli/dispatch.ts";
import { systemDeps } from "./cli/system-deps.ts";
import { paperCommand } from "./paper/paper-command.ts";
import { provisionCommand } from "./provision/provision-command.ts";
import { waitCommand } from "./provision/wait-command.ts";
import { startCommand } from "./start/start-command.ts";
import { traceCommand } from "./tracing/trace-command.ts";

const status = await dispatch(
  process.argv.slice(2),
  [startCommand, paperCommand, traceCommand, provisionCommand, waitCommand],
  systemDeps(),
);
// What was written must be out before the process ends: a pipe may still hold some of it.
await new Promise<void>((resolve) => {
  process.stdout.write("", () => resolve());
});
process.exit(status);
