import { HedgeLockError, errorText } from "@hedgelock/runtime";

import type { CliDeps, Command } from "./command.ts";
import { EXIT } from "./exit-status.ts";

/** The text of `hedgelock help`. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length), "help".length);
  const rows = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    "hedgelock: keeps people who borrow against crypto from being liquidated.",
    "",
    "Usage: hedgelock COMMAND [options]",
    "",
    ...rows,
    `  ${"help".padEnd(width)}  This text, or the text of a command: hedgelock help COMMAND`,
    "",
    "hedgelock COMMAND --help lists the options of a command.",
    "",
  ].join("\n");
}

function unknownCommand(name: string, commands: readonly Command[]): HedgeLockError {
  const names = [...commands.map((command) => command.name), "help"].join(", ");
  return new HedgeLockError("USAGE", `unknown command '${name}'; there are: ${names}`, {
    exitStatus: EXIT.BAD_OPTIONS,
  });
}

async function runCommand(args: readonly string[], commands: readonly Command[], deps: CliDeps): Promise<number> {
  const [name, ...rest] = args;
  const find = (wanted: string): Command => {
    const command = commands.find((candidate) => candidate.name === wanted);
    if (command === undefined) throw unknownCommand(wanted, commands);
    return command;
  };
  if (name === undefined) {
    deps.complain(overview(commands).trimEnd());
    return EXIT.BAD_OPTIONS;
  }
  if (name === "help" || name === "--help" || name === "-h") {
    const [topic] = rest;
    deps.out.write(topic === undefined ? overview(commands) : find(topic).help);
    return EXIT.OK;
  }
  const command = find(name);
  if (rest.includes("--help") || rest.includes("-h")) {
    deps.out.write(command.help);
    return EXIT.OK;
  }
  return command.run(rest, deps);
}

/** Runs the command that the words name. Never throws: what goes wrong is told on standard error. */
export async function dispatch(args: readonly string[], commands: readonly Command[], deps: CliDeps): Promise<number> {
  try {
    return await runCommand(args, commands, deps);
  } catch (error) {
    if (deps.requests.stop.aborted && error === deps.requests.stop.reason) return EXIT.INTERRUPTED;
    const expected = error instanceof HedgeLockError;
    deps.complain(`hedgelock: ${expected ? error.message : errorText(error)}`);
    if (!expected && error instanceof Error && error.stack !== undefined) deps.complain(error.stack);
    return expected ? error.exitStatus : EXIT.SERVICE_FAILED;
  }
}
