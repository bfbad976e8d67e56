import process from "node:process";
import { fileURLToPath } from "node:url";

import { seededRandom } from "@hedgelock/runtime";

import type { CliDeps, Command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-status.ts";
import { parseLogLine } from "../process/log-file.ts";
import { createSupervisor } from "../process/supervisor.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { loadPrices } from "../start/price-source.ts";
import { createRunFolder } from "../start/run-folder.ts";
import type { RunFolder } from "../start/run-folder.ts";
import type { ServiceConfig } from "../start/service-configs.ts";
import { paperAccounts } from "./paper-accounts.ts";
import { standaloneConfig } from "./paper-config.ts";
import { PAPER_HELP } from "./paper-help.ts";
import { parsePaperOptions } from "./paper-options.ts";
import { paperTable } from "./paper-table.ts";

/** Going on from a long kept state takes its time. */
const READY_DEADLINE_MS = 120_000;
const STOP_BUDGET_MS = 5000;
const CONFIG_VARIABLES = "HEDGELOCK_CONFIG";

function listeningPort(line: string): number | undefined {
  const fields = parseLogLine(line);
  const port = fields?.["event"] === "paper.listening" ? fields["port"] : undefined;
  return typeof port === "number" ? port : undefined;
}

async function startExchange(
  config: ServiceConfig,
  folder: RunFolder,
  supervisor: Supervisor,
  deps: CliDeps,
): Promise<number> {
  const file = await folder.writeJson("paper.json", config);
  const environment = Object.fromEntries(
    Object.entries(deps.environment).flatMap(([name, value]) =>
      value === undefined || name.startsWith(CONFIG_VARIABLES) ? [] : [[name, value]],
    ),
  );
  const child = await supervisor.start({
    name: "paper",
    command: process.execPath,
    args: [fileURLToPath(new URL("../../../paper/src/main.ts", import.meta.url)), "--config", file],
    environment,
    logFile: folder.file("paper.log"),
    stopsItself: true,
  });
  return supervisor.waitForLine(child, listeningPort, READY_DEADLINE_MS, deps.requests.stop);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function run(args: readonly string[], deps: CliDeps): Promise<number> {
  const options = parsePaperOptions(args, deps.workingFolder);
  const prices = await loadPrices(options.shared);
  const accounts = paperAccounts(options.shared.accounts, prices, seededRandom(options.shared.seed));
  const folder = await createRunFolder();
  const supervisor = createSupervisor({ timers: deps.timers, folder: folder.path });
  const ended = AbortSignal.any([deps.requests.stop, supervisor.failed]);
  let keep = true;
  try {
    const port = await startExchange(standaloneConfig(options, prices, accounts), folder, supervisor, deps);
    deps.out.write(paperTable(`127.0.0.1:${port}`, options, prices, accounts));
    await untilAborted(ended);
    if (supervisor.failed.aborted) throw supervisor.failed.reason;
    keep = false;
    return EXIT.OK;
  } catch (error) {
    // Asked to stop while it was starting: nothing has failed.
    if (!deps.requests.stop.aborted || supervisor.failed.aborted) throw error;
    keep = false;
    return EXIT.OK;
  } finally {
    await supervisor.stopAll(STOP_BUDGET_MS, deps.requests.hurry);
    if (keep) deps.complain(`hedgelock: the log of the exchange is kept in ${folder.path}`);
    else await folder.remove();
  }
}

/** `hedgelock paper`. */
export const paperCommand: Command = {
  name: "paper",
  summary: "Runs the paper exchange alone: Bybit v5 with play money on one port of this machine.",
  help: PAPER_HELP,
  run,
};
