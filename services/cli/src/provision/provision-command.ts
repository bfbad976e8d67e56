import { provision } from "@hedgelock/bus";
import { DEFAULT_PARTITIONS, MAX_PARTITIONS } from "@hedgelock/contracts";
import { prometheusMetrics, silentLogger } from "@hedgelock/runtime";

import type { CliDeps, Command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-status.ts";
import { parseOptions, textOption, textsOption, usageError, wholeNumberOption } from "../cli/parse-options.ts";
import { unlessAborted } from "../cli/unless-aborted.ts";
import { busName } from "./bus-name.ts";

const COMMAND = "provision";
const MAX_REPLICAS = 5;

const HELP = `Usage: hedgelock provision --servers URL[,URL] [options]

Creates the streams and buckets that the services need, or brings existing ones up to date. May be run again at any time:
what already fits is left alone, and what does not is refused with the difference, before anything is changed.

Options:
  --servers URL[,URL]    The NATS servers, nats://HOST:PORT. May be given more than once.
  --user NAME            User at the NATS servers, and first part of its inboxes.
  --password-file FILE   File that holds the user's password.
  --partitions N         Partitions the accounts are spread over, 1 to ${MAX_PARTITIONS}. Default ${DEFAULT_PARTITIONS}. Fixed for good once provisioned.
  --replicas N           Copies of every stream, 1, 3 or 5. Default 1; a cluster of three servers wants 3.
  --help                 This text.

Exit status: 0 done, 1 the servers could not be reached or refused, 2 bad options or existing streams that do not fit.
`;

async function run(args: readonly string[], deps: CliDeps): Promise<number> {
  const values = parseOptions(COMMAND, args, {
    servers: { type: "string", multiple: true },
    user: { type: "string" },
    "password-file": { type: "string" },
    partitions: { type: "string" },
    replicas: { type: "string" },
  });
  const servers = textsOption(values, "servers")
    .flatMap((text) => text.split(","))
    .filter((server) => server !== "");
  if (servers.length === 0) throw usageError(COMMAND, "--servers is missing: name at least one NATS server");
  const partitions = wholeNumberOption(COMMAND, values, "partitions", { min: 1, max: MAX_PARTITIONS });
  const replicas = wholeNumberOption(COMMAND, values, "replicas", { min: 1, max: MAX_REPLICAS });
  if (replicas !== undefined && replicas % 2 === 0)
    throw usageError(COMMAND, `--replicas must be odd, not ${replicas}`);
  const user = textOption(values, "user");
  const report = await unlessAborted(
    provision(
      {
        servers,
        name: busName(user, COMMAND),
        user,
        passwordFile: textOption(values, "password-file"),
        clock: deps.clock,
        timers: deps.timers,
        random: deps.random,
        log: silentLogger,
        metrics: prometheusMetrics("cli"),
      },
      { ...(partitions === undefined ? {} : { partitions }), ...(replicas === undefined ? {} : { replicas }) },
    ),
    deps.requests.stop,
  );
  const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));
  deps.out.write(
    [
      `partitions ${report.partitions}, ledger ${report.ledgerId}`,
      `created:   ${list(report.created)}`,
      `updated:   ${list(report.updated)}`,
      `unchanged: ${list(report.unchanged)}`,
      "",
    ].join("\n"),
  );
  return EXIT.OK;
}

/** `hedgelock provision`. */
export const provisionCommand: Command = {
  name: COMMAND,
  summary: "Creates the streams and buckets on NATS servers, or brings them up to date.",
  help: HELP,
  run,
};
