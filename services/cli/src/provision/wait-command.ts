import { BUS_ERROR, connectBus } from "@hedgelock/bus";
import type { ServerAddress } from "@hedgelock/bus";
import { HedgeLockError, prometheusMetrics, silentLogger } from "@hedgelock/runtime";

import type { CliDeps, Command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-status.ts";
import { parseOptions, textOption, textsOption, usageError, wholeNumberOption } from "../cli/parse-options.ts";
import { unlessAborted } from "../cli/unless-aborted.ts";
import { busName } from "./bus-name.ts";

const COMMAND = "wait";
const DEFAULT_TIMEOUT_S = 300;
const MAX_TIMEOUT_S = 86_400;
const RETRY_MS = 500;
const CONNECT_MS = 2_000;
const CLOSE_MS = 1_000;
/** What passes by itself: the servers start, somebody provisions. A wrong password does not. */
const PASSING: readonly string[] = [BUS_ERROR.UNREACHABLE, BUS_ERROR.NOT_PROVISIONED, BUS_ERROR.UNAVAILABLE];

const HELP = `Usage: hedgelock wait --servers URL[,URL] [options]

Waits until the NATS servers answer and the streams are provisioned. For everything that is started at the same time as
they are: containers of a pod, units of a machine.

Options:
  --servers URL[,URL]    The NATS servers, nats://HOST:PORT. May be given more than once.
  --user NAME            User at the NATS servers, and first part of its inboxes.
  --password-file FILE   File that holds the user's password.
  --timeout SECONDS      Give up after this time. Default ${DEFAULT_TIMEOUT_S}.
  --help                 This text.

Exit status: 0 provisioned, 1 not within the time, or the user is refused, 2 bad options.
`;

async function isProvisioned(address: ServerAddress, deps: CliDeps): Promise<string> {
  const { clock, timers, random } = deps;
  const bus = await connectBus({
    ...address,
    connectDeadlineMs: CONNECT_MS,
    clock,
    timers,
    random,
    log: silentLogger,
    metrics: prometheusMetrics("cli"),
  });
  try {
    const { partitions, ledgerId } = await bus.provisioned();
    return `partitions ${partitions}, ledger ${ledgerId}\n`;
  } finally {
    await bus.close(CLOSE_MS);
  }
}

async function waitUntilProvisioned(address: ServerAddress, timeoutMs: number, deps: CliDeps): Promise<string> {
  const endMs = deps.clock.nowMs() + timeoutMs;
  for (let told = ""; ;) {
    try {
      return await unlessAborted(isProvisioned(address, deps), deps.requests.stop);
    } catch (error) {
      const passing = error instanceof HedgeLockError && PASSING.includes(error.code);
      if (!passing || deps.clock.nowMs() >= endMs) throw error;
      if (error.code !== told) deps.complain(`waiting: ${error.message}`);
      told = error.code;
      await unlessAborted(deps.timers.sleep(RETRY_MS), deps.requests.stop);
    }
  }
}

async function run(args: readonly string[], deps: CliDeps): Promise<number> {
  const values = parseOptions(COMMAND, args, {
    servers: { type: "string", multiple: true },
    user: { type: "string" },
    "password-file": { type: "string" },
    timeout: { type: "string" },
  });
  const servers = textsOption(values, "servers")
    .flatMap((text) => text.split(","))
    .filter((server) => server !== "");
  if (servers.length === 0) throw usageError(COMMAND, "--servers is missing: name at least one NATS server");
  const timeoutS = wholeNumberOption(COMMAND, values, "timeout", { min: 1, max: MAX_TIMEOUT_S }) ?? DEFAULT_TIMEOUT_S;
  const user = textOption(values, "user");
  const address = { servers, name: busName(user, "cli"), user, passwordFile: textOption(values, "password-file") };
  deps.out.write(await waitUntilProvisioned(address, timeoutS * 1_000, deps));
  return EXIT.OK;
}

/** `hedgelock wait`. */
export const waitCommand: Command = {
  name: COMMAND,
  summary: "Waits until the NATS servers answer and the streams are provisioned.",
  help: HELP,
  run,
};
