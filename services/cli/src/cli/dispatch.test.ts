import { HedgeLockError, manualTime, seededRandom } from "@hedgelock/runtime";
import { describe, expect, it } from "vitest";

import type { CliDeps, Command } from "./command.ts";
import { dispatch } from "./dispatch.ts";

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const COMMAND: Command = {
  name: "start",
  summary: "Starts it.",
  help: "Usage: hedgelock start [options]\n",
  run: async (args) => {
    await Promise.resolve();
    if (args.includes("--bad"))
      throw new HedgeLockError("USAGE", "unknown option '--bad'. See: hedgelock start --help", { exitStatus: 2 });
    if (args.includes("--bug")) throw new TypeError("x is not a function");
    return 1;
  },
};

async function run(...args: readonly string[]): Promise<Outcome> {
  let out = "";
  let err = "";
  const time = manualTime(0);
  const deps: CliDeps = {
    clock: time,
    timers: time,
    random: seededRandom(1),
    environment: {},
    workingFolder: "/",
    out: {
      isTerminal: false,
      colour: false,
      size: () => ({ columns: 80, rows: 24 }),
      write(text) {
        out += text;
      },
      onResize: () => () => {},
      onExit: () => () => {},
    },
    complain(line) {
      err += `${line}\n`;
    },
    requests: { stop: new AbortController().signal, hurry: new AbortController().signal },
  };
  return { status: await dispatch(args, [COMMAND], deps), out, err };
}

describe("dispatch", () => {
  it("runs the command and passes its exit status on", async () => {
    expect(await run("start", "--accounts", "3")).toEqual({ status: 1, out: "", err: "" });
  });

  it.each([[["help"]], [["--help"]], [["-h"]]])("shows the overview for %j", async (args) => {
    const outcome = await run(...args);
    expect(outcome.status).toBe(0);
    expect(outcome.out).toContain("start  Starts it.");
  });

  it.each([[["help", "start"]], [["start", "--help"]], [["start", "--accounts", "3", "-h"]]])(
    "shows the command's text for %j",
    async (args) => {
      expect(await run(...args)).toEqual({ status: 0, out: COMMAND.help, err: "" });
    },
  );

  it("refuses what it does not know with exit status 2", async () => {
    expect(await run("stop")).toEqual({
      status: 2,
      out: "",
      err: "hedgelock: unknown command 'stop'; there are: start, help\n",
    });
    expect((await run("help", "stop")).status).toBe(2);
    expect((await run("start", "--bad")).err).toBe("hedgelock: unknown option '--bad'. See: hedgelock start --help\n");
    expect((await run("start", "--bad")).status).toBe(2);
    expect((await run()).status).toBe(2);
  });

  it("shows where a defect of its own is", async () => {
    const outcome = await run("start", "--bug");
    expect(outcome.status).toBe(3);
    expect(outcome.err).toContain("dispatch.test.ts");
  });
});
