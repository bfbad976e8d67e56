import { access, constants, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import { errorText } from "@hedgelock/runtime";

import type { CliDeps, Command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-status.ts";
import { usageError } from "../cli/parse-options.ts";
import { aborted, unlessAborted } from "../cli/unless-aborted.ts";
import { createSupervisor } from "../process/supervisor.ts";
import { findJaeger } from "../tracing/find-jaeger.ts";
import { findNatsServer } from "./nats-server.ts";
import { loadPrices } from "./price-source.ts";
import { runDemo } from "./run-demo.ts";
import { createRunFolder } from "./run-folder.ts";
import { START_HELP } from "./start-help.ts";
import { parseStartOptions } from "./start-options.ts";

/** A part gets this long for an orderly end before it is killed; less when one of them has failed: the others may wait for it. */
const STOP_BUDGET_MS = 8000;
const STOP_BUDGET_AFTER_FAILURE_MS = 3000;
/** The end of a part is known this long after it at the latest. */
const CAUSE_KNOWN_MS = 500;

/** Folder by folder: Node's recursive mkdir never ends where a file system invents its folders, as under /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

async function checkReportFolder(report: string): Promise<void> {
  try {
    await makeFolder(dirname(report));
    // With the dot, a file in the folder's place is refused too.
    await access(`${dirname(report)}/.`, constants.W_OK);
  } catch (error) {
    throw usageError("start", `--report: cannot write ${report}: ${errorText(error)}`);
  }
}

async function run(args: readonly string[], deps: CliDeps): Promise<number> {
  const options = parseStartOptions(args, deps.workingFolder);
  const prices = await loadPrices(options);
  await unlessAborted(checkReportFolder(options.report), deps.requests.stop);
  const natsServer = await findNatsServer(deps.environment);
  const jaeger = options.traces.kind === "jaeger" ? await findJaeger(deps.environment) : "";
  const folder = await createRunFolder();
  const supervisor = createSupervisor({ timers: deps.timers, folder: folder.path });
  const signal = AbortSignal.any([deps.requests.stop, supervisor.failed]);
  let keep = true;
  try {
    const status = await runDemo({ options, prices, natsServer, jaeger, folder, supervisor, signal }, deps);
    keep = status !== EXIT.OK;
    return status;
  } catch (error) {
    // A part that ends breaks what is being asked of it a moment before its end is known.
    if (!signal.aborted) await Promise.race([aborted(signal), deps.timers.sleep(CAUSE_KNOWN_MS)]);
    // Whatever was being waited for, the reason for the end is what people want to know.
    const cause: unknown = signal.aborted ? signal.reason : error;
    keep = !deps.requests.stop.aborted || cause !== deps.requests.stop.reason;
    if (!keep) deps.out.write("Stopped before the end of the prices: there is no report.\n");
    throw cause;
  } finally {
    await supervisor.stopAll(
      supervisor.failed.aborted ? STOP_BUDGET_AFTER_FAILURE_MS : STOP_BUDGET_MS,
      deps.requests.hurry,
    );
    if (keep) deps.complain(`hedgelock: logs and configuration of this run are kept in ${folder.path}`);
    else await folder.remove();
  }
}

/** `hedgelock start`. */
export const startCommand: Command = {
  name: "start",
  summary: "Runs everything on this machine against a recorded crash, shows it, and reports what happened.",
  help: START_HELP,
  run,
};
