import { systemTimers } from "@hedgelock/runtime";

import { FOLLOWS_PARENT, STUBBORN, dummy, readyLine } from "./dummy.ts";
import { createSupervisor } from "../supervisor.ts";

// A parent to be killed with -9: it prints the pids of what it started and waits.
const [, , folder = ""] = process.argv;
const supervisor = createSupervisor({ timers: systemTimers, folder });
for (const spec of [dummy("follower", folder, FOLLOWS_PARENT, true), dummy("stubborn", folder, STUBBORN)]) {
  const child = await supervisor.start(spec);
  await supervisor.waitForLine(child, readyLine, 20_000, supervisor.failed);
}
process.stdout.write(`${JSON.stringify(supervisor.children.map((child) => child.pid))}\n`);
await systemTimers.sleep(600_000);
