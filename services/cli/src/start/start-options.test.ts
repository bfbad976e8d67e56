import { CRASHES, DEFAULT_CRASH } from "@hedgelock/prices";
import { describe, expect, it } from "vitest";

import { START_HELP } from "./start-help.ts";
import { parseStartOptions } from "./start-options.ts";

const HERE = "/home/somebody";

function parse(...args: readonly string[]): ReturnType<typeof parseStartOptions> {
  return parseStartOptions(args, HERE);
}

describe("options of start", () => {
  it("has defaults for everything", () => {
    expect(parse()).toEqual({
      prices: { kind: "crash", name: DEFAULT_CRASH },
      ticksPerSecond: 100,
      speed: 1,
      fromMs: undefined,
      toMs: undefined,
      accounts: 3,
      seed: 1,
      exit: false,
      report: "/home/somebody/.hedgelock/report.json",
      traces: { kind: "files", directory: "/home/somebody/.hedgelock/traces" },
    });
  });

  it("takes every recorded crash by name", () => {
    for (const { name } of CRASHES) expect(parse("--prices", name).prices).toEqual({ kind: "crash", name });
  });

  it("takes files, alone, repeated, and separated by commas", () => {
    expect(parse("--prices", "my.csv").prices).toEqual({
      kind: "files",
      files: [{ symbol: "BTCUSDT", path: "/home/somebody/my.csv" }],
    });
    const two = {
      kind: "files",
      files: [
        { symbol: "BTCUSDT", path: "/home/somebody/a.csv" },
        { symbol: "ETHUSDT", path: "/data/e.csv" },
      ],
    };
    expect(parse("--prices", "BTCUSDT=a.csv,ETHUSDT=/data/e.csv").prices).toEqual(two);
    expect(parse("--prices", "BTCUSDT=a.csv", "--prices", "ETHUSDT=/data/e.csv").prices).toEqual(two);
  });

  it("takes numbers, times, the report file and --exit", () => {
    const options = parse(
      "--ticks-per-second",
      "1000",
      "--accounts=50",
      "--seed",
      "7",
      "--speed",
      "20",
      "--exit",
      "--report",
      "r.json",
      "--from",
      "2025-10-10T20:50",
      "--to",
      "2025-10-10T22:00:00Z",
    );
    expect(options).toMatchObject({
      ticksPerSecond: 1000,
      accounts: 50,
      seed: 7,
      speed: 20,
      exit: true,
      report: "/home/somebody/r.json",
    });
    expect(options.fromMs).toBe(Date.UTC(2025, 9, 10, 20, 50));
    expect(options.toMs).toBe(Date.UTC(2025, 9, 10, 22));
  });

  it.each([
    [["--price", "x"], "unknown option '--price'"],
    [["extra"], "unexpected argument 'extra'"],
    [["--accounts"], "option '--accounts <value>' argument missing"],
    [["--accounts", "0"], "--accounts must be a whole number from 1 to 1000, not '0'"],
    [["--accounts", "three"], "--accounts must be a whole number"],
    [["--ticks-per-second", "1.5"], "--ticks-per-second must be a whole number from 1 to 5000, not '1.5'"],
    [["--seed", "4294967296"], "--seed must be a whole number from 0 to 4294967295"],
    [["--exit=yes"], "option '--exit' does not take an argument"],
    [["--prices", "oct-1987"], "there is no recorded crash called 'oct-1987'. There are: oct-2025"],
    [["--prices", "oct-2025,ftx-2022"], "--prices takes one recorded crash, or files"],
    [["--prices", "oct-2025", "--prices", "a.csv"], "--prices takes one recorded crash, or files"],
    [["--prices", "a.csv,b.csv"], "--prices names BTCUSDT twice"],
    [["--prices", "btc=a.csv"], "the paper exchange does not trade 'btc'; it trades BTCUSDT, ETHUSDT, SOLUSDT"],
    [["--prices", "BTCUSDT="], "no file after 'BTCUSDT='"],
    [["--from", "yesterday"], "--from must be a time in UTC such as 2025-10-10T20:50, not 'yesterday'"],
  ])("refuses %j", (args, message) => {
    expect(() => parse(...args)).toThrow(
      expect.objectContaining({ code: "USAGE", exitStatus: 2, message: expect.stringContaining(message) }),
    );
  });

  it("has a help text that names every option, crash and exit status", () => {
    for (const name of [
      "--prices",
      "--ticks-per-second",
      "--speed",
      "--from",
      "--to",
      "--accounts",
      "--seed",
      "--exit",
      "--report",
      "--help",
    ]) {
      expect(START_HELP).toContain(name);
    }
    for (const { name } of CRASHES) expect(START_HELP).toContain(name);
    expect(START_HELP).toMatch(/0 all is well, 1 .* 2 .* 3 .* 130/s);
  });
});
