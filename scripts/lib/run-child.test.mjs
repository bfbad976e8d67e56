import { EventEmitter } from "node:events";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fakeCheckout, isRunning, until } from "../testing/checkout.mjs";
import { forwardSignals } from "./run-child.mjs";

/** Writes down each signal it gets, and ends with 7 on `stop`, or on the second signal. */
const COMMAND = `
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
let count = 0;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    count += 1;
    appendFileSync("signals", signal + "\\n");
    if (count === 2) process.exit(8);
  });
}
if (process.argv.includes("leave")) {
  const left = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  writeFileSync("left", String(left.pid));
  left.unref();
  process.exit(5);
}
if (process.argv.includes("die")) process.kill(process.pid, "SIGKILL");
if (process.argv.includes("end")) process.exit(3);
setInterval(() => existsSync("stop") && process.exit(7), 20);
writeFileSync("ready", String(process.pid));
`;

describe("handing over", () => {
  let checkout;
  beforeEach(() => {
    checkout = fakeCheckout();
    checkout.write("services/cli/src/main.ts", COMMAND);
  });
  afterEach(() => checkout.remove());

  const started = async () => {
    const run = checkout.start(["start"]);
    const pid = Number(await until(() => checkout.has("ready") && checkout.read("ready"), "the command to start"));
    return { ...run, pid };
  };
  const signals = () => (checkout.has("signals") ? checkout.read("signals").trim().split("\n") : []);

  it("ends with the command's status, and with 128 + n when a signal ended it", async () => {
    expect((await checkout.run(["start", "end"])).status).toBe(3);
    expect((await checkout.run(["start", "die"])).status).toBe(137);
  });

  it.each(["SIGINT", "SIGTERM"])("passes %s on and waits for the command", async (signal) => {
    const { child, ended, pid } = await started();
    child.kill(signal);
    await until(() => signals().length === 1, "the signal to arrive");
    expect(isRunning(pid)).toBe(true);
    checkout.write("stop", "");
    expect(await ended).toMatchObject({ status: 7, signal: null });
    expect(signals()).toEqual([signal]);
  });

  it("takes one Ctrl-C that arrives twice, from the terminal and from npm, as one", async () => {
    const { child, ended } = await started();
    for (let copy = 0; copy < 3; copy += 1) child.kill("SIGINT");
    await until(() => signals().length > 0, "the signal to arrive");
    checkout.write("stop", "");
    expect((await ended).status).toBe(7);
    expect(signals()).toEqual(["SIGINT"]);
  });

  it("keeps the terminal's Ctrl-C away from the command: it leads a process group of its own", async () => {
    const { child, ended, pid } = await started();
    expect(() => process.kill(-pid, 0)).not.toThrow();
    expect(pid).not.toBe(child.pid);
    checkout.write("stop", "");
    await ended;
  });

  it("ends what the command left running", async () => {
    const { status } = await checkout.run(["start", "leave"]);
    expect(status).toBe(5);
    expect(isRunning(Number(checkout.read("left")))).toBe(false);
  });

  it("stops the command when the launcher is killed outright", async () => {
    const { child, pid } = await started();
    child.kill("SIGKILL");
    await until(() => signals().length > 0, "the command to notice");
    expect(signals()).toEqual(["SIGTERM"]);
    checkout.write("stop", "");
    await until(() => !isRunning(pid), "the command to end");
  });
});

describe("passing signals on", () => {
  it("presses the command on a second keystroke, and ends its group on the third", () => {
    const source = new EventEmitter();
    const got = [];
    let nowMs = 1000;
    const child = { pid: 1, kill: (signal) => got.push(signal) };
    const stop = forwardSignals(child, { now: () => nowMs, source, killGroup: () => got.push("end of the group") });
    const keystroke = (atMs) => {
      nowMs = atMs;
      for (let copy = 0; copy < 2; copy += 1) source.emit("SIGINT", "SIGINT");
    };
    keystroke(1000);
    expect(got).toEqual(["SIGINT"]);
    keystroke(2000);
    expect(got).toEqual(["SIGINT", "SIGINT"]);
    keystroke(3000);
    expect(got).toEqual(["SIGINT", "SIGINT", "end of the group"]);
    stop();
    expect(source.eventNames()).toEqual([]);
  });

  it("tells the command of a closed terminal and of a resized one", () => {
    const source = new EventEmitter();
    const got = [];
    const stop = forwardSignals(
      { pid: 1, kill: (signal) => got.push(signal) },
      { now: () => 5, source, killGroup() {} },
    );
    source.emit("SIGWINCH", "SIGWINCH");
    source.emit("SIGHUP", "SIGHUP");
    stop();
    expect(got).toEqual(["SIGWINCH", "SIGTERM"]);
  });
});
