import { expect, it } from "vitest";

import { parsePaperOptions } from "./paper-options.ts";

it("has defaults that run on one port with recorded prices", () => {
  expect(parsePaperOptions([], "/w")).toMatchObject({
    builtIn: true,
    speed: 0.05,
    port: 18_080,
    state: undefined,
    paused: false,
    shared: { accounts: 3, seed: 1, ticksPerSecond: 10, prices: { kind: "crash", name: "ftx-2022" } },
  });
});

it("resolves the state folder against where the person stands", () => {
  expect(parsePaperOptions(["--state", "kept"], "/w").state).toBe("/w/kept");
  expect(parsePaperOptions(["--state", "/kept"], "/w").state).toBe("/kept");
});

it.each([
  [["--speed", "0"], "--speed must be a number from 0.01 to 1000"],
  [["--port", "99999"], "--port must be a whole number"],
  [["--prices", "nope"], "there is no recorded crash called 'nope'"],
  [["--state", ""], "--state needs the name of a folder"],
  [["--report", "x"], "unknown option '--report'"],
])("refuses %j and points to its own help", (args, reason) => {
  expect(() => parsePaperOptions(args, "/w")).toThrow(reason);
  expect(() => parsePaperOptions(args, "/w")).toThrow("hedgelock paper --help");
});
